// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "app/cli/library_source.h"

#include "engine/base/error.h"
#include "engine/interop/library_file.h"
#include "engine/store/library_rows.h"
#include "engine/store/solutions.h"

namespace tessera {

LibrarySource openLibrarySource(const std::string &path, const Console &console)
{
    LibrarySource source;
    if (path.ends_with(".json")) {
        source.library = std::make_shared<const BlockLibrary>(readLibraryFile(path));
        return source;
    }
    source.project.emplace(Project::open(path));
    if (!source.project->writable())
        console.remark(source.project->whyReadOnly());
    source.library = std::make_shared<const BlockLibrary>(loadLibrary(*source.project));
    return source;
}

Scenario scenarioOf(const ScenarioOptions &options, const LibrarySource &source)
{
    if (auto base = scenarioInFile(options))
        return scenarioOf(options, *base);
    if (!source.project)
        throw badInput("there is no scenario file " + options.scenarioFile);
    Json stored = loadScenario(*source.project, options.scenarioFile);
    return scenarioOf(options, parseScenario(stored, "the scenario \"" + options.scenarioFile + "\""));
}

} // namespace tessera
