// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "app/cli/commands.h"

#include "app/cli/library_source.h"
#include "app/cli/scenario_options.h"
#include "app/cli/solution_text.h"
#include "engine/base/file.h"
#include "engine/search/baseline.h"
#include "engine/search/certificate.h"
#include "engine/search/solve.h"
#include "engine/service/search_json.h"
#include "engine/store/library_rows.h"

#include <optional>

namespace tessera {
namespace {

constexpr const char *kHelp = R"(Find the best child within limits, and prove it.

PROJECT is a project file, or a library file (*.json), which is searched without storing anything.

Examples:
  tessera solve my.tessera --max memory=70% --max runtime=850ms --min attention_layers=8
  tessera solve my.tessera --max parameters=100M --pin 0:attention=parent --ban all:ffn=none --json
  tessera solve my.tessera --max memory=70% --certificate best.certificate.json)";

struct Options {
    std::string project, certificate;
    bool eachWorkload = false, baselines = false;
    std::uint64_t seed = 1;
    std::shared_ptr<ScenarioOptions> scenario;
};

struct Answer {
    Scenario scenario;
    std::optional<Problem> problem;
    ProgramResult result;
    Solution solution;
};

Answer solveFor(const LibrarySource &source, const Scenario &scenario, const SolveOptions &how)
{
    Answer answer{scenario, makeProblem(source.library, scenario), {}, {}};
    answer.result = solveProgram(answer.problem->program, how);
    answer.solution = describeAnswer(*answer.problem, answer.result, how);
    return answer;
}

bool isBetter(const Solution &a, const Solution &b)
{
    if (a.found() != b.found())
        return a.found();
    return a.found() && a.objective < b.objective;
}

/// The batch of a workload is no variable of the search: one solve for each workload, the best kept.
Answer solveForEachWorkload(const LibrarySource &source, const Scenario &scenario, const SolveOptions &how, const Console &console)
{
    std::optional<Answer> best;
    for (const Workload &workload : source.library->workloads) {
        Scenario named = scenario;
        named.workload = workload.name;
        Answer answer = solveFor(source, named, how);
        console.remark(workload.name + ": " + toString(answer.solution.status) +
                       (answer.solution.found() ? ", " + std::to_string(answer.solution.objective) : std::string()));
        if (!best || isBetter(answer.solution, best->solution))
            best = std::move(answer);
    }
    return std::move(*best);
}

void print(const Console &console, const LibrarySource &source, const Answer &answer, std::optional<std::int64_t> id,
           const std::vector<Baseline> &baselines, bool withBaselines)
{
    Json json = toJson(answer.solution);
    json["id"] = id ? Json(*id) : Json();
    json["scenario"] = toJson(answer.scenario);
    if (withBaselines) {
        json["baselines"] = Json::array();
        for (const Baseline &baseline : baselines)
            json["baselines"].push_back(toJson(baseline, source.library->workloads.front()));
    }
    if (console.json) {
        console.printJson(json);
        return;
    }
    printSolution(console, *source.library, answer.solution);
    if (!baselines.empty()) {
        console.print("");
        printBaselines(console, baselines, answer.solution.objective);
    }
    if (id)
        console.print("\nstored as solution " + std::to_string(*id));
}

void run(const Options &options, Console &console)
{
    LibrarySource source = openLibrarySource(options.project, console);
    Scenario scenario = scenarioOf(*options.scenario, source);
    SolveOptions how = solveOptionsOf(*options.scenario, console.stop());
    Answer answer = options.eachWorkload ? solveForEachWorkload(source, scenario, how, console) : solveFor(source, scenario, how);
    console.stop().throwIfRequested();
    if (!options.certificate.empty())
        writeTextFileAtomically(options.certificate, toJson(certify(*answer.problem, answer.result, {console.stop()})).dump() + "\n");
    std::vector<Baseline> baselines;
    if (options.baselines && answer.solution.found())
        baselines = baselinesOf(*answer.problem, answer.solution.objective, options.seed, how);
    std::optional<std::int64_t> id;
    if (source.writable())
        id = storeSolution(*source.project, answer.scenario, answer.solution, hashOf(*source.library));
    print(console, source, answer, id, baselines, options.baselines);
    setExitCode(answer.solution.found() ? 0 : 1);
}

} // namespace

void addSolve(CLI::App &app, Console &console)
{
    auto options = std::make_shared<Options>();
    CLI::App *command = app.add_subcommand("solve", kHelp);
    command->add_option("PROJECT", options->project, "Project file or library file")->required();
    options->scenario = addScenarioOptions(*command);
    command->add_flag("--each-workload", options->eachWorkload,
                      "Solve once for each of the project's workloads (batch sizes, say) and keep the best");
    command->add_option("--certificate", options->certificate, "Write the answer with a proof that tessera verify checks");
    command->add_flag("--baselines", options->baselines, "Show what greedy, uniform, random, ... choices would reach");
    command->add_option("--seed", options->seed, "Of the random baselines")->default_str("1");
    command->callback([options, &console] { run(*options, console); });
}

} // namespace tessera
