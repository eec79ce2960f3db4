// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "app/cli/commands.h"

#include "engine/cost/cost_names.h"
#include "engine/cost/totals.h"
#include "engine/service/library_json.h"
#include "engine/store/library_rows.h"

#include <cstdio>
#include <memory>

namespace tessera {
namespace {

constexpr const char *kHelp = R"(Show the block library: every variant of every layer with its costs and scores, the parent's included.

Examples:
  tessera library my.tessera
  tessera library my.tessera --json

"scores" are those of the weights that the search uses ("origin"); "scores_by_origin" has them all.)";

std::string cell(const Costs &costs, const std::string &name)
{
    auto value = costIn(costs, name);
    return value ? (value->estimated ? "~" : "") + formatAmount(name, value->amount) : "-";
}

void printTable(const Console &console, const BlockLibrary &library)
{
    char line[256];
    std::snprintf(line, sizeof line, "%5s  %-28s %12s %12s %12s %12s  %s", "layer", "block", "parameters", "memory", "prefill",
                  "decode", library.objectiveDefault.c_str());
    console.print(line);
    for (std::size_t layer = 0; layer < library.layers.size(); ++layer)
        for (const LibraryEntry &entry : library.layers[layer].entries) {
            const Costs &costs = entry.costs.front();
            auto score = entry.scores.find(library.objectiveDefault);
            char number[64] = "-";
            if (score != entry.scores.end())
                std::snprintf(number, sizeof number, "%.5g +- %.2g", score->second.mean, score->second.standardError.value_or(0));
            std::snprintf(line, sizeof line, "%5zu  %-28s %12s %12s %12s %12s  %s", layer, blockOf(entry).c_str(),
                          cell(costs, kParameters).c_str(), cell(costs, kMemory).c_str(), cell(costs, kPrefill).c_str(),
                          cell(costs, kDecode).c_str(), number);
            console.print(line);
        }
    console.print("costs are for the workload " + library.workloads.front().name + "; ~ marks estimates");
}

void run(const std::string &path, const Console &console)
{
    Project project = Project::openForReading(path);
    if (!console.json) {
        printTable(console, loadLibrary(project));
        return;
    }
    auto view = viewOf(project);
    const BlockLibrary &library = *view->library;
    Json variants = Json::array();
    for (std::size_t variant = 0; variant < view->variants.size(); ++variant)
        variants.push_back(variantJson(*view, variant));
    Json fixed = costsToJson(library.fixed.front(), library.workloads.front());
    fixed.erase(kThroughput);
    console.printJson({{"workload", toJson(library.workloads.front())}, {"variants", variants}, {"fixed", fixed}});
}

} // namespace

void addLibrary(CLI::App &app, Console &console)
{
    auto path = std::make_shared<std::string>();
    CLI::App *command = app.add_subcommand("library", kHelp);
    command->add_option("PROJECT", *path, "Project file")->required();
    command->callback([path, &console] { run(*path, console); });
}

} // namespace tessera
