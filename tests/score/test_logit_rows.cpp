// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/score/logit_rows.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include <gtest/gtest.h>

namespace tessera {
namespace {

struct Row {
    std::vector<float> logits, change;
};

Row randomRow(std::int64_t count, float logitScale, float changeScale, unsigned seed)
{
    std::mt19937 random(seed);
    std::normal_distribution<float> normal;
    Row row;
    for (std::int64_t i = 0; i < count; ++i) {
        row.logits.push_back(logitScale * normal(random));
        row.change.push_back(changeScale * normal(random));
    }
    return row;
}

struct Reference {
    double logSumExp, kl, logShift;
};

/// Everything in long double, by the textbook's formulas on both distributions.
Reference reference(const Row &row)
{
    const auto logSumExp = [](const std::vector<long double> &values) {
        const long double largest = *std::max_element(values.begin(), values.end());
        long double sum = 0;
        for (long double value : values)
            sum += std::exp(value - largest);
        return largest + std::log(sum);
    };
    std::vector<long double> a(row.logits.begin(), row.logits.end()), b = a;
    for (std::size_t i = 0; i < b.size(); ++i)
        b[i] += static_cast<long double>(row.change[i]);
    const long double sumA = logSumExp(a), sumB = logSumExp(b);
    long double kl = 0;
    for (std::size_t i = 0; i < a.size(); ++i)
        kl += std::exp(a[i] - sumA) * ((a[i] - sumA) - (b[i] - sumB));
    return {static_cast<double>(sumA), static_cast<double>(kl), static_cast<double>(sumB - sumA)};
}

std::vector<BFloat16Bits> truncated(std::vector<float> &values)
{
    std::vector<BFloat16Bits> bits;
    for (float &value : values) {
        bits.push_back(static_cast<BFloat16Bits>(std::bit_cast<std::uint32_t>(value) >> 16));
        value = std::bit_cast<float>(static_cast<std::uint32_t>(bits.back()) << 16);
    }
    return bits;
}

struct Case {
    std::int64_t count;
    float logitScale, changeScale;
};
const std::vector<Case> kCases{{1, 3, 1},       {2, 3, 1},      {15, 3, 1e-3f},  {16, 3, 1},     {17, 3, 1e-2f}, {511, 5, 0.1f},
                               {512, 5, 1},     {513, 5, 10},   {1000, 8, 1e-4f}, {5000, 3, 30}, {5000, 3, 300}, {49152, 4, 0.05f},
                               {49152, 4, 1e-3f}};

TEST(LogitRows, AgreeWithLongDoubleAtEveryLengthAndSizeOfChange)
{
    unsigned seed = 1;
    for (const Case &c : kCases) {
        const Row row = randomRow(c.count, c.logitScale, c.changeScale, seed++);
        const Reference wanted = reference(row);
        const RowSummary parent = summariseRow(row.logits.data(), c.count);
        const RowDamage damage = damageOfRow(row.logits.data(), row.change.data(), c.count, parent.logSumExp);
        SCOPED_TRACE("count " + std::to_string(c.count) + ", change " + std::to_string(c.changeScale));
        EXPECT_NEAR(parent.logSumExp, wanted.logSumExp, 2e-6);
        // A shift of all logits by the same amount cancels in float32; beyond 1e-14 the reference has lost its digits as well.
        const double shift = std::min<double>(static_cast<double>(c.changeScale), 40) * std::min<double>(static_cast<double>(c.changeScale), 1);
        EXPECT_NEAR(damage.klDivergence, wanted.kl, 5e-6 * wanted.kl + 3e-7 * shift + 1e-14);
        EXPECT_NEAR(damage.logShift, wanted.logShift, 2e-6 * std::max<double>(static_cast<double>(c.changeScale), std::abs(wanted.logShift)) + 1e-9);
        EXPECT_EQ(parent.argmax, std::max_element(row.logits.begin(), row.logits.end()) - row.logits.begin());
    }
}

TEST(LogitRows, TakeBfloat16AsItIs)
{
    unsigned seed = 100;
    for (const Case &c : kCases) {
        Row row = randomRow(c.count, c.logitScale, c.changeScale, seed++);
        const std::vector<BFloat16Bits> logits = truncated(row.logits), change = truncated(row.change);
        const RowSummary wide = summariseRow(row.logits.data(), c.count), narrow = summariseRow(logits.data(), c.count);
        EXPECT_EQ(wide.logSumExp, narrow.logSumExp) << c.count;
        EXPECT_EQ(wide.argmax, narrow.argmax) << c.count;
        const RowDamage a = damageOfRow(row.logits.data(), row.change.data(), c.count, wide.logSumExp);
        const RowDamage b = damageOfRow(logits.data(), change.data(), c.count, wide.logSumExp);
        EXPECT_EQ(a.klDivergence, b.klDivergence) << c.count;
        EXPECT_EQ(a.logShift, b.logShift) << c.count;
        EXPECT_EQ(a.argmax, b.argmax) << c.count;
    }
}

TEST(LogitRows, ATokenThatWasNearlyCertainMayLoseNearlyAll)
{
    for (unsigned seed = 0; seed < 200; ++seed) {
        Row row = randomRow(3000, 20, 5, seed);
        const auto top = static_cast<std::size_t>(std::max_element(row.logits.begin(), row.logits.end()) - row.logits.begin());
        row.change[top] = -0.15f * static_cast<float>(seed);
        const Reference wanted = reference(row);
        const RowDamage damage = damageOfRow(row.logits.data(), row.change.data(), 3000, wanted.logSumExp);
        EXPECT_NEAR(damage.klDivergence, wanted.kl, 1e-5 * std::max(1.0, wanted.kl)) << "change " << row.change[top];
    }
}

TEST(LogitRows, NoChangeIsExactlyNoDamage)
{
    const Row row = randomRow(1003, 5, 0, 7);
    const RowDamage damage = damageOfRow(row.logits.data(), row.change.data(), 1003, summariseRow(row.logits.data(), 1003).logSumExp);
    EXPECT_EQ(damage.klDivergence, 0);
    EXPECT_EQ(damage.logShift, 0);
}

TEST(LogitRows, AConstantChangeIsNoDamageToTheDistribution)
{
    Row row = randomRow(1003, 5, 0, 7);
    std::fill(row.change.begin(), row.change.end(), 0.5f);
    const RowDamage damage = damageOfRow(row.logits.data(), row.change.data(), 1003, summariseRow(row.logits.data(), 1003).logSumExp);
    EXPECT_NEAR(damage.klDivergence, 0, 1e-7);
    EXPECT_NEAR(damage.logShift, 0.5, 1e-6);
}

TEST(LogitRows, TheFirstOfSeveralLargestIsTheArgmax)
{
    std::vector<float> logits(2000, 1.0f), change(2000, 0.0f);
    logits[700] = logits[1500] = 4;
    EXPECT_EQ(summariseRow(logits.data(), 2000).argmax, 700);
    change[1999] = 3;
    change[33] = 3;
    EXPECT_EQ(damageOfRow(logits.data(), change.data(), 2000, 8).argmax, 33);
    EXPECT_EQ(summariseRow(logits.data(), 1).argmax, 0);
}

TEST(LogitRows, WhatIsNoNumberStaysUndefined)
{
    for (float bad : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity(), -std::numeric_limits<float>::infinity()}) {
        Row row = randomRow(100, 3, 1, 3);
        row.change[57] = bad;
        EXPECT_FALSE(std::isfinite(damageOfRow(row.logits.data(), row.change.data(), 100, 5).klDivergence)) << bad;
    }
}

TEST(LogitRows, CosineDistancesAreThoseOfFloat64)
{
    const std::vector<float> a{1, 2, 3}, b{1, 2, 3.00001f}, c{-1, -2, -3}, zero{0, 0, 0};
    EXPECT_EQ(cosineDistance(a.data(), a.data(), 3), 0);
    EXPECT_EQ(cosineDistance(a.data(), c.data(), 3), 2);
    EXPECT_EQ(cosineDistance(a.data(), zero.data(), 3), 1);
    EXPECT_EQ(cosineDistance(zero.data(), zero.data(), 3), 0);
    const double e = static_cast<double>(b[2]) - 3; // 1 - cos = e^2 (1 + 4) / (2 * 14^2) to leading order
    EXPECT_NEAR(cosineDistance(a.data(), b.data(), 3), e * e * 5 / (2 * 196), 1e-15);
}

} // namespace
} // namespace tessera
