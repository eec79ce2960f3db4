// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "app/cli/commands.h"

#include "app/cli/network_options.h"
#include "engine/base/error.h"
#include "engine/cost/cost_names.h"
#include "engine/jobs/check_child.h"
#include "engine/store/distillations.h"

#include <cstdio>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace tessera {
namespace {

namespace fs = std::filesystem;

constexpr const char *kHelp = R"(The children that were built from a project: what the library predicted of each, and what was measured.

--check evaluates and times those that nobody has looked at yet, on text that nothing was fitted to or scored on. KL and losses are
in nat a token; run times are those of the whole model, parent and child in turn.

Examples:
  tessera children my.tessera
  tessera children my.tessera --check
  tessera children my.tessera --check --again --max-tokens 8192)";

struct Options {
    std::string project, workerCommand;
    bool check = false, again = false, noTimes = false;
    ChildCheck order;
};

void check(const Options &options, const Console &console)
{
    Project project = Project::openForWriting(options.project);
    WorkerOptions workerOptions;
    workerOptions.command = options.workerCommand;
    std::unique_ptr<WorkerProcess> worker;
    WorkContext context;
    context.stop = console.stop();
    context.progress = console.progress();
    for (const ChildRecord &child : childrenOf(project)) {
        if (!child.measured.is_null() && !options.again)
            continue;
        if (!fs::exists(child.path)) {
            console.remark(child.path + " is no longer there: not checked");
            continue;
        }
        if (!worker)
            worker = std::make_unique<WorkerProcess>(workerOptions, console.stop());
        ChildCheck order = options.order;
        order.child = child.path;
        order.measure = !options.noTimes;
        checkChild(project, order, *worker, context);
    }
}

std::string figure(const Json &json, const std::string &name, const char *format)
{
    if (!json.is_object() || !json.contains(name) || !json[name].is_number())
        return "-";
    char text[48];
    std::snprintf(text, sizeof text, format, json[name].get<double>());
    return text;
}

std::string distilledText(const Json &distilled)
{
    auto change = [&](const char *name) {
        auto side = [&](const char *which) { return figure(distilled.value(which, Json()), name, "%.4f"); };
        return side("before") + " -> " + side("after");
    };
    return "distilled from " + stringOr(distilled, "from", "another", "a distilled child") + " on " + figure(distilled, "tokens", "%.0f")
        + " tokens; held out: KL " + change("kl_to_parent") + ", nll " + change("nll");
}

void printTable(const Console &console, const std::vector<ChildRecord> &children, const std::map<std::string, Json> &distillations)
{
    char line[512];
    constexpr const char *kRow = "%9s %6s  %22s  %22s  %26s  %10s  %s";
    std::snprintf(line, sizeof line, kRow, "solution", "refit", "KL pred. / measured", "loss pred. / measured", "run time pred. / meas., ms",
                  "perplexity", "child");
    console.print(line);
    for (const ChildRecord &child : children) {
        auto both = [&](const std::string &name, const char *format) {
            return figure(child.predicted, name, format) + " / " + figure(child.measured, name, format);
        };
        std::snprintf(line, sizeof line, kRow, child.solution ? std::to_string(*child.solution).c_str() : "-", child.refitted ? "yes" : "no",
                      both("kl_div", "%.4f").c_str(), both("lm_loss", "%.4f").c_str(), both(kRuntime, "%.1f").c_str(),
                      figure(child.measured, "perplexity", "%.2f").c_str(), child.path.c_str());
        console.print(line);
        if (auto how = distillations.find(child.path); how != distillations.end())
            console.print("           " + distilledText(how->second));
        if (child.measured.is_object() && child.measured.contains("parent")) {
            const Json &parent = child.measured["parent"];
            std::snprintf(line, sizeof line, kRow, "", "", "", "", ("parent " + figure(parent, kRuntime, "%.1f")).c_str(),
                          figure(parent, "perplexity", "%.2f").c_str(), "");
            console.print(line);
        }
    }
}

void run(const Options &options, const Console &console)
{
    if (options.again && !options.check)
        throw badInput("--again needs --check");
    if (options.check)
        check(options, console);
    const Project project = Project::openForReading(options.project);
    const std::vector<ChildRecord> children = childrenOf(project);
    const std::map<std::string, Json> distillations = distillationsOf(project);
    if (!console.json) {
        printTable(console, children, distillations);
        if (children.empty())
            console.print("none yet; tessera realize builds one");
        return;
    }
    Json list = Json::array();
    for (const ChildRecord &child : children)
        list.push_back({{"path", child.path},
                        {"solution", child.solution ? Json(*child.solution) : Json()},
                        {"refitted", child.refitted},
                        {"parameters", child.parameters},
                        {"choices", child.choices},
                        {"predicted", child.predicted},
                        {"measured", child.measured},
                        {"distilled", distillations.contains(child.path) ? distillations.at(child.path) : Json()},
                        {"created", child.created}});
    console.printJson({{"children", list}});
}

} // namespace

void addChildren(CLI::App &app, Console &console)
{
    auto options = std::make_shared<Options>();
    CLI::App *command = app.add_subcommand("children", kHelp);
    command->add_option("PROJECT", options->project, "Project file")->required();
    command->add_flag("--check", options->check, "Evaluate and time the children that were not checked yet");
    command->add_flag("--again", options->again, "Check all of them, those that were checked before too");
    command->add_flag("--no-times", options->noTimes, "Evaluate only");
    command->add_option("--max-tokens", options->order.maxTokens, "Tokens to evaluate; the whole test split where not given")
        ->check(CLI::PositiveNumber);
    command->add_option("--measure-seconds", options->order.measureSeconds, "Longest time to measure a workload")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
    command->add_option("--threads", options->order.threads, "0: as many as the machine has")->check(CLI::Range(0, 4096));
    command->add_option("--parent", options->order.parent, "Where the parent is now, if it was moved");
    command->add_option("--worker", options->workerCommand, "Command that starts tessera-worker");
    addDeviceOption(*command);
    command->callback([options, &console] { run(*options, console); });
}

} // namespace tessera
