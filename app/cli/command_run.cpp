// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "app/cli/commands.h"

#include "app/cli/network_options.h"
#include "engine/base/error.h"
#include "engine/jobs/run.h"

#include <cstdio>
#include <memory>
#include <sstream>

namespace tessera {
namespace {

constexpr const char *kHelp = R"(Build the block library: fit and train variants, measure what they cost, score the damage they do.

Every result is kept the moment it is there: after Ctrl-C, a crash or a power cut the same command goes on where it stopped.

Examples:
  tessera run my.tessera
  tessera run my.tessera --budget-tokens 131072 --max-minutes 90
  tessera run my.tessera --stages fit,score
  tessera run my.tessera --budget-tokens 131072 --mode hybrid
  tessera run my.tessera --worker "ssh host1 tessera-worker" --worker "ssh host2 tessera-worker"

Stages: init (the paper's initialisations, kept as files), fit (closed form), distill (block-wise training), couple (training of
pairs: the attention and the FFN of a layer together), measure (run times), score (of the best weights of every variant and pair),
score-paper (of the paper's initialisation, to compare).
Without --stages: fit, measure, score, score-paper; with --budget-tokens also training and score again. --mode says which:
decoupled (distill), coupled (couple, every pair: many), hybrid (distill, then couple for the pairs that a search keeps at 90, 80,
70, 60 and 50 % of the parent's run time and memory).)";

struct Options {
    std::string project, stages;
    RunOrder order;
};

std::vector<std::string> split(const std::string &text)
{
    std::vector<std::string> words;
    std::istringstream stream(text);
    for (std::string word; std::getline(stream, word, ',');)
        words.push_back(word);
    return words;
}

void print(const Console &console, const std::vector<StageReport> &reports)
{
    Json stages = Json::array();
    for (const StageReport &report : reports) {
        stages.push_back({{"name", report.name}, {"done", report.done}, {"total", report.total}, {"seconds", report.seconds}});
        char line[160];
        std::snprintf(line, sizeof line, "%-12s %6lld of %-6lld %8.1f s", report.name.c_str(),
                      static_cast<long long>(report.done), static_cast<long long>(report.total), report.seconds);
        console.print(line);
    }
    if (console.json)
        console.printJson({{"stages", stages}});
}

void run(Options &options, Console &console)
{
    options.order.stages = split(options.stages);
    Project project = Project::openForWriting(options.project);
    WorkContext context;
    context.stop = console.stop();
    context.progress = console.progress();
    try {
        print(console, runProject(project, options.order, context, [&](const std::string &sentence) { console.remark(sentence); }));
    } catch (const Error &e) {
        if (e.kind() == ErrorKind::Interrupted)
            throw interrupted("stopped; everything up to here is kept, and tessera run " + options.project + " goes on from there");
        throw;
    }
}

} // namespace

void addRun(CLI::App &app, Console &console)
{
    auto options = std::make_shared<Options>();
    RunOrder &order = options->order;
    CLI::App *command = app.add_subcommand("run", kHelp);
    command->add_option("PROJECT", options->project, "Project file")->required();
    command->add_option("--stages", options->stages, "Comma-separated, in the order in which to do them");
    command->add_option("--budget-tokens", order.budgetTokens, "Train every variant on this many tokens")->check(CLI::PositiveNumber);
    command->add_option("--mode", order.mode, "Train sub-blocks (decoupled), pairs (coupled), or both (hybrid)")
        ->check(CLI::IsMember(trainingModes()))
        ->capture_default_str();
    command->add_option("--max-minutes", order.maxMinutes, "Stop after this time; what is done is kept")->check(CLI::PositiveNumber);
    command->add_option("--fit-tokens", order.fitTokens, "Tokens that variants are fitted on (32768)")->check(CLI::PositiveNumber);
    command->add_option("--channel-ranking", order.channelRanking, "Which FFN channels stay: elimination, contribution or iterative")
        ->check(CLI::IsMember({"elimination", "contribution", "iterative"}));
    command->add_option("--kv-heads", order.kvHeads, "Fewer kv heads are the mean of their group or the best of it")
        ->check(CLI::IsMember({"mean", "best"}));
    command->add_option("--score-windows", order.scoreWindows, "Windows of text that scores are taken on (8)")->check(CLI::PositiveNumber);
    command->add_option("--learning-rate", order.learningRate, "Of the training (0.003)")->check(CLI::PositiveNumber);
    command->add_option("--measure-seconds", order.measureSeconds, "Longest time to measure a workload")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
    command->add_flag("--measure-again", order.measureAgain, "Measure what was measured before too, on a quieter machine say");
    command->add_option("--threads", order.threads, "0: as many as the machine has")->check(CLI::Range(0, 4096))->capture_default_str();
    command->add_option("--parent", order.parent, "Where the parent is now, if it was moved");
    command->add_option("--worker", order.workerCommands,
                        "Command that starts tessera-worker (\"ssh host tessera-worker\"); several share the work")
        ->allow_extra_args(false);
    addDeviceOption(*command);
    command->callback([options, &console] { run(*options, console); });
}

} // namespace tessera
