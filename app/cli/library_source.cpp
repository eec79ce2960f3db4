// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "app/cli/library_source.h"

#include "engine/base/error.h"
#include "engine/interop/library_file.h"
#include "engine/search/rule.h"
#include "engine/search/solution.h"
#include "engine/service/runtime_scenario.h"
#include "engine/store/library_rows.h"
#include "engine/store/solutions.h"

#include <optional>
#include <utility>

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

namespace {

/// "differ=5:12" with the choices of solution 12 in place of its number; any other rule as it is.
std::string withChoices(const std::string &rule, const LibrarySource &source)
{
    const std::size_t colon = rule.find(':');
    const bool distance = rule.starts_with("differ=") || rule.starts_with("near=");
    const std::string number = colon == std::string::npos ? "" : rule.substr(colon + 1);
    if (!distance || number.empty() || number.size() > 15 || number.find_first_not_of("0123456789") != std::string::npos)
        return rule;
    if (!source.project)
        throw badInput("the rule \"" + rule + "\" names a stored solution, but a library file stores none: give its choices");
    SolutionRecord record = loadSolution(*source.project, std::stoll(number));
    Solution solution = parseSolution(record.solution, "solution " + number);
    return rule.substr(0, colon + 1) + choicesText(solution.choices);
}

} // namespace

Scenario scenarioOf(const ScenarioOptions &options, const LibrarySource &source)
{
    std::optional<Scenario> base = scenarioInFile(options);
    if (!base && !source.project)
        throw badInput("there is no scenario file " + options.scenarioFile);
    if (!base)
        base = parseScenario(loadScenario(*source.project, options.scenarioFile), "the scenario \"" + options.scenarioFile + "\"");
    Scenario scenario = scenarioOf(options, *base);
    for (std::string &rule : scenario.rules)
        rule = withChoices(rule, source);
    if (!options.runtime.empty())
        scenario.runtime = options.runtime;
    return withRuntimeRules(std::move(scenario), *source.library, source.project ? source.project->settings().config : std::nullopt);
}

} // namespace tessera
