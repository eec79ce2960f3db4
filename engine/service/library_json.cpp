// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/service/library_json.h"

#include "engine/cost/cost_names.h"
#include "engine/cost/score_summary.h"
#include "engine/cost/totals.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace tessera {
namespace {

Json scoreJson(const Score &score)
{
    return {{"mean", score.mean},
            {"se", score.standardError ? Json(*score.standardError) : Json()},
            {"samples", score.samples}};
}

Json numberOrNull(const std::optional<double> &number) { return number ? Json(*number) : Json(); }

} // namespace

Json scoresJson(const std::map<std::string, Score> &scores)
{
    Json json = Json::object();
    for (const auto &[metric, score] : scores)
        json[metric] = scoreJson(score);
    return json;
}

Json scoresByOrigin(const LibraryView &view, std::size_t variant)
{
    Json json = Json::object();
    const LibraryEntry &entry = view.entry(variant);
    if (entry.isPair())
        return json;
    const VariantAt at{static_cast<std::int64_t>(view.variants[variant].layer), entry.attention ? *entry.attention : *entry.ffn};
    for (Origin origin : {Origin::Paper, Origin::Closed, Origin::Distilled}) {
        auto found = view.details.scores.find({at, origin});
        if (found == view.details.scores.end())
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

Json variantJson(const LibraryView &view, std::size_t variant)
{
    const LibraryEntry &entry = view.entry(variant);
    const Costs &costs = entry.costs.front();
    Json json = costsToJson(costs, view.library->workloads.front());
    json.erase(kThroughput); // Of whole models alone.
    json["layer"] = view.variants[variant].layer;
    json["block"] = blockOf(entry);
    json["estimated"] = std::ranges::any_of(costs, [](const auto &cost) { return cost.second.estimated; });
    json["scores"] = scoresJson(entry.scores);
    json["loss_before"] = json["loss_after"] = json["origin"] = nullptr;
    if (entry.isPair())
        return json;
    json["scores_by_origin"] = scoresByOrigin(view, variant);
    if (const Origin *origin = view.origin(variant))
        json["origin"] = toString(*origin);
    if (const WeightsRecord *weights = view.weights(variant)) {
        json["loss_before"] = numberOrNull(weights->lossBefore);
        json["loss_after"] = numberOrNull(weights->lossAfter);
        json["increment_before"] = numberOrNull(weights->incrementBefore);
        json["increment_after"] = numberOrNull(weights->incrementAfter);
    }
    return json;
}

} // namespace tessera
