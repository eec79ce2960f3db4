// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "app/cli/resources.h"

#include "engine/base/error.h"

#include <cstdlib>
#include <string>
#include <vector>

namespace tessera {

std::filesystem::path resourcesFolder()
{
    namespace fs = std::filesystem;
    std::vector<fs::path> places;
    if (const char *named = std::getenv("TESSERA_RESOURCES"); named && *named)
        places.emplace_back(named);
    std::error_code ignored;
    fs::path program = fs::read_symlink("/proc/self/exe", ignored);
    places.push_back(program.parent_path().parent_path() / "share" / "tessera");
    places.emplace_back(TESSERA_SOURCE_RESOURCES);
    std::string tried;
    for (const fs::path &place : places) {
        if (fs::is_directory(place / "devices"))
            return place;
        tried += (tried.empty() ? "" : ", ") + place.string();
    }
    throw failed("Tessera's resources were not found in " + tried + ": set TESSERA_RESOURCES to their folder");
}

} // namespace tessera
