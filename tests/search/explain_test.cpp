// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/search/explain.h"

#include "engine/base/error.h"
#include "engine/cost/totals.h"
#include "tests/search/children.h"
#include "tests/search/libraries.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace tessera {
namespace {

using instances::Child;
using instances::scenarioWith;

template <typename Predicate>
std::optional<double> bestWhere(const std::vector<Child> &children, const Predicate &predicate)
{
    std::optional<double> best;
    for (const Child &child : children)
        if (predicate(child.choices) && (!best || child.score < *best))
            best = child.score;
    return best;
}

void expectRegret(const std::optional<double> &found, const std::optional<double> &truth, double optimum, const std::string &where)
{
    ASSERT_EQ(found.has_value(), truth.has_value()) << where;
    if (truth) {
        ASSERT_NEAR(*found, *truth - optimum, 1e-9) << where;
    }
}

TEST(Explain, RegretsAreThoseOfEveryChildOfTheLibrary)
{
    for (std::uint64_t seed = 0; seed < 12; ++seed) {
        auto library = instances::randomLibrary({.layers = 3, .pairs = seed % 3 == 1, .somePairs = seed % 3 == 2}, seed);
        Scenario scenario = scenarioWith({"memory=" + std::to_string(30 + seed * 5) + "%", "runtime=85%"}, {}, {}, {"0:attention=none"});
        Problem problem = makeProblem(library, scenario);
        ProgramResult best = solveProgram(problem.program);
        const auto children = instances::childrenWithin(*library, "kl_div", scenario.limits, [](std::size_t layer, const LayerChoice &choice) {
            return layer != 0 || choice.attention != noneVariant(Part::Attention);
        });
        if (best.selection.empty()) {
            EXPECT_TRUE(children.empty());
            continue;
        }
        for (const char *text : {"1:attention=none", "2:attention=gqa:2", "0:ffn=none", "1:attention=linear+ffn=width:256", "0:attention=none",
                                 "2:attention=parent+ffn=parent"}) {
            LayerBlock block = parseLayerBlock(text);
            auto has = [&](const std::vector<LayerChoice> &choices) {
                auto layer = static_cast<std::size_t>(text[0] - '0');
                const LayerChoice &parent = library->layers[layer].parent;
                return (!block.attention || choices[layer].attention == block.attention->in(parent, Part::Attention)) &&
                       (!block.ffn || choices[layer].ffn == block.ffn->in(parent, Part::Ffn));
            };
            Regret regret = regretOf(problem, best, block, {});
            const std::string where = "seed " + std::to_string(seed) + ", " + text;
            EXPECT_TRUE(regret.proved) << where;
            EXPECT_EQ(regret.chosen, has(choicesOf(problem, best.selection))) << where;
            expectRegret(regret.force, bestWhere(children, has), best.objective, where + " forced");
            expectRegret(regret.ban, bestWhere(children, [&](const auto &choices) { return !has(choices); }), best.objective, where + " banned");
        }
    }
}

TEST(Explain, AllRegretsHoldEveryVariantOfEveryLayerOnce)
{
    auto library = instances::randomLibrary({.layers = 3, .somePairs = true}, 4);
    Problem problem = makeProblem(library, scenarioWith({"memory=70%"}));
    ProgramResult best = solveProgram(problem.program);
    std::vector<Regret> regrets = allRegrets(problem, best, {});
    EXPECT_EQ(regrets.size(), 3u * (4 + 3));
    for (const Regret &regret : regrets) {
        Regret alone = regretOf(problem, best, parseLayerBlock(std::to_string(regret.layer) + ":" + regret.block), {});
        EXPECT_EQ(regret.force, alone.force);
        EXPECT_EQ(regret.ban, alone.ban);
    }
}

TEST(Explain, CostsReachWhatTheChildrenReach)
{
    for (std::uint64_t seed = 0; seed < 8; ++seed) {
        auto library = instances::randomLibrary({.layers = 3, .pairs = seed % 2 == 1}, seed);
        Scenario scenario = scenarioWith({"memory=60%", "runtime@batch=90%"}, {"parameters=20%"}, {"1:attention=linear"});
        auto pinned = [](std::size_t layer, const LayerChoice &choice) { return layer != 1 || choice.attention == linearVariant(Part::Attention); };
        for (const Reach &reach : reachableCosts(library, scenario, {})) {
            std::vector<Limit> others = scenario.limits;
            std::erase_if(others, [&](const Limit &limit) { return limit.cost == reach.axis.cost && limit.workload.empty() == (reach.axis.workload == 0); });
            for (bool within : {false, true}) {
                std::optional<Amount> least, most;
                for (const Child &child : instances::childrenWithin(*library, "kl_div", within ? others : std::vector<Limit>{}, pinned)) {
                    Amount total = totalCost(*library, child.choices, reach.axis.cost, reach.axis.workload)->amount;
                    least = std::min(total, least.value_or(total));
                    most = std::max(total, most.value_or(total));
                }
                const std::string where = "seed " + std::to_string(seed) + " " + reach.key + (within ? " within" : "");
                ASSERT_EQ(within ? reach.leastWithin.has_value() : reach.least.has_value(), least.has_value()) << where;
                if (!least)
                    continue;
                auto close = [](Amount a, Amount b) { return std::abs(static_cast<double>(a - b)) <= 2e-6 * std::abs(static_cast<double>(b)) + 1; };
                EXPECT_TRUE(close(within ? *reach.leastWithin : *reach.least, *least)) << where;
                EXPECT_TRUE(close(within ? *reach.mostWithin : *reach.most, *most)) << where;
                if (!within) {
                    EXPECT_EQ(*reach.least, *least) << where;
                    EXPECT_EQ(*reach.most, *most) << where;
                }
            }
        }
    }
}

TEST(Explain, NamesBlocksThatTheLibraryDoesNotHave)
{
    auto library = instances::randomLibrary({.layers = 3}, 4);
    Problem problem = makeProblem(library, {});
    ProgramResult best = solveProgram(problem.program);
    for (const char *text : {"7:attention=none", "1:attention=gqa:3", "0-1:attention=none"})
        EXPECT_THROW(regretOf(problem, best, parseLayerBlock(text), {}), Error) << text;
}

} // namespace
} // namespace tessera
