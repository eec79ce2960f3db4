// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "app/cli/commands.h"

#include "app/cli/library_source.h"
#include "app/cli/network_options.h"
#include "app/cli/scenario_options.h"
#include "engine/base/error.h"
#include "engine/jobs/realize.h"
#include "engine/search/solve.h"
#include "engine/store/solutions.h"

#include <memory>
#include <optional>

namespace tessera {
namespace {

constexpr const char *kHelp = R"(Build a child as one checkpoint in the Hugging Face layout.

The child is a stored solution, or what solve finds for the scenario options. Its replaced sub-blocks are fitted once more, layer by
layer on the child's own activations, which lowers its damage at no training; --no-refit takes the library's weights as they are.

Examples:
  tessera realize my.tessera --solution 3 --out child
  tessera realize my.tessera --max memory=70% --out child)";

struct Options {
    std::string project, dtype;
    std::optional<std::int64_t> solution;
    bool noRefit = false;
    RealizeOptions realize;
    std::shared_ptr<ScenarioOptions> scenario;
};

bool asksForScenario(const ScenarioOptions &scenario)
{
    return !scenario.scenarioFile.empty() || !scenario.most.empty() || !scenario.least.empty() || !scenario.pins.empty()
        || !scenario.bans.empty() || !scenario.rules.empty() || !scenario.runtime.empty();
}

/// The choices of a stored solution, or those of a new solve; nothing when that is infeasible.
std::optional<std::vector<LayerChoice>> choicesOf(Options &options, LibrarySource &source, const Console &console)
{
    if (options.solution) {
        if (asksForScenario(*options.scenario))
            throw badInput("name either a --solution or a scenario, not both");
        SolutionRecord record = loadSolution(*source.project, *options.solution);
        Solution solution = parseSolution(record.solution, "solution " + std::to_string(*options.solution));
        if (!solution.found())
            throw badInput("solution " + std::to_string(*options.solution) + " is " + record.status + ": there is no child to build");
        return solution.choices;
    }
    if (!asksForScenario(*options.scenario))
        throw badInput("say which child: --solution ID, or limits like --max memory=70%");
    Scenario scenario = scenarioOf(*options.scenario, source);
    Solution solution = solve(makeProblem(source.library, scenario), solveOptionsOf(*options.scenario, console.stop()));
    console.stop().throwIfRequested();
    if (!solution.found()) {
        if (console.json)
            console.printJson(toJson(solution));
        console.remark("no child satisfies this scenario; tessera solve says why");
        return std::nullopt;
    }
    return solution.choices;
}

void run(Options &options, Console &console)
{
    LibrarySource source = openLibrarySource(options.project, console);
    if (!source.project)
        throw badInput(options.project + " is a library file: it has no parent to build a child of");
    auto choices = choicesOf(options, source, console);
    if (!choices) {
        setExitCode(1);
        return;
    }
    RealizeOptions &realize = options.realize;
    realize.refit = !options.noRefit;
    realize.solution = options.solution;
    if (!options.dtype.empty())
        realize.type = options.dtype == "bf16" ? StoredType::BF16 : options.dtype == "f16" ? StoredType::F16 : StoredType::F32;
    WorkContext context;
    context.stop = console.stop();
    context.progress = console.progress();
    RealizedChild child = realizeChild(*source.project, *choices, realize, context);
    if (console.json)
        console.printJson({{"path", child.path.string()}, {"parameters", child.parameters}, {"predicted", child.predicted}});
    console.print(child.path.string() + ": " + std::to_string(child.parameters) + " parameters");
}

} // namespace

void addRealize(CLI::App &app, Console &console)
{
    auto options = std::make_shared<Options>();
    CLI::App *command = app.add_subcommand("realize", kHelp);
    command->add_option("PROJECT", options->project, "Project file")->required();
    command->add_option("--solution", options->solution, "Number of a stored solution");
    options->scenario = addScenarioOptions(*command);
    command->add_option("--out", options->realize.out, "Folder to make")->required();
    command->add_flag("--no-refit", options->noRefit, "Take the library's weights as they are; needs no network");
    command->add_option("--refit-tokens", options->realize.refitTokens, "Tokens to refit on (as many as variants were fitted on)")
        ->check(CLI::PositiveNumber);
    command->add_option("--dtype", options->dtype, "Type of the weights: f32, f16 or bf16 (the parent's, f32 for quantised parents)")
        ->check(CLI::IsMember({"f32", "f16", "bf16"}));
    command->add_option("--threads", options->realize.threads, "0: as many as the machine has")->check(CLI::Range(0, 4096));
    command->add_option("--parent", options->realize.parent, "Where the parent is now, if it was moved");
    command->add_option("--worker", options->realize.workerCommand, "Command that starts tessera-worker");
    addDeviceOption(*command);
    command->callback([options, &console] { run(*options, console); });
}

} // namespace tessera
