// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/search/live_search.h"

#include "tests/search/allocations.h"
#include "tests/search/children.h"
#include "tests/search/instances.h"
#include "tests/search/libraries.h"

#include <gtest/gtest.h>

#include <cmath>

namespace tessera {
namespace {

using instances::scenarioWith;

TEST(LiveSearch, PreviewsWithoutAllocatingOnceLimitsHaveMovedALittle)
{
    for (std::uint64_t seed = 0; seed < 4; ++seed) {
        Program program = instances::realLike({.layers = 80, .attentions = 2 + 2 * static_cast<int>(seed % 3), .ffns = 9, .rows = 3}, seed);
        LabelSolver solver(program);
        auto preview = [&](double share) {
            for (std::size_t row = 0; row < program.rows.size(); ++row)
                solver.setBounds(row, kNoLowerBound, static_cast<Amount>(static_cast<double>(program.rows[row].upper) * share));
            return solver.preview().selection.size();
        };
        for (double share : {1.0, 1.1, 0.95, 1.0, 1.05, 0.97})
            preview(share);
        const long before = instances::allocationsSoFar();
        std::size_t found = 0;
        for (int step = 0; step < 50; ++step)
            found += preview(1 + 0.05 * std::sin(0.3 * step)) == program.slots();
        EXPECT_EQ(instances::allocationsSoFar() - before, 0) << "seed " << seed;
        EXPECT_EQ(found, 50u);
    }
}

TEST(LiveSearch, AnswersAsAFreshSearchWhereverLimitsMove)
{
    for (std::uint64_t seed = 0; seed < 10; ++seed) {
        auto library = instances::randomLibrary({.layers = 5, .somePairs = seed % 2 == 0}, seed);
        LiveSearch live(library, scenarioWith({"memory=90%", "runtime@batch=90%"}, {"throughput=50%"}));
        for (int percent : {90, 71, 45, 2, 60, 100, 33}) {
            Scenario scenario = scenarioWith({"memory=" + std::to_string(percent) + "%", "runtime@batch=" + std::to_string(130 - percent) + "%"},
                                             {"throughput=50%"});
            live.follow(scenario);
            const ProgramResult preview = live.preview();
            Solution fresh = solve(makeProblem(library, scenario), {.solver = {}, .explainInfeasible = false});
            const std::string where = "seed " + std::to_string(seed) + " at " + std::to_string(percent);
            if (fresh.found()) {
                EXPECT_LE(preview.bound, fresh.objective + 1e-12) << where;
                EXPECT_NE(preview.status, SolveStatus::Infeasible) << where;
            }
            if (!preview.selection.empty()) {
                EXPECT_TRUE(holds(live.problem(), preview.selection)) << where;
            }
            Solution proved = live.describe(live.prove());
            ASSERT_EQ(proved.status, fresh.status) << where;
            EXPECT_NEAR(proved.objective, fresh.objective, 1e-9) << where;
            ASSERT_EQ(proved.limits.size(), fresh.limits.size());
            for (std::size_t i = 0; i < proved.limits.size(); ++i)
                EXPECT_EQ(proved.limits[i].limit, fresh.limits[i].limit) << where;
        }
    }
}

TEST(LiveSearch, FollowsPinsBansAndRules)
{
    auto library = instances::randomLibrary({.layers = 5}, 3);
    LiveSearch live(library, scenarioWith({"memory=80%"}));
    for (const Scenario &scenario : {scenarioWith({"memory=80%"}, {}, {"0-1:attention=parent"}), scenarioWith({"memory=60%"}, {}, {}, {"all:ffn=none"}),
                                     scenarioWith({"memory=60%"}, {}, {}, {}, {"same=all:ffn"}), scenarioWith({"memory=75%"}, {}, {}, {}, {"same=all:ffn"}),
                                     scenarioWith({"parameters=60%"}, {}, {}, {}, {"gap=1", "attention=2"})}) {
        live.follow(scenario);
        const ProgramResult preview = live.preview();
        Solution fresh = solve(makeProblem(library, scenario)), proved = live.describe(live.prove());
        ASSERT_EQ(proved.status, fresh.status) << describe(scenario);
        EXPECT_NEAR(proved.objective, fresh.objective, 1e-9) << describe(scenario);
        EXPECT_LE(preview.bound, fresh.objective + 1e-12) << describe(scenario);
        if (!preview.selection.empty()) {
            EXPECT_TRUE(holds(live.problem(), preview.selection)) << describe(scenario);
        }
    }
}

TEST(LiveSearch, StaysWhereItWasAfterABadScenario)
{
    auto library = instances::randomLibrary({.layers = 5}, 3);
    LiveSearch live(library, scenarioWith({"memory=80%"}));
    EXPECT_ANY_THROW(live.follow(scenarioWith({"carbon=80%"})));
    EXPECT_ANY_THROW(live.follow(scenarioWith({"memory=80%"}, {}, {"9:ffn=none"})));
    EXPECT_EQ(live.problem().scenario, scenarioWith({"memory=80%"}));
    EXPECT_EQ(live.prove().status, SolveStatus::Optimal);
}

} // namespace
} // namespace tessera
