// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/jobs/demo_files.h"

#include "engine/base/error.h"

#include <algorithm>
#include <cstdlib>
#include <system_error>

namespace tessera {

namespace fs = std::filesystem;

DemoFiles demoFiles(const fs::path &resources)
{
    DemoFiles files{resources / "demo", {}, resources / "demo" / "finished.tessera"};
    std::error_code why;
    for (const fs::directory_entry &file : fs::directory_iterator(files.parent, why))
        if (file.path().extension() == ".txt")
            files.texts.push_back(file.path());
    std::ranges::sort(files.texts);
    return files;
}

std::vector<fs::path> shippedTexts(const fs::path &parent, const fs::path &resources)
{
    DemoFiles files = demoFiles(resources);
    std::error_code why;
    return fs::equivalent(parent, files.parent, why) && !why ? files.texts : std::vector<fs::path>();
}

fs::path demoFolder()
{
    if (const char *data = std::getenv("XDG_DATA_HOME"); data && *data)
        return fs::path(data) / "tessera" / "demo";
    if (const char *home = std::getenv("HOME"); home && *home)
        return fs::path(home) / ".local" / "share" / "tessera" / "demo";
    throw badInput("neither XDG_DATA_HOME nor HOME is set: say where the demo should go");
}

fs::path demoProjectIn(const fs::path &folder)
{
    std::error_code why;
    fs::create_directories(folder, why);
    if (why)
        throw badInput("cannot make the folder " + folder.string() + ": " + why.message());
    return fs::absolute(folder).lexically_normal() / "demo.tessera";
}

} // namespace tessera
