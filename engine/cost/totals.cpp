// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/cost/totals.h"

#include "engine/base/checked.h"
#include "engine/base/error.h"
#include "engine/cost/cost_names.h"

#include <algorithm>

namespace tessera {
namespace {

std::optional<CostValue> sum(const std::optional<CostValue> &a, const std::optional<CostValue> &b, const std::string &cost)
{
    if (!a || !b)
        return std::nullopt;
    const std::optional<Amount> amount = checkedAdd(a->amount, b->amount);
    if (!amount)
        throw badInput("the sum of the cost \"" + cost + "\" does not fit 63 bits: a figure of the library is far too large");
    return CostValue{*amount, a->estimated || b->estimated};
}

std::optional<CostValue> given(const Costs &costs, const std::string &cost)
{
    auto it = costs.find(cost);
    return it == costs.end() ? std::nullopt : std::optional(it->second);
}

std::optional<CostValue> entryCost(const LibraryEntry *entry, const std::string &cost, std::size_t workload)
{
    return entry && workload < entry->costs.size() ? costIn(entry->costs[workload], cost) : std::nullopt;
}

void addNames(std::set<std::string> &names, Costs costs)
{
    completeCosts(costs);
    for (const auto &[name, value] : costs)
        names.insert(name);
}

} // namespace

std::optional<CostValue> costIn(const Costs &costs, const std::string &cost)
{
    if (auto value = given(costs, cost))
        return value;
    if (cost == kMemory)
        return sum(given(costs, kWeightBytes), given(costs, kKvBytes), cost);
    if (cost == kRuntime)
        return sum(given(costs, kPrefill), given(costs, kDecode), cost);
    return std::nullopt;
}

void completeCosts(Costs &costs)
{
    for (const std::string &cost : {kMemory, kRuntime})
        if (auto value = costIn(costs, cost))
            costs[cost] = *value;
}

Costs addCosts(const Costs &a, const Costs &b)
{
    Costs result;
    for (const auto &[name, value] : a)
        if (auto total = sum(value, given(b, name), name))
            result[name] = *total;
    return result;
}

std::optional<double> throughputOf(const Workload &workload, Amount runtime)
{
    if (runtime <= 0)
        return std::nullopt;
    return 1e9 * static_cast<double>(workload.batch) * static_cast<double>(workload.output) / static_cast<double>(runtime);
}

const LibraryEntry *findEntry(const BlockLibrary::Layer &layer, const Variant &variant)
{
    for (const LibraryEntry &entry : layer.entries)
        if (!entry.isPair() && (variant.part == Part::Attention ? entry.attention : entry.ffn) == variant)
            return &entry;
    return nullptr;
}

const LibraryEntry *findPair(const BlockLibrary::Layer &layer, const LayerChoice &choice)
{
    for (const LibraryEntry &entry : layer.entries)
        if (entry.isPair() && *entry.attention == choice.attention && *entry.ffn == choice.ffn)
            return &entry;
    return nullptr;
}

std::optional<CostValue> layerCost(const BlockLibrary::Layer &layer, const LayerChoice &choice, const std::string &cost,
                                   std::size_t workload)
{
    if (auto value = entryCost(findPair(layer, choice), cost, workload))
        return value;
    return sum(entryCost(findEntry(layer, choice.attention), cost, workload),
               entryCost(findEntry(layer, choice.ffn), cost, workload), cost);
}

std::optional<CostValue> fixedCost(const BlockLibrary &library, const std::string &cost, std::size_t workload)
{
    if (workload >= library.fixed.size() || library.fixed[workload].empty())
        return CostValue{};
    auto value = costIn(library.fixed[workload], cost);
    return value || isKnownCost(cost) ? value : CostValue{};
}

std::optional<CostValue> totalCost(const BlockLibrary &library, const std::vector<LayerChoice> &choice, const std::string &cost,
                                   std::size_t workload)
{
    if (choice.size() != library.layers.size())
        throw badInput("a choice for " + std::to_string(choice.size()) + " layers does not fit a library of " +
                       std::to_string(library.layers.size()) + " layers");
    if (workload >= library.workloads.size())
        throw badInput("the library has no workload number " + std::to_string(workload));
    std::optional<CostValue> total = fixedCost(library, cost, workload);
    for (std::size_t layer = 0; total && layer < choice.size(); ++layer)
        total = sum(total, layerCost(library.layers[layer], choice[layer], cost, workload), cost);
    return total;
}

std::vector<LayerChoice> parentChoice(const BlockLibrary &library)
{
    std::vector<LayerChoice> choice;
    for (const BlockLibrary::Layer &layer : library.layers)
        choice.push_back(layer.parent);
    return choice;
}

std::set<std::string> costNames(const BlockLibrary &library, std::size_t workload)
{
    std::set<std::string> names;
    if (workload < library.fixed.size())
        addNames(names, library.fixed[workload]);
    for (const BlockLibrary::Layer &layer : library.layers)
        for (const LibraryEntry &entry : layer.entries)
            if (workload < entry.costs.size())
                addNames(names, entry.costs[workload]);
    return names;
}

bool knowsCost(const BlockLibrary &library, const std::string &cost, std::size_t workload)
{
    if (workload < library.fixed.size() && costIn(library.fixed[workload], cost))
        return true;
    for (const BlockLibrary::Layer &layer : library.layers)
        for (const LibraryEntry &entry : layer.entries)
            if (workload < entry.costs.size() && costIn(entry.costs[workload], cost))
                return true;
    return false;
}

Costs totalCosts(const BlockLibrary &library, const std::vector<LayerChoice> &choice, std::size_t workload)
{
    // What is unknown of one layer is unknown of the whole: the names of the first layer's entries are enough.
    std::set<std::string> names;
    if (library.layers.empty() || choice.empty())
        names = costNames(library, workload);
    else
        for (const LibraryEntry *entry : {findPair(library.layers[0], choice[0]), findEntry(library.layers[0], choice[0].attention),
                                          findEntry(library.layers[0], choice[0].ffn)})
            if (entry && workload < entry->costs.size())
                addNames(names, entry->costs[workload]);
    Costs totals;
    for (const std::string &name : names)
        if (auto total = totalCost(library, choice, name, workload))
            totals[name] = *total;
    return totals;
}

Json costsToJson(const Costs &costs, const Workload &workload)
{
    Json json = Json::object();
    for (const std::string &name : knownCosts())
        json[name] = nullptr;
    for (const auto &[name, value] : costs)
        json[name] = toJsonNumber(name, value.amount);
    for (const std::string &name : {kMemory, kRuntime})
        if (auto value = costIn(costs, name))
            json[name] = toJsonNumber(name, value->amount);
    if (auto runtime = costIn(costs, kRuntime))
        if (auto throughput = throughputOf(workload, runtime->amount))
            json[kThroughput] = *throughput;
    return json;
}

Costs costsFromJson(const Json &json, const std::string &where)
{
    if (!json.is_object())
        throw badInput(where + " must be an object of costs by name");
    Costs costs;
    for (const auto &[name, number] : json.items()) {
        if (name.empty() || name.find_first_of("=@ \t\n") != std::string::npos)
            throw badInput("the cost name \"" + name + "\" in " + where + " must not be empty or hold =, @ or spaces");
        if (auto amount = amountFromJson(name, number, where))
            costs[name] = {*amount, false};
    }
    return costs;
}

} // namespace tessera
