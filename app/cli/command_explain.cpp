// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "app/cli/commands.h"

#include "app/cli/library_source.h"
#include "app/cli/scenario_options.h"
#include "app/cli/solution_text.h"
#include "engine/base/error.h"
#include "engine/search/explain.h"
#include "engine/search/robustness.h"

#include <cstdint>
#include <optional>

namespace tessera {
namespace {

constexpr const char *kHelp = R"(Say why the best child is what it is, and what a change would cost.

Prices of limits, slack, the totals that every cost can reach, and with --layer and --block what it costs to have that block
there ("regret") or not to have it ("regret_of_ban"). With --bootstrap: how often each choice survives when the scores'
windows are drawn again. For an infeasible scenario: which constraints conflict, and repairs.

Examples:
  tessera explain my.tessera --max memory=70%
  tessera explain my.tessera --max memory=70% --layer 12 --block attention=none --json
  tessera explain my.tessera --max memory=70% --bootstrap 200)";

struct Options {
    std::string project, block;
    std::int64_t layer = -1;
    bool all = false;
    BootstrapRequest bootstrap{.draws = 0, .seed = 1};
    std::shared_ptr<ScenarioOptions> scenario;
};

struct Explanation {
    Solution solution;
    std::optional<Regret> regret;
    std::vector<Regret> regrets;
    std::vector<Reach> reaches;
    std::optional<Robustness> robustness;
};

Json toJson(const Explanation &explanation, const BlockLibrary &library)
{
    Json solution = toJson(explanation.solution), json;
    for (const char *key : {"status", "metric", "objective", "bound", "gap", "prices", "slack", "limits", "conflict", "relaxations", "remarks"})
        json[key] = solution[key];
    json["regret"] = Json();
    if (explanation.regret) {
        const Json regret = toJson(*explanation.regret);
        json["regret"] = regret["force"];
        json["regret_of_ban"] = regret["ban"];
        for (const char *key : {"layer", "block", "chosen", "proved"})
            json[key] = regret[key];
    }
    if (!explanation.regrets.empty())
        json["regrets"] = Json::array();
    for (const Regret &regret : explanation.regrets)
        json["regrets"].push_back(toJson(regret));
    json["reachable"] = reachToJson(explanation.reaches, library, false);
    json["reachable_within_limits"] = reachToJson(explanation.reaches, library, true);
    if (explanation.robustness)
        json["robustness"] = toJson(*explanation.robustness);
    return json;
}

Explanation explain(const Options &options, const LibrarySource &source, const Console &console)
{
    if ((options.layer >= 0) != !options.block.empty())
        throw badInput("--layer and --block belong together: --layer 12 --block attention=none");
    const Scenario scenario = scenarioOf(*options.scenario, source);
    const SolveOptions how = solveOptionsOf(*options.scenario, console.stop());
    const Problem problem = makeProblem(source.library, scenario);
    std::optional<LayerBlock> block;
    if (options.layer >= 0)
        block = parseLayerBlock(std::to_string(options.layer) + ":" + options.block);
    Explanation explanation;
    const ProgramResult best = solveProgram(problem.program, how);
    explanation.solution = describeAnswer(problem, best, how);
    console.stop().throwIfRequested();
    if (block)
        explanation.regret = regretOf(problem, best, *block, how);
    if (options.all)
        explanation.regrets = allRegrets(problem, best, how);
    if (options.bootstrap.draws > 0 && !best.selection.empty())
        explanation.robustness = bootstrap(problem, best.selection, options.bootstrap, how);
    explanation.reaches = reachableCosts(source.library, scenario, how);
    return explanation;
}

void run(const Options &options, Console &console)
{
    LibrarySource source = openLibrarySource(options.project, console);
    Explanation explanation = explain(options, source, console);
    if (console.json) {
        console.printJson(toJson(explanation, *source.library));
    } else {
        printSolution(console, *source.library, explanation.solution);
        if (explanation.regret)
            explanation.regrets.insert(explanation.regrets.begin(), *explanation.regret);
        printRegrets(console, explanation.regrets);
        printReaches(console, explanation.reaches);
        if (explanation.robustness)
            printRobustness(console, explanation.solution, *explanation.robustness);
    }
    setExitCode(explanation.solution.found() ? 0 : 1);
}

} // namespace

void addExplain(CLI::App &app, Console &console)
{
    auto options = std::make_shared<Options>();
    CLI::App *command = app.add_subcommand("explain", kHelp);
    command->add_option("PROJECT", options->project, "Project file or library file")->required();
    command->add_option("--layer", options->layer, "The layer of --block")->check(CLI::NonNegativeNumber);
    command->add_option("--block", options->block, "The block asked about, such as attention=none or attention=gqa:2+ffn=none");
    command->add_flag("--all", options->all, "The regrets of every block of every layer");
    command->add_option("--bootstrap", options->bootstrap.draws, "Draw the scores again so many times")->check(CLI::Range(1, 100'000));
    command->add_option("--seed", options->bootstrap.seed, "Of the draws")->default_str("1");
    options->scenario = addScenarioOptions(*command);
    command->callback([options, &console] { run(*options, console); });
}

} // namespace tessera
