// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/interop/library_file.h"

#include "engine/base/error.h"
#include "engine/cost/cost_names.h"
#include "engine/cost/score_summary.h"
#include "engine/cost/totals.h"
#include "engine/interop/block_text.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

namespace tessera {
namespace {

constexpr std::uint64_t kMostBytes = std::uint64_t{1} << 30;
constexpr std::size_t kMostLayers = 100'000;

void requireObject(const Json &object, const std::string &where)
{
    if (!object.is_object())
        throw badInput(where + " must be an object");
}

const Json &arrayIn(const Json &object, const char *key, const std::string &where)
{
    auto member = object.find(key);
    if (member == object.end() || !member->is_array() || member->empty())
        throw badInput("\"" + std::string(key) + "\" in " + where + " must be an array with at least one element");
    return *member;
}

std::vector<Workload> readWorkloads(const Json &json, const std::string &where)
{
    std::vector<Workload> workloads;
    if (json.contains("workload") && json.contains("workloads"))
        throw badInput(where + " has both \"workload\" and \"workloads\": give one of them");
    if (json.contains("workloads"))
        for (const Json &workload : arrayIn(json, "workloads", where))
            workloads.push_back(parseWorkload(workload, "\"workloads\" of " + where));
    else if (json.contains("workload") && !json["workload"].is_null())
        workloads.push_back(parseWorkload(json["workload"], "\"workload\" of " + where));
    else
        workloads.emplace_back();
    std::set<std::string> names;
    for (const Workload &workload : workloads)
        if (!names.insert(workload.name).second)
            throw badInput("two workloads of " + where + " are called \"" + workload.name + "\"");
    return workloads;
}

std::size_t workloadOf(std::string_view name, const std::vector<Workload> &workloads, const std::string &where)
{
    for (std::size_t i = 0; i < workloads.size(); ++i)
        if (workloads[i].name == name)
            return i;
    throw badInput("the workload \"" + std::string(name) + "\" of a cost in " + where + " is not among the workloads");
}

std::vector<Costs> readCosts(const Json &json, const std::vector<Workload> &workloads, const std::string &where)
{
    if (!json.is_object())
        throw badInput(where + " must be an object of costs by name");
    std::vector<Json> byWorkload(workloads.size(), Json::object());
    for (const auto &[key, value] : json.items()) {
        std::size_t at = key.find('@');
        std::size_t workload = at == std::string::npos ? 0 : workloadOf(std::string_view(key).substr(at + 1), workloads, where);
        if (!byWorkload[workload].emplace(key.substr(0, at), value).second)
            throw badInput("the cost \"" + key + "\" in " + where + " is given twice");
    }
    std::vector<Costs> costs;
    for (const Json &named : byWorkload)
        costs.push_back(costsFromJson(named, where));
    return costs;
}

/// What follows from the kind of a block alone: cli.md's definitions leave no choice.
void deriveCosts(std::vector<Costs> &costs, std::int64_t attentionLayers, bool hasCache)
{
    for (Costs &named : costs) {
        named.try_emplace(kAttentionLayers, CostValue{attentionLayers, false});
        if (!hasCache && named.contains(kWeightBytes))
            named.try_emplace(kKvBytes, CostValue{0, false});
    }
}

Score readScore(const Json &value, const std::string &where)
{
    std::vector<double> samples;
    for (const Json &sample : value.is_array() ? value : Json::array({value})) {
        if (!sample.is_number() || !std::isfinite(sample.get<double>()))
            throw badInput("a score in " + where + " must be a finite number, an array of them, or null");
        samples.push_back(sample.get<double>());
    }
    if (samples.empty())
        throw badInput("a score in " + where + " is an empty array; write null where it is unknown");
    if (!value.is_array())
        return {samples.front(), std::nullopt, {}};
    return summariseScore(std::move(samples));
}

LibraryEntry readEntry(const Json &json, const LayerChoice &parent, const std::vector<Workload> &workloads, const std::string &where)
{
    requireObject(json, "a block of " + where);
    std::string text = requireString(json, "block", "a block of " + where);
    std::string here = "the block \"" + text + "\" of " + where;
    LibraryEntry entry;
    std::tie(entry.attention, entry.ffn) = parseSubBlocks(text, &parent, where);
    entry.costs = readCosts(json.contains("costs") && !json["costs"].is_null() ? json["costs"] : Json::object(), workloads, here);
    bool softmax = entry.attention && entry.attention->kind == VariantKind::Gqa;
    deriveCosts(entry.costs, softmax ? 1 : 0, softmax);
    if (json.contains("scores") && !json["scores"].is_null()) {
        if (!json["scores"].is_object())
            throw badInput("\"scores\" of " + here + " must be an object of scores by metric");
        for (const auto &[metric, value] : json["scores"].items())
            if (!value.is_null())
                entry.scores[metric] = readScore(value, here);
    }
    return entry;
}

BlockLibrary::Layer readLayer(const Json &json, const std::vector<Workload> &workloads, const std::string &where)
{
    requireObject(json, where);
    BlockLibrary::Layer layer;
    std::string parent = requireString(json, "parent", where);
    auto [attention, ffn] = parseSubBlocks(parent, nullptr, where);
    if (!attention || !ffn)
        throw badInput("the parent \"" + parent + "\" of " + where + " must name both attention and ffn");
    layer.parent = {*attention, *ffn};
    std::set<std::pair<std::optional<Variant>, std::optional<Variant>>> seen;
    for (const Json &block : arrayIn(json, "blocks", where)) {
        layer.entries.push_back(readEntry(block, layer.parent, workloads, where));
        if (!seen.insert({layer.entries.back().attention, layer.entries.back().ffn}).second)
            throw badInput("the block " + block["block"].dump() + " stands twice in " + where);
    }
    return layer;
}

void addCosts(Json &json, const std::vector<Costs> &costs, const std::vector<Workload> &workloads)
{
    for (std::size_t i = 0; i < costs.size() && i < workloads.size(); ++i)
        for (const auto &[name, value] : costs[i])
            json[name + (i == 0 ? "" : "@" + workloads[i].name)] = toJsonNumber(name, value.amount);
}

std::string blockName(const LibraryEntry &entry)
{
    std::string name = entry.attention ? toString(*entry.attention) : "";
    if (entry.ffn)
        name += (name.empty() ? "" : "+") + toString(*entry.ffn);
    return name;
}

Json toJson(const LibraryEntry &entry, const std::vector<Workload> &workloads)
{
    Json json{{"block", blockName(entry)}, {"costs", Json::object()}, {"scores", Json::object()}};
    addCosts(json["costs"], entry.costs, workloads);
    for (const auto &[metric, score] : entry.scores)
        json["scores"][metric] = score.samples.empty() ? Json(score.mean) : Json(score.samples);
    return json;
}

} // namespace

BlockLibrary parseLibrary(const Json &json, const std::string &where)
{
    requireObject(json, where);
    BlockLibrary library;
    library.name = stringOr(json, "name", "", where);
    library.objectiveDefault = stringOr(json, "objective_default", "kl_div", where);
    library.workloads = readWorkloads(json, where);
    const Json fixed = json.contains("fixed") && !json["fixed"].is_null() ? json["fixed"] : Json::object();
    library.fixed = readCosts(fixed, library.workloads, "\"fixed\" of " + where);
    if (!fixed.empty())
        deriveCosts(library.fixed, 0, false);
    const Json &layers = arrayIn(json, "layers", where);
    if (layers.size() > kMostLayers)
        throw badInput(where + " has more than " + std::to_string(kMostLayers) + " layers");
    for (const Json &layer : layers)
        library.layers.push_back(
            readLayer(layer, library.workloads, "layer " + std::to_string(library.layers.size()) + " of " + where));
    return library;
}

BlockLibrary readLibraryFile(const std::filesystem::path &file)
{
    BlockLibrary library = parseLibrary(readJsonFile(file, kMostBytes), file.filename().string());
    if (library.name.empty())
        library.name = file.stem().string();
    return library;
}

Json toJson(const BlockLibrary &library)
{
    Json json{{"name", library.name},
              {"objective_default", library.objectiveDefault},
              {"workloads", Json::array()},
              {"fixed", Json::object()},
              {"layers", Json::array()}};
    for (const Workload &workload : library.workloads)
        json["workloads"].push_back(toJson(workload));
    addCosts(json["fixed"], library.fixed, library.workloads);
    for (const BlockLibrary::Layer &layer : library.layers) {
        Json blocks = Json::array();
        for (const LibraryEntry &entry : layer.entries)
            blocks.push_back(toJson(entry, library.workloads));
        json["layers"].push_back(
            {{"parent", toString(layer.parent.attention) + "+" + toString(layer.parent.ffn)}, {"blocks", std::move(blocks)}});
    }
    return json;
}

} // namespace tessera
