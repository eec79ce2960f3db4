// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "app/cli/scenario_options.h"

#include "engine/base/error.h"

#include <filesystem>

namespace tessera {

std::shared_ptr<ScenarioOptions> addScenarioOptions(CLI::App &command)
{
    auto options = std::make_shared<ScenarioOptions>();
    auto add = [&](const char *name, auto &value, const char *text) { return command.add_option(name, value, text)->group("Scenario"); };
    auto each = [](CLI::Option *option) { option->allow_extra_args(false)->multi_option_policy(CLI::MultiOptionPolicy::TakeAll); };
    add("--scenario", options->scenarioFile, "A scenario file, or the name of a stored scenario; other options add to it");
    add("--objective", options->objective, "Metric whose sum is minimised, such as kl_div (default: the project's)");
    each(add("--max", options->most, "COST[@WORKLOAD]=V: at most V, such as memory=24GiB, runtime=85%, parameters=100M"));
    each(add("--min", options->least, "COST[@WORKLOAD]=V: at least V, such as throughput=150%, attention_layers=8"));
    each(add("--pin", options->pins, "L:BLOCK: these layers have this block, such as 0-3:attention=parent"));
    each(add("--ban", options->bans, "L:BLOCK: these layers do not have this block, such as all:attention=linear"));
    each(add("--rule", options->rules, "A rule on the whole child: same=4-7:ffn, distinct=3:attention, contiguous=attention, attention=8, gap=4, "
                                          "balance=runtime:4:10%, differ=5:CHOICES, near=5:CHOICES (CHOICES: gqa:4+width:512*3,none+none, or the number "
                                          "of a stored solution)"));
    add("--workload", options->workload, "The workload of limits that name none (default: the first)");
    add("--noise-aversion", options->noiseAversion, "Minimise mean + Z standard errors of the scores instead of the mean");
    add("--name", options->name, "Store the scenario under this name");
    command.add_option("--max-seconds", options->maxSeconds, "Stop after this time with the best found and its gap")
        ->check(CLI::PositiveNumber)
        ->group("Solver");
    command.add_option("--solver", options->solver, "auto, labels or cbc")
        ->check(CLI::IsMember({"auto", "labels", "cbc"}))
        ->default_str("auto")
        ->group("Solver");
    return options;
}

std::optional<Scenario> scenarioInFile(const ScenarioOptions &options)
{
    if (options.scenarioFile.empty())
        return Scenario{};
    std::error_code error;
    if (!std::filesystem::is_regular_file(options.scenarioFile, error))
        return std::nullopt;
    return parseScenario(readJsonFile(options.scenarioFile), options.scenarioFile);
}

Scenario scenarioOf(const ScenarioOptions &options, const Scenario &base)
{
    Scenario scenario = base;
    if (!options.name.empty())
        scenario.name = options.name;
    if (!options.objective.empty())
        scenario.objective = options.objective;
    if (!options.workload.empty())
        scenario.workload = options.workload;
    if (options.noiseAversion != 0)
        scenario.noiseAversion = options.noiseAversion;
    for (const std::string &text : options.most)
        scenario.limits.push_back(parseLimit(text, LimitSense::Max));
    for (const std::string &text : options.least)
        scenario.limits.push_back(parseLimit(text, LimitSense::Min));
    for (const std::string &text : options.pins)
        scenario.pins.push_back(parseLayerBlock(text));
    for (const std::string &text : options.bans)
        scenario.bans.push_back(parseLayerBlock(text));
    scenario.rules.insert(scenario.rules.end(), options.rules.begin(), options.rules.end());
    return scenario;
}

SolveOptions solveOptionsOf(const ScenarioOptions &options, const StopToken &stop)
{
    SolveOptions solve;
    solve.solver.stop = stop;
    if (options.maxSeconds > 0)
        solve.solver.maxSeconds = options.maxSeconds;
    if (options.solver == "labels")
        solve.choice = SolverChoice::Labels;
    else if (options.solver == "cbc")
        solve.choice = SolverChoice::Cbc;
    return solve;
}

} // namespace tessera
