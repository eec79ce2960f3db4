// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/search/cbc_solver.h"
#include "tests/search/instances.h"
#include "tests/search/stopping.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace tessera {
namespace {

TEST(Cbc, FindsTheOptimumOfBruteForceOnSmallNastyPrograms)
{
    std::mt19937_64 random(5);
    for (int round = 0; round < 300; ++round) {
        Program program = instances::randomProgram(instances::randomShape(random), random);
        instances::BruteForce truth = instances::bruteForce(program);
        ProgramResult result = solveWithCbc(program, {});
        ASSERT_EQ(result.status, truth.feasible ? SolveStatus::Optimal : SolveStatus::Infeasible)
            << round << "\n" << instances::describe(program);
        if (!truth.feasible)
            continue;
        ASSERT_TRUE(withinRows(program, result.selection)) << round;
        ASSERT_NEAR(result.objective, truth.objective, 1e-9 * std::max(1.0, std::abs(truth.objective)))
            << round << "\n" << instances::describe(program);
        ASSERT_LE(result.bound, result.objective);
    }
}

TEST(Cbc, PricesTheBindingLimitByWhatItsRelaxationGains)
{
    Program program = instances::realLike({.layers = 40, .rows = 1}, 3);
    ProgramResult base = solveRelaxation(program);
    Amount step = program.rows[0].upper / 100000;
    program.rows[0].upper += step;
    ProgramResult relaxed = solveRelaxation(program);
    double gain = (base.bound - relaxed.bound) / static_cast<double>(step);
    EXPECT_GT(gain, 0);
    EXPECT_NEAR(base.prices[0], gain, 1e-3 * gain);
}

TEST(Cbc, StopsOnRequestAndKeepsTheSelectionItWasGiven)
{
    Program program = instances::realLike({.layers = 80, .attentions = 6, .ffns = 9, .rows = 3}, 1);
    SolverOptions options;
    options.stop.request();
    for (std::size_t slot = 0; slot < program.slots(); ++slot) // the last option of a slot is the cheapest: none and none
        options.start.push_back(program.begin[slot + 1] - 1);
    ProgramResult result = solveWithCbc(program, options);
    EXPECT_EQ(result.status, SolveStatus::Feasible);
    EXPECT_TRUE(withinRows(program, result.selection));
    EXPECT_LT(result.bound, result.objective);
}

TEST(Cbc, StopsWithinATenthOfASecondOfARequest)
{
    Program program =
        instances::realLike({.layers = 80, .attentions = 6, .ffns = 9, .rows = 3, .scoreNoise = 0, .costNoise = 0.01, .identical = true}, 2);
    std::vector<double> late;
    for (int after : {5, 60, 200, 500, 1000, 2000}) {
        SolverOptions options;
        options.maxSeconds = 20;
        ProgramResult result;
        late.push_back(instances::millisecondsAfterStop(options.stop, std::chrono::milliseconds(after),
                                                        [&] { result = solveWithCbc(program, options); }));
        EXPECT_LE(result.bound, result.selection.empty() ? HUGE_VAL : result.objective);
    }
    const instances::Lateness lateness = instances::latenessOf(late);
    EXPECT_LT(lateness.median, 100 * instances::slownessOfThisBuild()) << "ms";
    // CBC's preprocessing hears nothing, and sharing caches with other programs costs.
    EXPECT_LT(lateness.greatest, 1000 * instances::slownessOfThisBuild()) << "ms";
}

} // namespace
} // namespace tessera
