// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "app/cli/commands.h"

#include "app/cli/library_source.h"
#include "app/cli/scenario_options.h"
#include "app/cli/solution_text.h"
#include "engine/search/pool.h"
#include "engine/store/library_rows.h"
#include "engine/store/solutions.h"

#include <cstdint>

namespace tessera {
namespace {

constexpr const char *kHelp = R"(Find several good children, and what they agree on.

The K best children; with --distance D each is the best that differs in at least D layers from all before it.

Examples:
  tessera pool my.tessera --k 8 --max memory=70%
  tessera pool my.tessera --k 5 --distance 10 --max runtime=850ms --json)";

struct Options {
    std::string project;
    PoolRequest request;
    std::shared_ptr<ScenarioOptions> scenario;
};

std::vector<std::int64_t> store(LibrarySource &source, const Scenario &scenario, const Pool &pool)
{
    std::vector<std::int64_t> ids;
    if (!source.writable())
        return ids;
    SolutionRecord record;
    record.scenario = toJson(scenario);
    record.scenarioName = scenario.name;
    record.libraryHash = hashOf(*source.library);
    saveScenario(*source.project, record.scenario, record.scenarioName);
    for (const Solution &solution : pool.solutions) {
        record.status = toString(solution.status);
        record.metric = solution.metric;
        record.objective = solution.objective;
        record.bound = solution.bound;
        record.solution = toJson(solution);
        ids.push_back(saveSolution(*source.project, record));
    }
    return ids;
}

void run(const Options &options, Console &console)
{
    LibrarySource source = openLibrarySource(options.project, console);
    const Scenario scenario = scenarioOf(*options.scenario, source);
    const Problem problem = makeProblem(source.library, scenario);
    const SolveOptions how = solveOptionsOf(*options.scenario, console.stop());
    ProgressSink progress = console.progress();
    std::int64_t done = 0;
    Pool pool = findPool(problem, options.request, how,
                         [&](const Solution &) { progress({"pool", ++done, options.request.count, "children", ""}); });
    std::vector<std::int64_t> ids = store(source, scenario, pool);
    Solution why;
    if (pool.solutions.empty())
        why = solve(problem, how);
    if (console.json) {
        Json json = toJson(pool);
        for (std::size_t i = 0; i < pool.solutions.size(); ++i)
            json["solutions"][i]["id"] = i < ids.size() ? Json(ids[i]) : Json();
        const Json reasons = toJson(why);
        for (const char *key : {"status", "conflict", "relaxations"})
            if (pool.solutions.empty())
                json[key] = reasons[key];
        console.printJson(json);
    } else if (pool.solutions.empty()) {
        printSolution(console, *source.library, why);
    } else {
        printPool(console, *source.library, pool);
    }
    setExitCode(pool.solutions.empty() ? 1 : 0);
}

} // namespace

void addPool(CLI::App &app, Console &console)
{
    auto options = std::make_shared<Options>();
    CLI::App *command = app.add_subcommand("pool", kHelp);
    command->add_option("PROJECT", options->project, "Project file or library file")->required();
    command->add_option("--k", options->request.count, "How many children")->default_str("8");
    command->add_option("--distance", options->request.distance, "In how many layers every two of them differ at least")->default_str("1");
    options->scenario = addScenarioOptions(*command);
    command->callback([options, &console] { run(*options, console); });
}

} // namespace tessera
