// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/cuda/row_scores.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace tessera::cuda {
namespace {

struct Rows {
    std::vector<float> a, d;
};

Rows randomRows(std::int64_t count, float scale, float change, unsigned seed)
{
    std::mt19937 random(seed);
    std::normal_distribution<float> normal;
    Rows rows;
    for (std::int64_t i = 0; i < count; ++i) {
        rows.a.push_back(scale * normal(random));
        rows.d.push_back(change * normal(random));
    }
    return rows;
}

/// The textbook's formulas on both distributions, in long double.
struct Reference {
    long double logSum, kl, nll, otherNll;
};

Reference reference(const Rows &rows, std::int64_t target)
{
    const auto logSum = [](const std::vector<long double> &values) {
        const long double largest = *std::max_element(values.begin(), values.end());
        long double sum = 0;
        for (long double value : values)
            sum += std::exp(value - largest);
        return largest + std::log(sum);
    };
    std::vector<long double> a(rows.a.begin(), rows.a.end()), b = a;
    for (std::size_t i = 0; i < b.size(); ++i)
        b[i] += static_cast<long double>(rows.d[i]);
    const long double sumA = logSum(a), sumB = logSum(b);
    Reference result{sumA, 0, sumA - a[static_cast<std::size_t>(target)], sumB - b[static_cast<std::size_t>(target)]};
    for (std::size_t i = 0; i < a.size(); ++i)
        result.kl += std::exp(a[i] - sumA) * ((a[i] - sumA) - (b[i] - sumB));
    return result;
}

/// As a block of threads does it: every thread takes each threads-th column, then pairs of states are merged.
RowState gathered(const Rows &rows, std::int64_t first, std::int64_t end, std::int64_t target, std::size_t threads)
{
    std::vector<RowState> states(threads);
    for (std::int64_t i = first; i < end; ++i)
        addChange(states[static_cast<std::size_t>(i - first) % threads], i, rows.a[static_cast<std::size_t>(i)],
                  rows.d[static_cast<std::size_t>(i)], target);
    for (std::size_t half = threads / 2; half > 0; half /= 2)
        for (std::size_t i = 0; i < half; ++i)
            merge(states[i], states[i + half]);
    return states[0];
}

TEST(RowScores, AgreeWithTheTextbookForEveryLengthAndSizeOfChange)
{
    struct Case {
        std::int64_t count;
        float scale, change;
    };
    unsigned seed = 1;
    for (const Case &c : {Case{1, 3, 1},
                          {2, 3, 1},
                          {17, 3, 1e-2f},
                          {1000, 8, 1e-4f},
                          {5000, 3, 10},
                          {5000, 3, 30},
                          {5000, 3, 300},
                          {49152, 4, 0.05f},
                          {49152, 4, 1e-3f},
                          {49152, 4, 0}}) {
        const Rows rows = randomRows(c.count, c.scale, c.change, seed++);
        const std::int64_t target = c.count / 3;
        const Reference wanted = reference(rows, target);
        const RowFigures figures = figuresOf(gathered(rows, 0, c.count, target, 256));
        SCOPED_TRACE("count " + std::to_string(c.count) + ", change " + std::to_string(c.change));
        const double kl = static_cast<double>(wanted.kl), change = static_cast<double>(c.change);
        EXPECT_NEAR(figures.logSum, static_cast<double>(wanted.logSum), 2e-6);
        EXPECT_NEAR(figures.nll, static_cast<double>(wanted.nll), 2e-6);
        EXPECT_NEAR(figures.otherNll, static_cast<double>(wanted.otherNll), 2e-6 * std::max(1.0, change));
        EXPECT_NEAR(figures.kl, kl, 5e-6 * kl + 3e-7 * std::min(change, 40.0) * std::min(change, 1.0) + 1e-14);
        EXPECT_EQ(figures.argmax, std::max_element(rows.a.begin(), rows.a.end()) - rows.a.begin());
    }
}

TEST(RowScores, NoChangeDoesNoDamageAtAll)
{
    Rows rows = randomRows(5000, 6, 0, 5);
    const RowFigures figures = figuresOf(gathered(rows, 0, 5000, 7, 256));
    EXPECT_EQ(figures.kl, 0);
    EXPECT_EQ(figures.lossChange, 0);
    EXPECT_EQ(figures.argmax, figures.otherArgmax);
}

TEST(RowScores, PiecesOfTheVocabularySayTheSameAsAllOfIt)
{
    const Rows rows = randomRows(9001, 5, 0.3f, 9);
    const RowFigures whole = figuresOf(gathered(rows, 0, 9001, 4500, 256));
    RowState state;
    for (std::int64_t first = 0; first < 9001; first += 1024)
        merge(state, gathered(rows, first, std::min<std::int64_t>(first + 1024, 9001), 4500, 32));
    const RowFigures pieces = figuresOf(state);
    EXPECT_NEAR(pieces.kl, whole.kl, 1e-6 * whole.kl);
    EXPECT_NEAR(pieces.nll, whole.nll, 1e-6);
    EXPECT_NEAR(pieces.lossChange, whole.lossChange, 1e-6);
    EXPECT_EQ(pieces.argmax, whole.argmax);
    EXPECT_EQ(pieces.otherArgmax, whole.otherArgmax);
}

TEST(RowScores, OfEqualLargestLogitsTheFirstIsNamedInEveryGrouping)
{
    Rows rows{{1, 5, 2, 5, 5, 0}, {0, 0, 0, 0, 0, 0}};
    for (std::size_t threads : {1u, 2u, 4u, 8u})
        EXPECT_EQ(figuresOf(gathered(rows, 0, 6, 0, threads)).argmax, 1) << threads << " threads";
}

TEST(RowScores, ATokenThatWasNearlyCertainMayLoseNearlyAll)
{
    for (unsigned seed = 0; seed < 100; ++seed) {
        Rows rows = randomRows(3000, 20, 5, seed);
        const auto top = std::max_element(rows.a.begin(), rows.a.end()) - rows.a.begin();
        rows.d[static_cast<std::size_t>(top)] = -0.3f * static_cast<float>(seed);
        const double wanted = static_cast<double>(reference(rows, 0).kl);
        EXPECT_NEAR(figuresOf(gathered(rows, 0, 3000, 0, 256)).kl, wanted, 1e-5 * std::max(1.0, wanted))
            << "seed " << seed;
    }
}

TEST(RowScores, WhatIsNoNumberIsNeverAFigure)
{
    for (float bad : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity(),
                      -std::numeric_limits<float>::infinity()})
        for (bool inChange : {false, true}) {
            Rows rows = randomRows(300, 3, 1, 3);
            (inChange ? rows.d : rows.a)[200] = bad;
            EXPECT_TRUE(std::isnan(figuresOf(gathered(rows, 0, 300, 5, 32)).kl));
        }
}

TEST(RowScores, CosineDistancesAreThoseOfTheDefinition)
{
    const Rows rows = randomRows(576, 2, 1, 11);
    CosineState state, same, zero;
    long double product = 0, a2 = 0, b2 = 0;
    for (std::size_t i = 0; i < rows.a.size(); ++i) {
        const long double a = static_cast<long double>(rows.a[i]), b = static_cast<long double>(rows.d[i]);
        addElement(state, rows.a[i], rows.d[i]);
        addElement(same, rows.a[i], rows.a[i]);
        addElement(zero, rows.a[i], 0);
        product += a * b;
        a2 += a * a;
        b2 += b * b;
    }
    EXPECT_NEAR(cosineDistance(state), static_cast<double>(1 - product / std::sqrt(a2 * b2)), 1e-14);
    EXPECT_EQ(cosineDistance(same), 0);
    EXPECT_EQ(cosineDistance(zero), 1);
}

TEST(Numbers, BFloat16RoundsToNearestEvenAndBack)
{
    EXPECT_EQ(narrow(1.0f).bits, 0x3f80);
    EXPECT_EQ(narrow(1.00390625f).bits, 0x3f80) << "half way, to even";
    EXPECT_EQ(narrow(1.01171875f).bits, 0x3f82) << "half way, to even";
    EXPECT_EQ(wide(narrow(-2.5f)), -2.5f);
    EXPECT_TRUE(std::isnan(wide(narrow(std::numeric_limits<float>::quiet_NaN()))));
}

} // namespace
} // namespace tessera::cuda
