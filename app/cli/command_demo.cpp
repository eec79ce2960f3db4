// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "app/cli/commands.h"
#include "app/cli/demo_run.h"
#include "app/cli/solution_text.h"

#include "engine/base/error.h"
#include "engine/cost/cost_names.h"
#include "engine/cost/totals.h"

#include <cstdio>
#include <cstdlib>
#include <memory>

namespace tessera {
namespace {

namespace fs = std::filesystem;

constexpr const char *kHelp =
    R"(Runs the whole method on the demo parent that comes with Tessera: builds a library of variants, fits and scores them,
measures what they cost here, proves the best child under four limits, builds and evaluates those children, and traces a front.
Takes a few minutes on two cores. What was done is kept: the same command goes on, and the project can be explored further:

Examples:
  tessera demo
  tessera solve ~/.local/share/tessera/demo/demo.tessera --max memory=60%)";

fs::path defaultFolder()
{
    if (const char *data = std::getenv("XDG_DATA_HOME"); data && *data)
        return fs::path(data) / "tessera" / "demo";
    if (const char *home = std::getenv("HOME"); home && *home)
        return fs::path(home) / ".local" / "share" / "tessera" / "demo";
    throw badInput("neither XDG_DATA_HOME nor HOME is set: say where the demo should go with --out");
}

std::string number(const Json &json, const char *key, const char *format)
{
    auto found = json.find(key);
    if (found == json.end() || !found->is_number())
        return "-";
    char text[48];
    std::snprintf(text, sizeof text, format, found->get<double>());
    return text;
}

std::string amount(const Costs &costs, const std::string &cost)
{
    std::optional<CostValue> value = costIn(costs, cost);
    return value ? formatAmount(cost, value->amount) + (value->estimated ? " (estimated)" : "") : "unknown";
}

void printTable(const Console &console, const DemoResult &demo)
{
    constexpr const char *kRow = "%-12s %9s %9s %11s %10s %9s %9s %9s %9s %8s %8s %10s";
    char line[256];
    std::snprintf(line, sizeof line, kRow, "limit", "objective", "bound", "parameters", "memory", "prefill", "decode", "run time",
                  "measured", "KL sum", "KL", "perplexity");
    console.print(line);
    for (const DemoRow &row : demo.rows) {
        Json solution = row.solution ? toJson(*row.solution) : Json::object();
        std::snprintf(line, sizeof line, kRow, row.name.c_str(), number(solution, "objective", "%.4f").c_str(),
                      number(solution, "bound", "%.4f").c_str(), amount(row.costs, kParameters).c_str(),
                      amount(row.costs, kMemory).c_str(), amount(row.costs, kPrefill).c_str(), amount(row.costs, kDecode).c_str(),
                      amount(row.costs, kRuntime).c_str(), (number(row.measured, "runtime", "%.1f") + " ms").c_str(),
                      number(solution, "objective", "%.3f").c_str(), number(row.evaluation, "kl_to_parent", "%.3f").c_str(),
                      number(row.evaluation, "perplexity", "%.2f").c_str());
        console.print(line);
    }
    console.print("\nRun time and KL sum are what the library predicts by adding up; measured, KL and perplexity are those of the whole "
                  "child after its\nsequential refit, on text that nothing was fitted to.");
}

Json toJson(const DemoResult &demo)
{
    Json rows = Json::array();
    for (const DemoRow &row : demo.rows) {
        Json solution = row.solution ? toJson(*row.solution) : Json::object();
        const Json &found = row.evaluation;
        rows.push_back({{"name", row.name},
                        {"path", row.path.string()},
                        {"solution", row.solution ? Json(row.solutionId) : Json()},
                        {"objective", solution.value("objective", Json())},
                        {"bound", solution.value("bound", Json())},
                        {"costs", costsToJson(row.costs, demo.library->workloads.front())},
                        {"measured", row.measured},
                        {"kl_to_parent", found.value("kl_to_parent", Json())},
                        {"perplexity", found.value("perplexity", Json())},
                        {"nll", found.value("nll", Json())}});
    }
    Json points = Json::array();
    for (const Front::Point &point : demo.front.points)
        points.push_back(toJson(point.solution));
    return {{"project", demo.project.string()}, {"stages", demo.stages}, {"rows", std::move(rows)},
            {"front", std::move(points)},       {"seconds", demo.seconds}};
}

void runCommand(const std::string &out, Console &console)
{
    DemoResult demo = runDemo(out.empty() ? defaultFolder() : fs::path(out), console);
    if (console.json) {
        console.printJson(toJson(demo));
        return;
    }
    printTable(console, demo);
    console.print("\nThe front of KL against memory:");
    printFront(console, *demo.library, demo.front);
    for (const Json &stage : demo.stages)
        console.print(stage["name"].get<std::string>() + " took " + number(stage, "seconds", "%.1f") + " s");
    console.print("\nThe project is " + demo.project.string() + ", its children are in "
                  + (demo.project.parent_path() / "children").string());
}

} // namespace

void addDemo(CLI::App &app, Console &console)
{
    auto out = std::make_shared<std::string>();
    CLI::App *command = app.add_subcommand("demo", kHelp);
    command->add_option("--out", *out, "Folder for the demo's project and children; default ~/.local/share/tessera/demo");
    command->callback([out, &console] { runCommand(*out, console); });
}

} // namespace tessera
