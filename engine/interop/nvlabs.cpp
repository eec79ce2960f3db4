// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/interop/nvlabs.h"

#include "engine/base/error.h"
#include "engine/base/json.h"
#include "engine/cost/cost_names.h"
#include "engine/cost/totals.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

namespace tessera {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kMostBytes = std::uint64_t{1} << 30;
const std::string kLibraryName = "block_library.json";
const std::string kMeasurementName = "measurement_info.json";
const std::string kParentName = "parent_block_stats.json";

/// The folder itself, or the one data folder of a clone.
fs::path findData(const fs::path &folder)
{
    std::error_code error;
    if (fs::exists(folder / kLibraryName, error))
        return folder;
    std::vector<fs::path> found;
    for (const auto &entry : fs::directory_iterator(folder / "examples" / "data", error))
        if (fs::exists(entry.path() / kLibraryName, error))
            found.push_back(entry.path());
    if (found.size() == 1)
        return found.front();
    if (found.empty())
        throw badInput("there is no " + kLibraryName + " in " + folder.string() +
                       ", nor under its examples/data: name the folder that holds it");
    throw badInput(folder.string() + " holds several libraries: name one, such as " +
                   std::min_element(found.begin(), found.end())->string());
}

const Json &objectIn(const Json &json, const std::string &key, const std::string &where)
{
    if (!json.is_object() || !json.contains(key) || !json[key].is_object())
        throw badInput("\"" + key + "\" in " + where + " must be an object");
    return json[key];
}

/// A size of the statistics: a missing or null one means that the sub-block is not there.
std::int64_t sizeIn(const Json &stats, const std::string &key, const std::string &where)
{
    double size = numberOr(stats, key, 0, where);
    if (!(size >= 0 && size <= 1e9) || size != std::floor(size))
        throw badInput("\"" + key + "\" in " + where + " must be a whole number of at most 10^9");
    return static_cast<std::int64_t>(size);
}

LayerChoice choiceOf(const Json &stats, const std::string &where)
{
    std::int64_t kvHeads = sizeIn(stats, "num_kv_heads", where), width = sizeIn(stats, "ffn_intermediate_size", where);
    return {kvHeads > 0 ? gqa(kvHeads) : noneVariant(Part::Attention), width > 0 ? ffnWidth(width) : noneVariant(Part::Ffn)};
}

/// A statistic in units of the cost; nothing where it is null.
std::optional<Amount> amountIn(const Json &stats, const std::string &key, long double amountsPerUnit, const std::string &where)
{
    auto member = stats.find(key);
    if (member == stats.end() || member->is_null())
        return std::nullopt;
    double value = requireNumber(stats, key, where);
    long double amount = static_cast<long double>(value) * amountsPerUnit;
    if (!std::isfinite(value) || value < 0 || amount > 4e18L)
        throw badInput("\"" + key + "\" in " + where + " must be a finite number that is not negative");
    return static_cast<Amount>(std::llround(amount));
}

Costs costsOf(const Json &stats, const LayerChoice &choice, const std::string &where)
{
    Costs costs;
    auto add = [&](const std::string &cost, const std::string &key, long double amountsPerUnit) {
        if (auto amount = amountIn(stats, key, amountsPerUnit, where))
            costs[cost] = {*amount, false};
    };
    add(kMemory, "memory_mib", 1024.0L * 1024.0L);
    add(kRuntime, "runtime_ms", 1e6L);
    add(kParameters, "num_params", 1);
    costs[kAttentionLayers] = {choice.attention.kind == VariantKind::Gqa ? 1 : 0, false};
    return costs;
}

struct Parent {
    LayerChoice choice;
    Costs costs;
    double lmLoss = 0;
};

Parent readParent(const Json &json)
{
    const std::string where = kParentName;
    const Json &stats = objectIn(json, "stats", where);
    Parent parent;
    parent.choice = choiceOf(stats, where);
    parent.costs = costsOf(stats, parent.choice, where);
    parent.lmLoss = requireNumber(objectIn(json, "metrics", where), "lm_loss", where);
    return parent;
}

Workload readWorkload(const Json &json)
{
    const std::string where = kMeasurementName;
    if (!json.is_object())
        throw badInput(where + " must be an object");
    DType type = parseDType(stringOr(json, "dtype", "fp8", where));
    Json workload{{"name", "default"},
                  {"batch", requireInteger(json, "batch_size", where)},
                  {"input", 0},
                  {"output", requireInteger(json, "sequence_length", where)},
                  {"weights", toString(type)},
                  {"activations", toString(type)},
                  {"kv", toString(type)},
                  {"device", stringOr(json, "gpu", "unknown", where)}};
    return parseWorkload(workload, where);
}

std::map<std::string, Score> scoresOf(const Json &metrics, double parentLoss, const std::string &where)
{
    std::map<std::string, Score> scores;
    for (const auto &[metric, value] : metrics.items()) {
        if (!value.is_number()) // null and other marks of an unknown score
            continue;
        double mean = value.get<double>() - (metric == "lm_loss" ? parentLoss : 0.0);
        if (!std::isfinite(mean))
            throw badInput("the score \"" + metric + "\" in " + where + " is not finite");
        scores[metric] = {mean, std::nullopt, {}};
    }
    return scores;
}

BlockLibrary::Layer readLayer(const Json &pairs, const Parent &parent, const std::string &where)
{
    BlockLibrary::Layer layer;
    layer.parent = parent.choice;
    for (const auto &[key, pair] : pairs.items()) {
        std::string here = "\"" + key + "\" of " + where;
        std::replace(here.begin(), here.end(), '\t', ' ');
        const Json &stats = objectIn(pair, "stats", here);
        LayerChoice choice = choiceOf(stats, here);
        if (findPair(layer, choice))
            throw badInput(here + " is the same pair of blocks as another one of the layer");
        layer.entries.push_back({choice.attention, choice.ffn, {costsOf(stats, choice, here)},
                                 scoresOf(objectIn(pair, "metrics", here), parent.lmLoss, here)});
    }
    if (!findPair(layer, layer.parent))
        layer.entries.push_back({layer.parent.attention, layer.parent.ffn, {parent.costs}, {{"kl_div", {}}, {"lm_loss", {}}}});
    return layer;
}

} // namespace

BlockLibrary parseNvlabs(const Json &json, const Json &measurement, const Json &parentJson, const std::string &name)
{
    Parent parent = readParent(parentJson);
    BlockLibrary library;
    library.name = name;
    library.workloads = {readWorkload(measurement)};
    library.fixed.resize(1);
    if (!json.is_object() || json.empty())
        throw badInput(kLibraryName + " must be an object with a member layer_0, layer_1, ... for every layer");
    for (std::size_t layer = 0; layer < json.size(); ++layer) {
        std::string member = "layer_" + std::to_string(layer);
        library.layers.push_back(readLayer(objectIn(json, member, kLibraryName), parent, member + " of " + kLibraryName));
    }
    return library;
}

BlockLibrary readNvlabs(const fs::path &folder)
{
    const fs::path data = findData(folder);
    std::string name = data.filename().empty() ? data.parent_path().filename().string() : data.filename().string();
    Json parent = readJsonFile(data / kParentName, kMostBytes), measurement = readJsonFile(data / kMeasurementName, kMostBytes);
    return parseNvlabs(readJsonFile(data / kLibraryName, kMostBytes), measurement, parent, name);
}

} // namespace tessera
