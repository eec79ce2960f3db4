// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/search/robustness.h"

#include "engine/base/error.h"
#include "tests/search/children.h"
#include "tests/search/instances.h"
#include "tests/search/libraries.h"

#include <gtest/gtest.h>

#include <cmath>

namespace tessera {
namespace {

using instances::scenarioWith;

TEST(Robustness, DrawsHaveTheMeanAndTheSpreadOfABootstrap)
{
    auto library = instances::randomLibrary({.layers = 3}, 6);
    Problem problem = makeProblem(library, {});
    std::mt19937_64 random(3);
    const int draws = 20'000;
    std::vector<double> sum(problem.options.size(), 0.0), squares = sum;
    for (int draw = 0; draw < draws; ++draw) {
        std::vector<double> scores = drawScores(problem, random);
        for (std::size_t option = 0; option < scores.size(); ++option) {
            double difference = scores[option] - problem.program.scores[option];
            sum[option] += difference / draws;
            squares[option] += difference * difference / draws;
        }
    }
    for (std::size_t option = 0; option < sum.size(); ++option) {
        const std::vector<double> &samples = problem.options[option].samples;
        ASSERT_EQ(samples.size(), 4u);
        double mean = 0, variance = 0;
        for (double sample : samples)
            mean += sample / 4;
        for (double sample : samples)
            variance += (sample - mean) * (sample - mean) / 4;
        EXPECT_NEAR(sum[option], 0, 5 * std::sqrt(variance / 4 / draws) + 1e-15);
        EXPECT_NEAR(squares[option], variance / 4, 0.05 * variance / 4 + 1e-15) << "the plug-in variance of a mean of 4";
    }
}

TEST(Robustness, CountsWhatBruteForceCountsOnTheSameDraws)
{
    for (std::uint64_t seed = 0; seed < 6; ++seed) {
        auto library = instances::randomLibrary({.layers = 3, .pairs = seed % 2 == 1}, seed);
        Problem problem = makeProblem(library, scenarioWith({"memory=60%"}));
        ProgramResult shown = solveProgram(problem.program);
        if (shown.selection.empty())
            continue;
        Robustness found = bootstrap(problem, shown.selection, {.draws = 40, .seed = seed}, {});
        std::mt19937_64 random(seed);
        double regret = 0;
        for (int draw = 0; draw < 40; ++draw) {
            Program program = problem.program;
            program.scores = drawScores(problem, random);
            regret += (scoreOf(program, shown.selection) - instances::bruteForce(program).objective) / 40;
        }
        EXPECT_NEAR(found.regretMean, regret, 1e-9);
        EXPECT_GE(found.regretP95, 0);
        EXPECT_TRUE(found.proved);
        ASSERT_EQ(found.layers.size(), 3u);
        for (std::size_t i = 1; i < found.needs.size(); ++i)
            EXPECT_GE(found.needs[i - 1].worth, found.needs[i].worth);
    }
}

TEST(Robustness, OfExactScoresIsCertain)
{
    BlockLibrary library = *instances::randomLibrary({.layers = 4}, 1);
    for (BlockLibrary::Layer &layer : library.layers)
        for (LibraryEntry &entry : layer.entries)
            for (auto &[metric, score] : entry.scores)
                score.samples.assign(4, score.mean), score.standardError = 0;
    Problem problem = makeProblem(std::make_shared<const BlockLibrary>(library), scenarioWith({"memory=60%"}));
    ProgramResult shown = solveProgram(problem.program);
    ASSERT_FALSE(shown.selection.empty());
    Robustness found = bootstrap(problem, shown.selection, {.draws = 10, .seed = 1}, {});
    EXPECT_NEAR(found.regretMean, 0, 1e-12);
    for (const Robustness::Layer &layer : found.layers)
        EXPECT_EQ(layer.attention + layer.ffn, 2);
}

TEST(Robustness, ANoiseAverseObjectiveLosesLessWhenScoresAreNoisy)
{
    // Children chosen on noisy scores, judged by the true ones: what mean + z standard errors is for.
    double plain = 0, averse = 0;
    for (std::uint64_t seed = 0; seed < 12; ++seed) {
        Program truth = instances::realLike({.layers = 32, .attentions = 3, .ffns = 6, .rows = 1}, seed);
        std::mt19937_64 random(seed);
        std::normal_distribution<double> normal;
        Program noisy = truth, aware = truth;
        for (std::size_t option = 0; option < truth.options(); ++option) {
            double error = 0.1 * (0.1 + truth.scores[option]) * (truth.scores[option] > 0);
            noisy.scores[option] += error * normal(random);
            aware.scores[option] = noisy.scores[option] + 2 * error;
        }
        const double best = solveProgram(truth).objective;
        plain += scoreOf(truth, solveProgram(noisy).selection) / best;
        averse += scoreOf(truth, solveProgram(aware).selection) / best;
    }
    EXPECT_LT(averse, plain);
}

TEST(Robustness, NeedsScoresWithSamplesOrErrors)
{
    BlockLibrary library = *instances::randomLibrary({.layers = 2}, 1);
    for (BlockLibrary::Layer &layer : library.layers)
        for (LibraryEntry &entry : layer.entries)
            for (auto &[metric, score] : entry.scores)
                score.samples.clear(), score.standardError.reset();
    Problem problem = makeProblem(std::make_shared<const BlockLibrary>(library), {});
    ProgramResult shown = solveProgram(problem.program);
    EXPECT_THROW(bootstrap(problem, shown.selection, {}, {}), Error);
}

} // namespace
} // namespace tessera
