// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/search/robustness.h"

#include "engine/base/error.h"
#include "engine/search/shrinkage.h"
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

TEST(Shrinkage, BringsNoisyScoresNearerToTheTruth)
{
    for (double noise : {0.05, 0.2}) {
        std::mt19937_64 random(5);
        std::normal_distribution<double> normal;
        std::vector<Problem::Option> options;
        std::vector<double> truth, noisy;
        for (int layer = 0; layer < 24; ++layer) {
            const double factor = std::exp(normal(random));
            for (int width = 1; width <= 8; ++width) {
                truth.push_back(factor / width * (1 + 0.1 * normal(random)));
                const double error = noise * (0.1 + truth.back()) * std::exp(0.7 * normal(random));
                noisy.push_back(truth.back() + error * normal(random));
                options.push_back({layer, std::nullopt, ffnWidth(width), error, {}});
            }
        }
        const std::vector<ShrunkScore> shrunk = shrink(options, noisy);
        double before = 0, after = 0, inUnits = 0;
        for (std::size_t option = 0; option < options.size(); ++option) {
            before += std::pow((noisy[option] - truth[option]) / (0.1 + truth[option]), 2);
            after += std::pow((shrunk[option].mean - truth[option]) / (0.1 + truth[option]), 2);
            inUnits += std::pow((shrunk[option].mean - truth[option]) / shrunk[option].standardError, 2) / static_cast<double>(options.size());
            EXPECT_LE(shrunk[option].standardError, options[option].standardError);
        }
        EXPECT_LT(after, 0.8 * before) << noise;
        EXPECT_GT(inUnits, 0.4) << "the standard errors that it states are about right";
        EXPECT_LT(inUnits, 3) << "the standard errors that it states are about right";
    }
}

TEST(Shrinkage, LeavesExactScoresAlone)
{
    auto library = instances::randomLibrary({.layers = 4}, 3);
    BlockLibrary exact = *library;
    for (BlockLibrary::Layer &layer : exact.layers)
        for (LibraryEntry &entry : layer.entries)
            for (auto &[metric, score] : entry.scores)
                score.standardError = 0, score.samples.clear();
    auto shared = std::make_shared<const BlockLibrary>(exact);
    Scenario shrunk = scenarioWith({"memory=60%"}), plain = shrunk;
    shrunk.shrinkage = true;
    shrunk.noiseAversion = 2;
    EXPECT_EQ(makeProblem(shared, shrunk).program.scores, makeProblem(shared, plain).program.scores);
    EXPECT_NE(makeProblem(library, shrunk).program.scores, makeProblem(library, plain).program.scores);
    EXPECT_EQ(parseScenario(toJson(shrunk), "text"), shrunk);
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
