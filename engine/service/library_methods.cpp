// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/service/methods.h"

#include "engine/base/error.h"
#include "engine/cost/cost_names.h"
#include "engine/cost/totals.h"
#include "engine/service/bulk.h"
#include "engine/service/library_json.h"

#include <algorithm>
#include <functional>
#include <limits>
#include <optional>
#include <utility>

namespace tessera {
namespace {

constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();
const std::pair<const char *, std::optional<double> WeightsRecord::*> kLosses[] = {
    {"loss_before", &WeightsRecord::lossBefore},
    {"loss_after", &WeightsRecord::lossAfter},
    {"increment_before", &WeightsRecord::incrementBefore},
    {"increment_after", &WeightsRecord::incrementAfter}};

const char *unitName(const std::string &cost)
{
    switch (unitOf(cost)) {
    case CostUnit::Bytes:
        return "bytes";
    case CostUnit::Count:
        return "count";
    case CostUnit::Nanoseconds:
        return "ms";
    case CostUnit::TokensPerSecond:
        return "tokens/s";
    case CostUnit::Billionths:
        break;
    }
    return "number";
}

/// Every cost under every workload, the known ones in the order in which they are shown.
std::vector<std::pair<std::string, std::size_t>> axesOf(const BlockLibrary &library)
{
    std::vector<std::pair<std::string, std::size_t>> axes;
    for (std::size_t workload = 0; workload < library.workloads.size(); ++workload) {
        std::set<std::string> names = costNames(library, workload);
        for (const std::string &known : knownCosts())
            if (names.erase(known) > 0)
                axes.emplace_back(known, workload);
        for (const std::string &other : names)
            axes.emplace_back(other, workload);
    }
    return axes;
}

/// {COST[@WORKLOAD]: value or null} of costs by workload; names of those that contain estimates go to estimated.
Json costsByKey(const BlockLibrary &library, const std::vector<Costs> &costs, Json *estimated)
{
    Json json = Json::object();
    for (std::size_t workload = 0; workload < costs.size(); ++workload) {
        const Json named = costsToJson(costs[workload], library.workloads[workload]);
        for (const auto &[name, value] : named.items())
            json[costKey(library, name, workload)] = value;
        for (const auto &[name, value] : costs[workload])
            if (value.estimated && estimated)
                estimated->push_back(costKey(library, name, workload));
    }
    return json;
}

std::vector<Costs> parentTotals(const BlockLibrary &library)
{
    std::vector<Costs> totals;
    for (std::size_t workload = 0; workload < library.workloads.size(); ++workload)
        totals.push_back(totalCosts(library, parentChoice(library), workload));
    return totals;
}

/// The distinct variants of one part, the largest first.
Json variantNames(const BlockLibrary &library, Part part)
{
    std::set<Variant> variants;
    for (const BlockLibrary::Layer &layer : library.layers)
        for (const LibraryEntry &entry : layer.entries)
            if (const auto &variant = part == Part::Attention ? entry.attention : entry.ffn)
                variants.insert(*variant);
    std::vector<Variant> ordered(variants.begin(), variants.end());
    std::ranges::stable_sort(ordered, [](const Variant &a, const Variant &b) {
        return a.kind != b.kind ? a.kind < b.kind : a.size > b.size;
    });
    Json names = Json::array();
    for (const Variant &variant : ordered)
        names.push_back(shortName(variant));
    return names;
}

Json columnNames(const BlockLibrary &library)
{
    Json names = Json::array();
    for (const char *kind : {"cost:", "estimated:"})
        for (const auto &[cost, workload] : axesOf(library))
            names.push_back(kind + costKey(library, cost, workload));
    for (const char *kind : {"score:", "se:", "samples:"})
        for (const std::string &metric : metricsOf(library))
            names.push_back(kind + metric);
    for (const auto &[name, member] : kLosses)
        names.push_back(name);
    return names;
}

using Column = std::function<double(std::size_t variant)>;

/// The column of a cost, "cost:" or "estimated:"; nothing where the library has no such cost.
std::optional<Column> costColumn(const LibraryView &view, const std::string &key, bool estimated)
{
    for (const auto &[cost, workload] : axesOf(*view.library))
        if (costKey(*view.library, cost, workload) == key)
            return [&view, name = cost, at = workload, estimated](std::size_t variant) {
                auto value = costIn(view.entry(variant).costs[at], name);
                if (!value)
                    return kUnknown;
                return estimated ? static_cast<double>(value->estimated) : toJsonNumber(name, value->amount).get<double>();
            };
    return std::nullopt;
}

std::optional<Column> scoreColumn(const LibraryView &view, const std::string &metric, bool error)
{
    if (!metricsOf(*view.library).contains(metric))
        return std::nullopt;
    return [&view, metric, error](std::size_t variant) {
        const auto &scores = view.entry(variant).scores;
        auto score = scores.find(metric);
        if (score == scores.end())
            return kUnknown;
        return error ? score->second.standardError.value_or(kUnknown) : score->second.mean;
    };
}

std::optional<Column> columnNamed(const LibraryView &view, const std::string &name)
{
    const std::string rest = name.substr(name.find(':') + 1);
    if (name.starts_with("cost:"))
        return costColumn(view, rest, false);
    if (name.starts_with("estimated:"))
        return costColumn(view, rest, true);
    if (name.starts_with("score:"))
        return scoreColumn(view, rest, false);
    if (name.starts_with("se:"))
        return scoreColumn(view, rest, true);
    for (const auto &[loss, member] : kLosses)
        if (name == loss)
            return [&view, of = member](std::size_t variant) {
                const WeightsRecord *weights = view.weights(variant);
                return weights ? (weights->*of).value_or(kUnknown) : kUnknown;
            };
    return std::nullopt;
}

/// Where a cost of a variant comes from: {"source","spread","repeats"}.
Json sourceOf(const LibraryView &view, std::size_t variant, const std::string &cost, std::size_t workload)
{
    const CostRecord *best = nullptr;
    const std::string block = blockOf(view.entry(variant));
    const auto layer = static_cast<std::int64_t>(view.variants[variant].layer);
    auto rank = [](const CostRecord &record) { return std::pair(record.layer < 0, record.source); };
    for (const CostRecord &record : view.statedCosts) {
        const bool concerns = record.name == cost && record.workload == workload && record.subject == block
            && (record.layer < 0 || record.layer == layer);
        if (concerns && (!best || rank(record) < rank(*best)))
            best = &record;
    }
    if (!best)
        return {{"source", "exact"}, {"spread", nullptr}, {"repeats", nullptr}};
    return {{"source", toString(best->source)},
            {"spread", best->spread ? Json(*best->spread) : Json()},
            {"repeats", best->repeats ? Json(*best->repeats) : Json()}};
}

Json costsWithSources(const LibraryView &view, std::size_t variant)
{
    Json costs = Json::object();
    for (const auto &[name, workload] : axesOf(*view.library))
        if (auto value = costIn(view.entry(variant).costs[workload], name)) {
            Json cost = sourceOf(view, variant, name, workload);
            // A sum of parts that were stated is as good as its parts.
            if (cost["source"] == "exact" && (name == kMemory || name == kRuntime))
                cost["source"] = sourceOf(view, variant, name == kMemory ? kWeightBytes : kDecode, workload)["source"];
            cost["value"] = toJsonNumber(name, value->amount);
            cost["estimated"] = value->estimated;
            costs[costKey(*view.library, name, workload)] = std::move(cost);
        }
    return costs;
}

Json shapesOf(const std::optional<ModelConfig> &config, const LibraryEntry &entry)
{
    Json shapes = Json::array();
    if (!config || entry.isPair())
        return shapes;
    for (const TensorSpec &tensor : tensorsOf(*config, entry.attention ? *entry.attention : *entry.ffn))
        shapes.push_back({{"tensor", tensor.name}, {"shape", tensor.shape}});
    return shapes;
}

bool isParent(const LibraryView &view, std::size_t variant)
{
    const LayerChoice &parent = view.library->layers[view.variants[variant].layer].parent;
    const LibraryEntry &entry = view.entry(variant);
    return (!entry.attention || *entry.attention == parent.attention) && (!entry.ffn || *entry.ffn == parent.ffn);
}

Json nameOf(const LibraryView &view, std::size_t variant)
{
    const Origin *origin = view.origin(variant);
    return {{"variant", variant},
            {"layer", view.variants[variant].layer},
            {"block", blockOf(view.entry(variant))},
            {"parent", isParent(view, variant)},
            {"origin", origin ? Json(toString(*origin)) : Json()}};
}

} // namespace

namespace methods {

Json describeLibrary(Call &call)
{
    auto view = call.session.project(call.stop)->library();
    const BlockLibrary &library = *view->library;
    Json workloads = Json::array(), costs = Json::array(), estimated = Json::array();
    for (const Workload &workload : library.workloads)
        workloads.push_back(toJson(workload));
    for (const auto &[cost, workload] : axesOf(library))
        costs.push_back({{"cost", cost}, {"workload", library.workloads[workload].name}, {"unit", unitName(cost)}});
    Json parent = costsByKey(library, parentTotals(library), &estimated);
    return {{"hash", view->hash},
            {"name", library.name},
            {"objective_default", library.objectiveDefault},
            {"layers", library.layers.size()},
            {"variants", view->variants.size()},
            {"workloads", std::move(workloads)},
            {"metrics", metricsOf(library)},
            {"costs", std::move(costs)},
            {"begin", view->begin},
            {"attention", variantNames(library, Part::Attention)},
            {"ffn", variantNames(library, Part::Ffn)},
            {"fixed", costsByKey(library, library.fixed, nullptr)},
            {"parent", std::move(parent)},
            {"estimated", std::move(estimated)},
            {"columns", columnNames(library)}};
}

Json listVariants(Call &call)
{
    auto view = call.session.project(call.stop)->library();
    const Range range = rangeOf(call.params, view->variants.size(), 1);
    return rowsJson(range, [&](std::size_t variant) { return nameOf(*view, variant); });
}

Json libraryColumn(Call &call)
{
    auto view = call.session.project(call.stop)->library();
    const std::string name = call.params.text("column");
    auto column = columnNamed(*view, name);
    if (!column)
        throw badInput("the library has no column \"" + name + "\": library/describe lists them");
    const Range range = rangeOf(call.params, view->variants.size(), sizeof(double));
    std::vector<double> values;
    for (std::size_t row = 0; row < range.count; ++row)
        values.push_back((*column)(range.from + row));
    return bulkJson(range, 1, values);
}

Json librarySamples(Call &call)
{
    auto view = call.session.project(call.stop)->library();
    const std::string metric = call.params.text("metric");
    if (!metricsOf(*view->library).contains(metric))
        throw badInput("the library has no scores \"" + metric + "\": library/describe lists them");
    std::size_t windows = 0;
    auto samplesOf = [&](std::size_t variant) -> const std::vector<double> * {
        auto score = view->entry(variant).scores.find(metric);
        return score == view->entry(variant).scores.end() ? nullptr : &score->second.samples;
    };
    for (std::size_t variant = 0; variant < view->variants.size(); ++variant)
        if (const auto *samples = samplesOf(variant))
            windows = std::max(windows, samples->size());
    const Range range = rangeOf(call.params, view->variants.size(), windows * sizeof(double));
    std::vector<double> values(range.count * windows, kUnknown);
    for (std::size_t row = 0; row < range.count; ++row)
        if (const auto *samples = samplesOf(range.from + row))
            std::ranges::copy(*samples, values.begin() + static_cast<std::ptrdiff_t>(row * windows));
    return bulkJson(range, windows, values);
}

Json describeVariant(Call &call)
{
    auto open = call.session.project(call.stop);
    auto view = open->library();
    if (view->variants.empty())
        throw badInput("the library has no variants");
    const auto variant = static_cast<std::size_t>(
        call.params.integer("variant", 0, static_cast<std::int64_t>(view->variants.size()) - 1));
    const WeightsRecord *weights = view->weights(variant);
    Json json = variantJson(*view, variant);
    json.update(nameOf(*view, variant));
    json["shape"] = shapesOf(open->project.settings().config, view->entry(variant));
    json["costs"] = costsWithSources(*view, variant);
    json["scores_by_origin"] = scoresByOrigin(*view, variant);
    json["tokens"] = weights && weights->tokens ? Json(*weights->tokens) : Json();
    json["curve"] = weights ? weights->curve : Json();
    return json;
}

} // namespace methods
} // namespace tessera
