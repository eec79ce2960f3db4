// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/search/front.h"

#include "engine/base/error.h"
#include "engine/cost/totals.h"
#include "tests/search/children.h"
#include "tests/search/libraries.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>

namespace tessera {
namespace {

using instances::scenarioWith;

TEST(Front, ExactHoldsEveryParetoOptimalChildAndNoOther)
{
    for (std::uint64_t seed = 0; seed < 12; ++seed) {
        auto library = instances::randomLibrary({.layers = 3, .pairs = seed % 2 == 1}, seed);
        Scenario scenario = scenarioWith({"runtime=75%"}, {}, {}, {}, seed % 4 == 3 ? std::vector<std::string>{"attention=1"} : std::vector<std::string>{});
        FrontRequest request{.scenario = scenario, .axes = {{"memory", 0}}, .points = 10'000, .exact = true};
        Front front = traceFront(library, request, {});
        const Amount parent = totalCost(*library, parentChoice(*library), "memory", 0)->amount;
        std::map<Amount, double> best; // the least score at exactly this cost
        Amount cheapest = INT64_MAX;
        for (const instances::Child &child : instances::childrenWithin(*library, "kl_div", scenario.limits)) {
            if (!scenario.rules.empty() && !keeps(parseRule(scenario.rules[0]), *library, child.choices))
                continue;
            Amount cost = totalCost(*library, child.choices, "memory", 0)->amount;
            cheapest = std::min(cheapest, cost);
            auto [place, isNew] = best.try_emplace(cost, child.score);
            place->second = std::min(place->second, child.score);
        }
        std::vector<std::pair<Amount, double>> truth;
        for (auto [cost, score] : best)
            if (cost <= std::max(parent, cheapest) && (truth.empty() || score < truth.back().second - 1e-9 * truth.back().second))
                truth.emplace_back(cost, score);
        ASSERT_EQ(front.points.size(), truth.size()) << "seed " << seed;
        EXPECT_TRUE(front.complete);
        for (std::size_t i = 0; i < truth.size(); ++i) {
            EXPECT_EQ(front.points[i].limits.front(), truth[i].first) << "seed " << seed;
            EXPECT_NEAR(front.points[i].solution.objective, truth[i].second, 1e-9) << "seed " << seed;
            EXPECT_EQ(front.points[i].solution.status, SolveStatus::Optimal);
        }
    }
}

TEST(Front, ExactStopsAtTheNumberOfPointsAskedFor)
{
    auto library = instances::randomLibrary({.layers = 3}, 2);
    FrontRequest request{.scenario = {}, .axes = {{"memory", 0}}, .points = 3, .exact = true};
    Front front = traceFront(library, request, {});
    EXPECT_EQ(front.points.size(), 3u);
    EXPECT_FALSE(front.complete);
    request.axes.push_back({"runtime", 0});
    EXPECT_THROW(traceFront(library, request, {}), Error);
}

TEST(Front, SpacedPointsAreTheBestUnderTheirLimits)
{
    for (std::uint64_t seed = 0; seed < 6; ++seed) {
        auto library = instances::randomLibrary({.layers = 3, .somePairs = seed % 2 == 1}, seed);
        Scenario scenario = scenarioWith({"runtime=85%"});
        for (std::size_t axes : {1, 2}) {
            FrontRequest request{.scenario = scenario, .axes = {{"memory", 0}, {"parameters", 0}}, .points = axes == 1 ? 15 : 5};
            request.axes.resize(axes);
            std::size_t streamed = 0;
            Front front = traceFront(library, request, {}, [&](const Front::Point &) { ++streamed; });
            EXPECT_EQ(streamed, front.points.size());
            const auto children = instances::childrenWithin(*library, "kl_div", scenario.limits);
            for (const Front::Point &point : front.points) {
                double best = HUGE_VAL;
                for (const instances::Child &child : children) {
                    bool within = true;
                    for (std::size_t axis = 0; axis < axes; ++axis)
                        within = within && totalCost(*library, child.choices, request.axes[axis].cost, 0)->amount <= point.limits[axis];
                    if (within)
                        best = std::min(best, child.score);
                }
                EXPECT_NEAR(point.solution.objective, best, 1e-9) << "seed " << seed;
            }
        }
    }
}

} // namespace
} // namespace tessera
