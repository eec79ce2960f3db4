// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/text/ngram.h"

#include "engine/base/error.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <tuple>
#include <vector>

namespace tessera {
namespace {

RC_GTEST_PROP(TrigramModel, ProbabilitiesAreAboveZeroAndSumToOneInEveryContext, ())
{
    constexpr std::int64_t kVocabulary = 7;
    auto tokens = *rc::gen::container<std::vector<TokenId>>(*rc::gen::inRange(3, 120), rc::gen::inRange<TokenId>(0, 5));
    TrigramModel model(tokens, kVocabulary);
    for (TokenId first = 0; first < kVocabulary; ++first)
        for (TokenId second = 0; second < kVocabulary; ++second) {
            double sum = 0, bigrams = 0;
            for (TokenId token = 0; token < kVocabulary; ++token) {
                RC_ASSERT(model.probability(first, second, token) > 0);
                sum += model.probability(first, second, token);
                bigrams += model.probability(second, token);
            }
            RC_ASSERT(std::abs(sum - 1) < 1e-12);
            RC_ASSERT(std::abs(bigrams - 1) < 1e-12);
        }
}

/// The formulas of Chen and Goodman, recounted from the text for every probability.
class Plain {
public:
    Plain(std::vector<TokenId> tokens, int vocabulary) : m_vocabulary(vocabulary)
    {
        for (std::size_t i = 2; i < tokens.size(); ++i)
            ++m_three[{tokens[i - 2], tokens[i - 1], tokens[i]}];
        for (const auto &[key, count] : m_three)
            ++m_two[{0, std::get<1>(key), std::get<2>(key)}];
        for (const auto &[key, count] : m_two)
            ++m_one[{0, 0, std::get<2>(key)}];
    }

    double probability(int u, int v, int w) const
    {
        double one = interpolate(m_one, {0, 0, w}, 1.0 / m_vocabulary);
        double two = interpolate(m_two, {0, v, w}, one);
        return interpolate(m_three, {u, v, w}, two);
    }

private:
    using Key = std::tuple<int, int, int>;
    using Counts = std::map<Key, int>;

    static double discount(const Counts &counts, int count)
    {
        double n[5] = {};
        for (const auto &entry : counts)
            if (entry.second <= 4)
                ++n[entry.second];
        int kind = std::min(count, 3);
        double y = n[1] > 0 ? n[1] / (n[1] + 2 * n[2]) : 0.5;
        double estimate = n[kind] > 0 ? kind - (kind + 1) * y * n[kind + 1] / n[kind] : y;
        return std::min(std::max(estimate, 0.01), kind - 0.01);
    }

    static double interpolate(const Counts &counts, Key key, double lower)
    {
        double total = 0, kept = 0, taken = 0;
        for (const auto &[other, count] : counts) {
            if (std::get<0>(other) != std::get<0>(key) || std::get<1>(other) != std::get<1>(key))
                continue;
            total += count;
            taken += discount(counts, count);
            if (other == key)
                kept = count - discount(counts, count);
        }
        return total == 0 ? lower : (kept + taken * lower) / total;
    }

    int m_vocabulary;
    Counts m_three, m_two, m_one;
};

TEST(TrigramModel, HasTheProbabilitiesOfTheFormulasCountedByHand)
{
    std::vector<TokenId> tokens;
    std::uint32_t state = 7;
    for (int i = 0; i < 400; ++i) {
        state = state * 1664525 + 1013904223;
        auto a = static_cast<TokenId>(state >> 16 & 63);
        tokens.push_back(a * a * a / 12500);
    }
    TrigramModel model(tokens, 25);
    Plain plain(tokens, 25);
    for (TokenId u : {0, 1, 3, 14, 24})
        for (TokenId v : {0, 1, 2, 13, 24})
            for (TokenId w = 0; w < 25; ++w)
                EXPECT_NEAR(model.probability(u, v, w), plain.probability(u, v, w), 1e-12) << u << " " << v << " " << w;
}

TEST(TrigramModel, MeanLossIsOfAllPredictionsInsideWholeWindows)
{
    std::vector<TokenId> text = {0, 1, 2, 0, 1, 2, 0, 1, 3, 0, 1, 2, 2, 1};
    TrigramModel model(text, 4);
    double expected = 0;
    for (std::size_t begin : {std::size_t(0), std::size_t(5)}) {
        expected -= std::log(model.probability(text[begin], text[begin + 1]));
        for (std::size_t i = begin + 2; i < begin + 5; ++i)
            expected -= std::log(model.probability(text[i - 2], text[i - 1], text[i]));
    }
    EXPECT_NEAR(model.nll(text, 5), expected / 8, 1e-12);
}

TEST(TrigramModel, RefusesTokensOutsideTheVocabularyAndWindowsWithoutAPrediction)
{
    std::vector<TokenId> text = {0, 1, 2, 3};
    EXPECT_THROW(TrigramModel(text, 3), Error);
    EXPECT_THROW(TrigramModel(std::vector<TokenId>{0, 1}, 3), Error);
    EXPECT_THROW(TrigramModel(text, 4).nll(text, 1), Error);
    EXPECT_THROW(TrigramModel(text, 4).nll(text, 5), Error);
}

} // namespace
} // namespace tessera
