// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "app/cli/commands.h"

#include "app/cli/library_source.h"
#include "app/cli/scenario_options.h"
#include "app/cli/solution_text.h"
#include "engine/cost/cost_names.h"
#include "engine/cost/totals.h"
#include "engine/search/front.h"
#include "engine/search/solution.h"
#include "engine/service/references.h"
#include "engine/service/search_json.h"
#include "engine/store/library_rows.h"

namespace tessera {
namespace {

constexpr const char *kHelp = R"(Trace the exact front of the objective against one cost, or two.

N limits are spaced evenly between the cheapest that the scenario can reach and the parent's value.

Examples:
  tessera front my.tessera --x memory --points 20 --max runtime=80%
  tessera front my.tessera --x memory --x runtime --points 8 --json
  tessera front my.tessera --x memory --exact --no-baselines
  tessera front my.tessera --x memory --x runtime --exact --points 500)";

struct Options {
    std::string project;
    std::vector<std::string> axes;
    int points = 0; ///< 0: as many as is usual.
    bool noBaselines = false, exact = false;
    std::uint64_t seed = 1;
    std::shared_ptr<ScenarioOptions> scenario;
};

/// Published children beside the front.
void printReferences(const Console &console, const BlockLibrary &library, const std::vector<CostAxis> &axes, const Json &references)
{
    for (const Json &reference : references) {
        std::string line = reference.at("name").get<std::string>() + " (solution " + reference.at("solution").dump() + "): objective "
            + reference.at("objective").dump();
        const std::vector<LayerChoice> choices = parseChoices(reference.at("choices"), "a reference");
        for (const CostAxis &axis : axes)
            if (auto total = totalCost(library, choices, axis.cost, axis.workload))
                line += ", " + axis.cost + " " + formatAmount(axis.cost, total->amount);
        console.print(line);
    }
}

void run(const Options &options, Console &console)
{
    LibrarySource source = openLibrarySource(options.project, console);
    FrontRequest request{.scenario = scenarioOf(*options.scenario, source),
                         .axes = {},
                         .points = options.points > 0 ? options.points : options.exact ? 100'000 : 20,
                         .baselines = !options.noBaselines,
                         .seed = options.seed,
                         .exact = options.exact};
    for (const std::string &axis : options.axes)
        request.axes.push_back(parseAxis(axis, *source.library));
    const std::int64_t total = options.axes.size() == 2 ? std::int64_t{request.points} * request.points : request.points;
    std::int64_t done = 0;
    ProgressSink progress = console.progress();
    Front front = traceFront(source.library, request, solveOptionsOf(*options.scenario, console.stop()),
                             [&](const Front::Point &) { progress({"front", ++done, total, "points", ""}); });
    Json json = toJson(front, *source.library);
    if (source.writable())
        storeFront(*source.project, request.scenario, options.axes, json, hashOf(*source.library));
    const Json references = source.project && !options.noBaselines ? referencesOf(*source.project, source.library, request.scenario) : Json::array();
    for (const Json &reference : references)
        json["baselines"].push_back(reference);
    if (console.json)
        console.printJson(json);
    else if (front.points.empty())
        printInfeasible(console, front.unreachable);
    else
        printFront(console, *source.library, front);
    if (!references.empty())
        printReferences(console, *source.library, front.axes, references);
    setExitCode(front.points.empty() ? 1 : 0);
}

} // namespace

void addFront(CLI::App &app, Console &console)
{
    auto options = std::make_shared<Options>();
    CLI::App *command = app.add_subcommand("front", kHelp);
    command->add_option("PROJECT", options->project, "Project file or library file")->required();
    command->add_option("--x", options->axes, "COST[@WORKLOAD] of an axis; give it twice for a surface")
        ->required()
        ->allow_extra_args(false)
        ->expected(1, 2);
    command->add_option("--points", options->points, "Limits on each axis; with --exact the most points (default: 20, all)")
        ->check(CLI::Range(2, 100'000));
    command->add_flag("--exact", options->exact, "Every Pareto-optimal child between the cheapest and the parent's value");
    options->scenario = addScenarioOptions(*command);
    command->add_flag("--no-baselines", options->noBaselines, "Leave out greedy, uniform, random, ... choices");
    command->add_option("--seed", options->seed, "Of the random baselines")->default_str("1");
    command->callback([options, &console] { run(*options, console); });
}

} // namespace tessera
