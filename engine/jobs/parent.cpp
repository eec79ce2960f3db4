// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/jobs/parent.h"

#include "engine/base/error.h"

#include <optional>
#include <vector>

namespace tessera {

namespace fs = std::filesystem;

Checkpoint findParent(Project &project, const fs::path &candidate)
{
    project.config(); // An imported library has no parent; this says so.
    ProjectSettings settings = project.settings();
    std::vector<fs::path> places;
    if (!candidate.empty())
        places = {fs::absolute(candidate).lexically_normal()};
    else
        places = {settings.parentPath,
                  fs::absolute(project.path()).parent_path() / fs::path(settings.parentPath).filename()};
    std::string reasons;
    for (const fs::path &place : places) {
        std::error_code ignored;
        if (!fs::exists(place, ignored)) {
            reasons += " " + place.string() + " is not there;";
            continue;
        }
        Checkpoint parent = Checkpoint::open(place);
        if (parent.fingerprint() == settings.parentFingerprint) {
            if (project.writable() && place.string() != settings.parentPath)
                project.setParentPath(place.string());
            return parent;
        }
        reasons += " " + place.string() + " is another model;";
    }
    throw badInput("the parent of " + project.path().string() + " was not found:" + reasons
                   + " put it back, or name the place where it is now");
}

} // namespace tessera
