// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/search/pool.h"

#include "engine/base/error.h"
#include "tests/search/children.h"
#include "tests/search/instances.h"
#include "tests/search/libraries.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace tessera {
namespace {

using instances::Child;
using instances::scenarioWith;

std::vector<Child> sorted(std::vector<Child> children)
{
    std::stable_sort(children.begin(), children.end(), [](const Child &a, const Child &b) { return a.score < b.score; });
    return children;
}

TEST(Pool, HoldsTheBestChildrenInTheirOrder)
{
    for (std::uint64_t seed = 0; seed < 16; ++seed) {
        auto library = instances::randomLibrary({.layers = 3, .pairs = seed % 3 == 1, .somePairs = seed % 3 == 2}, seed);
        std::vector<std::string> rules = seed % 4 == 3 ? std::vector<std::string>{"distinct=2:attention"} : std::vector<std::string>{};
        Scenario scenario = scenarioWith({"memory=" + std::to_string(30 + 4 * seed) + "%", "runtime=90%"}, {}, {}, {}, rules);
        auto children = sorted(instances::childrenWithin(*library, "kl_div", scenario.limits));
        std::erase_if(children, [&](const Child &child) { return !rules.empty() && !keeps(parseRule(rules[0]), *library, child.choices); });
        Pool pool = findPool(makeProblem(library, scenario), {.count = 12}, {});
        const std::size_t count = std::min<std::size_t>(12, children.size());
        ASSERT_EQ(pool.solutions.size(), count) << "seed " << seed;
        EXPECT_EQ(pool.complete, count < 12) << "seed " << seed;
        for (std::size_t i = 0; i < count; ++i) {
            const Solution &solution = pool.solutions[i];
            ASSERT_NEAR(solution.objective, children[i].score, 1e-9) << "seed " << seed << " rank " << i;
            EXPECT_EQ(solution.status, SolveStatus::Optimal);
            for (std::size_t j = 0; j < i; ++j)
                EXPECT_GE(distanceOf(solution.choices, pool.solutions[j].choices), 1) << "seed " << seed;
        }
    }
}

TEST(Pool, FindsEveryChildOfASmallLibraryOnce)
{
    auto library = instances::randomLibrary({.layers = 2}, 5);
    const auto children = instances::childrenWithin(*library, "kl_div", {});
    Pool pool = findPool(makeProblem(library, {}), {.count = 1000}, {});
    EXPECT_EQ(pool.solutions.size(), children.size());
    EXPECT_TRUE(pool.complete);
}

TEST(Pool, KeepsItsDistanceFromEveryEarlierChild)
{
    for (std::uint64_t seed = 0; seed < 6; ++seed) {
        auto library = instances::randomLibrary({.layers = 4, .pairs = seed % 2 == 1}, seed);
        Scenario scenario = scenarioWith({"memory=60%"});
        const auto children = sorted(instances::childrenWithin(*library, "kl_div", scenario.limits));
        Pool pool = findPool(makeProblem(library, scenario), {.count = 4, .distance = 3}, {});
        std::vector<Solution> before;
        for (const Solution &solution : pool.solutions) {
            auto far = [&](const std::vector<LayerChoice> &choices) {
                return std::all_of(before.begin(), before.end(), [&](const Solution &other) { return distanceOf(choices, other.choices) >= 3; });
            };
            auto best = std::find_if(children.begin(), children.end(), [&](const Child &child) { return far(child.choices); });
            ASSERT_NE(best, children.end());
            EXPECT_TRUE(far(solution.choices));
            EXPECT_NEAR(solution.objective, best->score, 1e-9) << "seed " << seed;
            before.push_back(solution);
        }
        EXPECT_TRUE(pool.complete || pool.solutions.size() == 4u);
    }
}

TEST(Pool, OfALargeLibraryNeedsFewSolves)
{
    Program program = instances::realLike({.layers = 80, .attentions = 2, .ffns = 8, .rows = 2}, 1);
    auto [library, scenario] = instances::libraryOf(program, 2, 8);
    Problem problem = makeProblem(library, scenario);
    Pool pool = findPool(problem, {.count = 20}, {});
    ASSERT_EQ(pool.solutions.size(), 20u);
    EXPECT_NEAR(pool.solutions[0].objective, solveProgram(program).objective, 1e-9);
    for (std::size_t i = 1; i < pool.solutions.size(); ++i) {
        EXPECT_GE(pool.solutions[i].objective, pool.solutions[i - 1].objective - 1e-12);
        EXPECT_LT(pool.solutions[i].objective, pool.solutions[0].objective * 1.01) << "the optimum is flat";
    }
}

TEST(Pool, SaysWhatItsChildrenAgreeOn)
{
    auto library = instances::randomLibrary({.layers = 4}, 2);
    Pool pool = findPool(makeProblem(library, scenarioWith({"memory=60%"})), {.count = 9}, {});
    ASSERT_EQ(pool.consensus.size(), 4u);
    for (std::size_t layer = 0; layer < 4; ++layer) {
        const Pool::Consensus &agreed = pool.consensus[layer];
        auto share = [&](Part part) {
            return std::count_if(pool.solutions.begin(), pool.solutions.end(), [&](const Solution &solution) {
                       return solution.choices[layer].of(part) == agreed.choice.of(part);
                   }) / 9.0;
        };
        EXPECT_EQ(agreed.attention, share(Part::Attention));
        EXPECT_EQ(agreed.ffn, share(Part::Ffn));
    }
}

TEST(Pool, RefusesSizesThatMakeNoSense)
{
    auto library = instances::randomLibrary({.layers = 2}, 2);
    Problem problem = makeProblem(library, {});
    EXPECT_THROW(findPool(problem, {.count = 0}, {}), Error);
    EXPECT_THROW(findPool(problem, {.count = 3, .distance = 3}, {}), Error);
    EXPECT_THROW(findPool(problem, {.count = 3, .distance = 0}, {}), Error);
}

} // namespace
} // namespace tessera
