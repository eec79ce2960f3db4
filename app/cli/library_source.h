// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/cli/console.h"
#include "app/cli/scenario_options.h"
#include "engine/cost/block_library.h"
#include "engine/store/project.h"

#include <memory>
#include <optional>
#include <string>

namespace tessera {

/// What PROJECT names for the commands of the search: a project file, or a library file (*.json), which is searched without
/// storing anything.
struct LibrarySource {
    std::shared_ptr<const BlockLibrary> library;
    std::optional<Project> project;
    bool writable() const { return project && project->writable(); }
};
/// Says on standard error why results will not be stored, where they will not.
LibrarySource openLibrarySource(const std::string &path, const Console &console);

/// The scenario of the options, with --scenario looked up as a file first and then in the project.
Scenario scenarioOf(const ScenarioOptions &options, const LibrarySource &source);

} // namespace tessera
