// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "tests/search/children.h"

#include "engine/cost/totals.h"

#include <algorithm>
#include <optional>

namespace tessera::instances {
namespace {

std::vector<LayerChoice> combinationsOf(const BlockLibrary::Layer &layer)
{
    std::vector<LayerChoice> choices;
    auto add = [&](const LayerChoice &choice) {
        if (std::find(choices.begin(), choices.end(), choice) == choices.end())
            choices.push_back(choice);
    };
    for (const LibraryEntry &a : layer.entries)
        for (const LibraryEntry &f : layer.entries) {
            if (a.isPair() && &a == &f)
                add({*a.attention, *a.ffn});
            else if (!a.isPair() && !f.isPair() && a.attention && f.ffn)
                add({*a.attention, *f.ffn});
        }
    return choices;
}

std::optional<double> scoreOf(const BlockLibrary::Layer &layer, const LayerChoice &choice, const std::string &metric)
{
    auto known = [&](const LibraryEntry *entry) -> std::optional<double> {
        if (!entry || !entry->scores.contains(metric))
            return std::nullopt;
        return entry->scores.at(metric).mean;
    };
    if (auto pair = known(findPair(layer, choice)))
        return pair;
    auto a = known(findEntry(layer, choice.attention)), f = known(findEntry(layer, choice.ffn));
    return a && f ? std::optional(*a + *f) : std::nullopt;
}

bool within(const BlockLibrary &library, const std::vector<LayerChoice> &choice, const std::vector<AmountLimit> &limits)
{
    return std::all_of(limits.begin(), limits.end(), [&](const AmountLimit &limit) {
        auto total = totalCost(library, choice, limit.cost, limit.workload);
        return total && (!limit.atMost || total->amount <= *limit.atMost) && (!limit.atLeast || total->amount >= *limit.atLeast);
    });
}

} // namespace

std::vector<Child> childrenWithin(const BlockLibrary &library, const std::string &metric, const std::vector<Limit> &limits,
                                  const std::function<bool(std::size_t layer, const LayerChoice &)> &allowed)
{
    std::vector<AmountLimit> amounts;
    for (const Limit &limit : limits)
        amounts.push_back(resolveLimit(limit, library));
    std::vector<Child> children;
    std::vector<LayerChoice> choice(library.layers.size());
    std::function<void(std::size_t, double)> walk = [&](std::size_t layer, double score) {
        if (layer == library.layers.size()) {
            if (within(library, choice, amounts))
                children.push_back({choice, score});
            return;
        }
        for (const LayerChoice &candidate : combinationsOf(library.layers[layer])) {
            auto own = scoreOf(library.layers[layer], candidate, metric);
            if (!own || (allowed && !allowed(layer, candidate)))
                continue;
            choice[layer] = candidate;
            walk(layer + 1, score + *own);
        }
    };
    walk(0, 0);
    return children;
}

const Child *bestOf(const std::vector<Child> &children)
{
    auto best = std::min_element(children.begin(), children.end(), [](const Child &a, const Child &b) { return a.score < b.score; });
    return best == children.end() ? nullptr : &*best;
}

Scenario scenarioWith(std::vector<std::string> most, std::vector<std::string> least, std::vector<std::string> pins,
                      std::vector<std::string> bans, std::vector<std::string> rules)
{
    return parseScenario({{"max", most}, {"min", least}, {"pin", pins}, {"ban", bans}, {"rule", rules}}, "the test's scenario");
}

} // namespace tessera::instances
