// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/base/error.h"
#include "engine/nn/generate.h"
#include "tests/nn/example_models.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include <gtest/gtest.h>

namespace tessera {
namespace {

TEST(Sampler, DrawsWithTheProbabilitiesOfTheSoftmax)
{
    std::vector<float> logits{0.0f, 1.0f, -1.0f, 2.0f};
    for (double temperature : {0.5, 1.0, 3.0}) {
        nn::Sampler sampler(temperature, 5);
        std::vector<double> counts(4), expected;
        constexpr int kDraws = 40000;
        for (int i = 0; i < kDraws; ++i)
            counts[static_cast<std::size_t>(sampler.draw(logits))] += 1;
        double sum = 0;
        for (float logit : logits)
            sum += expected.emplace_back(std::exp(static_cast<double>(logit) / temperature));
        for (std::size_t i = 0; i < 4; ++i) {
            double p = expected[i] / sum;
            EXPECT_NEAR(counts[i] / kDraws, p, 5 * std::sqrt(p * (1 - p) / kDraws)) << "token " << i << " at " << temperature;
        }
    }
}

TEST(Sampler, TheSameSeedDrawsTheSameTokensOnEveryMachine)
{
    std::vector<float> logits(10, 0.0f);
    nn::Sampler sampler(1, 42);
    std::vector<std::int64_t> drawn;
    for (int i = 0; i < 8; ++i)
        drawn.push_back(sampler.draw(logits));
    // The C++ standard fixes the numbers of mt19937_64; these are floor(10 (x >> 11) / 2^53) of its first eight with seed 42.
    std::mt19937_64 random(42);
    for (std::int64_t token : drawn)
        EXPECT_EQ(token, static_cast<std::int64_t>(10 * (static_cast<double>(random() >> 11) * 0x1p-53)));
}

TEST(Sampler, TemperatureZeroTakesTheLowestOfTheLargest)
{
    nn::Sampler sampler(0, 0);
    EXPECT_EQ(sampler.draw(std::vector<float>{1, 3, 3, 2}), 1);
}

TEST(Sampler, LogitsThatAreNoNumbersEndTheWork)
{
    nn::Sampler sampler(1, 0);
    EXPECT_THROW(sampler.draw(std::vector<float>{1, std::numeric_limits<float>::quiet_NaN()}), Error);
    EXPECT_THROW(sampler.draw(std::vector<float>{std::numeric_limits<float>::infinity(), 0}), Error);
}

TEST(Generate, StopsAtAnEndTokenUnlessToldNotTo)
{
    ModelConfig config = test::exampleConfig();
    nn::Model model = test::exampleModel(parentArchitecture(config));
    std::vector<std::int64_t> prompt{1, 2, 3};
    nn::Sampler greedy(0, 0);
    auto silent = [](std::int64_t) {};
    auto all = nn::generate(model, prompt, {12, false, true}, greedy, silent);
    ASSERT_EQ(all.size(), 12u);
    model.config.endTokens = {all[4]};
    auto first = static_cast<std::size_t>(std::find(all.begin(), all.end(), all[4]) - all.begin());
    auto stopped = nn::generate(model, prompt, {12, true, true}, greedy, silent);
    EXPECT_EQ(stopped, std::vector<std::int64_t>(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(first) + 1));
    EXPECT_EQ(nn::generate(model, prompt, {12, false, true}, greedy, silent), all);
}

TEST(Generate, TokensAreHeardAsTheyCome)
{
    nn::Model model = test::exampleModel(parentArchitecture(test::exampleConfig()));
    nn::Sampler sampler(1, 3);
    std::vector<std::int64_t> heard;
    auto tokens = nn::generate(model, {5}, {6, true, true}, sampler, [&](std::int64_t token) { heard.push_back(token); });
    EXPECT_EQ(heard, tokens);
}

} // namespace
} // namespace tessera
