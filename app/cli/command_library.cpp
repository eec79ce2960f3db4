// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "app/cli/commands.h"

#include "engine/cost/cost_names.h"
#include "engine/cost/score_summary.h"
#include "engine/cost/totals.h"
#include "engine/store/library_rows.h"
#include "engine/store/results.h"
#include "engine/store/scores.h"

#include <cmath>
#include <cstdio>
#include <memory>

namespace tessera {
namespace {

constexpr const char *kHelp = R"(Show the block library: every variant of every layer with its costs and scores, the parent's included.

Examples:
  tessera library my.tessera
  tessera library my.tessera --json

"scores" are those of the weights that the search uses ("origin"); "scores_by_origin" has them all.)";

Json scoreJson(const Score &score)
{
    return {{"mean", score.mean},
            {"se", score.standardError ? Json(*score.standardError) : Json()},
            {"samples", score.samples}};
}

Json scoresJson(const std::map<std::string, Score> &scores)
{
    Json json = Json::object();
    for (const auto &[metric, score] : scores)
        json[metric] = scoreJson(score);
    return json;
}

Json numberOrNull(const std::optional<double> &number) { return number ? Json(*number) : Json(); }

std::string blockOf(const LibraryEntry &entry)
{
    std::string attention = entry.attention ? toString(*entry.attention) : "";
    std::string ffn = entry.ffn ? toString(*entry.ffn) : "";
    return entry.isPair() ? attention + "+" + ffn : attention + ffn;
}

/// Whether any of the costs is an estimate.
bool isEstimated(const Costs &costs)
{
    for (const auto &[name, value] : costs)
        if (value.estimated)
            return true;
    return false;
}

/// What a project knows of its variants beyond what the search sees.
struct Details {
    std::map<VariantAt, Origin> chosen;
    std::map<Candidate, WeightsRecord> weights;
    std::map<Candidate, SamplesByMetric> scores;
};

Details detailsOf(const Project &project)
{
    Details details{chosenOrigins(project), {}, scoresOf(project)};
    for (const WeightsRecord &record : weightsOf(project))
        details.weights.insert({{{record.layer, record.variant}, record.origin}, record});
    return details;
}

Json byOrigin(const Details &details, const VariantAt &at)
{
    Json json = Json::object();
    for (Origin origin : {Origin::Paper, Origin::Closed, Origin::Distilled}) {
        auto found = details.scores.find({at, origin});
        if (found == details.scores.end())
            continue;
        for (const auto &[metric, samples] : found->second) {
            std::vector<double> values;
            for (const auto &[window, value] : samples)
                if (std::isfinite(value))
                    values.push_back(value);
            json[toString(origin)][metric] = values.size() == samples.size() ? scoreJson(summariseScore(values)) : Json();
        }
    }
    return json;
}

Json variantJson(const BlockLibrary &library, const LibraryEntry &entry, std::size_t layer, const Details &details)
{
    const Costs &costs = entry.costs.front();
    Json json = costsToJson(costs, library.workloads.front());
    json.erase(kThroughput); // Of whole models alone.
    json["layer"] = layer;
    json["block"] = blockOf(entry);
    json["estimated"] = isEstimated(costs);
    json["scores"] = scoresJson(entry.scores);
    json["loss_before"] = json["loss_after"] = json["origin"] = nullptr;
    if (entry.isPair())
        return json;
    VariantAt at{static_cast<std::int64_t>(layer), entry.attention ? *entry.attention : *entry.ffn};
    json["scores_by_origin"] = byOrigin(details, at);
    auto origin = details.chosen.find(at);
    if (origin == details.chosen.end())
        return json;
    json["origin"] = toString(origin->second);
    if (auto weights = details.weights.find({at, origin->second}); weights != details.weights.end()) {
        json["loss_before"] = numberOrNull(weights->second.lossBefore);
        json["loss_after"] = numberOrNull(weights->second.lossAfter);
        json["increment_before"] = numberOrNull(weights->second.incrementBefore);
        json["increment_after"] = numberOrNull(weights->second.incrementAfter);
    }
    return json;
}

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
    BlockLibrary library = loadLibrary(project);
    if (!console.json) {
        printTable(console, library);
        return;
    }
    Details details = detailsOf(project);
    Json variants = Json::array();
    for (std::size_t layer = 0; layer < library.layers.size(); ++layer)
        for (const LibraryEntry &entry : library.layers[layer].entries)
            variants.push_back(variantJson(library, entry, layer, details));
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
