// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/search/label_solver.h"

#include "engine/search/cbc_solver.h"
#include "tests/search/instances.h"
#include "tests/search/stopping.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace tessera {
namespace {

void expectTruth(const Program &program, const ProgramResult &result, const instances::BruteForce &truth, const std::string &where)
{
    ASSERT_EQ(result.status, truth.feasible ? SolveStatus::Optimal : SolveStatus::Infeasible)
        << where << "\n" << instances::describe(program);
    if (!truth.feasible)
        return;
    ASSERT_TRUE(withinRows(program, result.selection)) << where;
    ASSERT_EQ(result.objective, scoreOf(program, result.selection)) << where;
    ASSERT_NEAR(result.objective, truth.objective, 1e-9 * std::abs(truth.objective) + 1e-15)
        << where << "\n" << instances::describe(program);
}

TEST(Labels, FindTheOptimumOfBruteForceOnThousandsOfNastyPrograms)
{
    std::mt19937_64 random(7);
    for (int round = 0; round < 5000; ++round) {
        Program program = instances::randomProgram(instances::randomShape(random), random);
        ProgramResult result = LabelSolver(program).solve();
        ASSERT_NO_FATAL_FAILURE(expectTruth(program, result, instances::bruteForce(program), "round " + std::to_string(round)));
    }
}

TEST(Labels, FollowMovingLimitsFromTheirLastAnswer)
{
    std::mt19937_64 random(8);
    for (int round = 0; round < 300; ++round) {
        instances::Shape shape = instances::randomShape(random);
        shape.rows = std::max(shape.rows, 1);
        Program program = instances::randomProgram(shape, random);
        LabelSolver solver(program);
        for (int step = 0; step < 8; ++step) {
            ProgramResult result = solver.solve();
            ASSERT_NO_FATAL_FAILURE(expectTruth(program, result, instances::bruteForce(program), std::to_string(round) + "/" + std::to_string(step)));
            Program moved = instances::randomProgram(shape, random);
            for (std::size_t row = 0; row < program.rows.size(); ++row) {
                program.rows[row].lower = moved.rows[row].lower;
                program.rows[row].upper = moved.rows[row].upper;
                solver.setBounds(row, program.rows[row].lower, program.rows[row].upper);
            }
        }
    }
}

TEST(Labels, AgreeWithCbcOnProgramsLikeRealLibraries)
{
    for (std::uint64_t seed = 0; seed < 6; ++seed) {
        instances::RealLike shape{.layers = 24, .attentions = 2 + static_cast<int>(seed % 3), .ffns = 8, .rows = 1 + static_cast<int>(seed % 3)};
        Program program = instances::realLike(shape, seed);
        ProgramResult labels = LabelSolver(program).solve();
        ProgramResult cbc = solveWithCbc(program, {});
        ASSERT_EQ(labels.status, SolveStatus::Optimal) << seed;
        ASSERT_EQ(cbc.status, SolveStatus::Optimal) << seed;
        EXPECT_NEAR(labels.objective, cbc.objective, 1e-9 * cbc.objective) << seed;
    }
}

TEST(Labels, GiveTheMultipliersOfTheLinearRelaxation)
{
    for (std::uint64_t seed = 0; seed < 6; ++seed) {
        Program program = instances::realLike({.layers = 60, .rows = 1 + static_cast<int>(seed % 3)}, seed);
        ProgramResult labels = LabelSolver(program).solve(), relaxation = solveRelaxation(program);
        for (std::size_t row = 0; row < program.rows.size(); ++row)
            EXPECT_NEAR(labels.prices[row], relaxation.prices[row], 1e-6 * relaxation.prices[row] + 1e-18) << seed << " row " << row;
    }
}

TEST(Labels, StopWithAValidBoundWhenLabelsRunOut)
{
    Program program = instances::realLike({.layers = 80, .attentions = 6, .ffns = 9, .rows = 4}, 2);
    ProgramResult whole = LabelSolver(program).solve();
    LabelSolver solver(program);
    ProgramResult cut = solver.solve({}, {.labels = 50});
    ASSERT_EQ(whole.status, SolveStatus::Optimal);
    EXPECT_EQ(cut.status, SolveStatus::Feasible);
    EXPECT_LE(cut.bound, whole.objective * (1 + 1e-12));
    EXPECT_GE(cut.objective, whole.objective);
    EXPECT_LT((cut.objective - cut.bound) / cut.objective, 0.02);
}

TEST(Labels, PreviewCloselyAtOnce)
{
    for (std::uint64_t seed = 0; seed < 10; ++seed) {
        Program program = instances::realLike({.layers = 80, .attentions = 2, .ffns = 8, .rows = 2}, seed);
        LabelSolver solver(program);
        ProgramResult preview = solver.preview(), optimum = solver.solve();
        ASSERT_TRUE(withinRows(program, preview.selection));
        EXPECT_LE(preview.bound, optimum.objective);
        EXPECT_LE(preview.objective, optimum.objective * 1.01) << seed;
    }
}

TEST(Labels, StreamIncumbentsThatOnlyGetBetter)
{
    Program program = instances::realLike({.layers = 80, .attentions = 6, .ffns = 9, .rows = 3}, 4);
    SolverOptions options;
    double last = HUGE_VAL, lastBound = -HUGE_VAL;
    int reports = 0;
    options.onProgress = [&](const ProgramResult &result) {
        ++reports;
        EXPECT_LE(result.objective, last);
        EXPECT_GE(result.bound, lastBound);
        EXPECT_LE(result.bound, result.objective);
        last = result.objective;
        lastBound = result.bound;
    };
    ProgramResult result = LabelSolver(program).solve(options);
    EXPECT_GE(reports, 1);
    EXPECT_EQ(result.objective, last);
}

TEST(Labels, StopWithinMillisecondsOfARequest)
{
    // Layers that are nearly alike: the proof goes on and on.
    Program program =
        instances::realLike({.layers = 80, .attentions = 6, .ffns = 9, .rows = 3, .scoreNoise = 0, .costNoise = 0.01, .identical = true}, 0);
    std::vector<double> late;
    for (int after : {0, 3, 7, 10, 25, 40, 60, 90, 120, 180, 250, 350, 500}) {
        SolverOptions options;
        ProgramResult result;
        LabelSolver solver(program);
        late.push_back(instances::millisecondsAfterStop(options.stop, std::chrono::milliseconds(after),
                                                        [&] { result = solver.solve(options, {.labels = 8'000'000}); }));
        EXPECT_NE(result.status, SolveStatus::Optimal) << "it was not stopped after " << after << " ms";
        EXPECT_LE(result.bound, result.objective);
        if (!result.selection.empty()) {
            EXPECT_TRUE(withinRows(program, result.selection));
        }
    }
    const instances::Lateness lateness = instances::latenessOf(late);
    EXPECT_LT(lateness.median, 5 * instances::slownessOfThisBuild()) << "ms";
    EXPECT_LT(lateness.greatest, 200 * instances::slownessOfThisBuild()) << "ms";
}

/// Their proof is out of reach: the linear relaxation itself lies below the optimum by up to half a percent.
TEST(Labels, ShowASmallGapOfNearlyIdenticalLayersWithinAFrame)
{
    for (std::uint64_t seed = 0; seed < 6; ++seed) {
        Program program =
            instances::realLike({.layers = 80, .attentions = 6, .ffns = 9, .rows = 3, .scoreNoise = 0, .costNoise = 0.01, .identical = true}, seed);
        SolverOptions options;
        options.maxSeconds = 0.016 * instances::slownessOfThisBuild() * 4; // a busy machine gets a quarter of it
        ProgramResult result = LabelSolver(program).solve(options);
        ASSERT_FALSE(result.selection.empty());
        EXPECT_TRUE(withinRows(program, result.selection));
        EXPECT_LE(result.bound, result.objective);
        EXPECT_LE(result.objective - result.bound, 1e-2 * result.objective) << "seed " << seed;
    }
}

TEST(Labels, GiveTheSameChoiceWhicheverWayTheyGotThere)
{
    for (std::uint64_t seed = 0; seed < 4; ++seed) {
        Program program = instances::realLike({.layers = 40, .attentions = 3, .ffns = 6, .rows = 2, .identical = seed % 2 == 1}, seed);
        const Amount limit = program.rows[0].upper;
        LabelSolver fresh(program), moved(program);
        const ProgramResult first = fresh.solve();
        ASSERT_EQ(first.status, SolveStatus::Optimal);
        for (double share : {1.05, 0.9, 0.97, 1.0}) {
            moved.setBounds(0, kNoLowerBound, static_cast<Amount>(std::llround(static_cast<double>(limit) * share)));
            moved.solve();
        }
        moved.setBounds(0, kNoLowerBound, limit);
        const ProgramResult again = moved.solve();
        EXPECT_EQ(again.selection, first.selection) << "seed " << seed;
        EXPECT_EQ(again.objective, first.objective) << "seed " << seed;
    }
}

} // namespace
} // namespace tessera
