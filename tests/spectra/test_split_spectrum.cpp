// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/base/error.h"
#include "engine/spectra/split_spectrum.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <utility>
#include <vector>

namespace tessera {
namespace {

Matrix square(std::int64_t order, const std::vector<double> &values)
{
    Matrix matrix(order, order);
    matrix.values.assign(values.begin(), values.end());
    return matrix;
}

TEST(SplitSpectra, GiveEachPartItsShareOfEveryMode)
{
    // Theta = diag(2, 0) + [[1, 1], [1, 1]] has the eigenvalues 2 +- sqrt 2.
    const SplitKernel kernel{{{square(2, {2, 0, 0, 0}), square(2, {1, 1, 1, 1})}}};
    const SplitSpectrum got = splitSpectrum(kernel, 2);
    const double root = std::sqrt(2.0);
    EXPECT_NEAR(got.values[0].mean, (2 + root) / 4, 1e-15);
    EXPECT_NEAR(got.values[1].mean, (2 - root) / 4, 1e-15);
    EXPECT_NEAR(got.trace.mean, 4, 1e-15);
    EXPECT_NEAR(got.traceShares[0].mean, 0.5, 1e-15);
    EXPECT_NEAR(got.logCondition->mean, std::log10((2 + root) / (2 - root)), 1e-14);
    EXPECT_NEAR(got.stableRank.mean, 4 / (2 + root), 1e-14);
    // v = (1 + sqrt 2, 1) / norm; its part in diag(2, 0) is 2 (1 + sqrt 2)^2 / (norm^2 (2 + sqrt 2)).
    const double expected = 2 * (1 + root) * (1 + root) / (((1 + root) * (1 + root) + 1) * (2 + root));
    EXPECT_NEAR(got.modeShares[0][0].mean, expected, 1e-14);
    for (const std::vector<Band> &mode : got.modeShares)
        EXPECT_NEAR(mode[0].mean + mode[1].mean, 1, 1e-14);
}

TEST(SplitSpectra, MakeBandsOverSeeds)
{
    const SplitKernel kernel{{{square(2, {3, 0, 0, 1})}, {square(2, {1, 0, 0, 1})}}};
    const SplitSpectrum got = splitSpectrum(kernel, 1);
    EXPECT_DOUBLE_EQ(got.values[0].low, 0.5);
    EXPECT_DOUBLE_EQ(got.values[0].high, 0.75);
    EXPECT_DOUBLE_EQ(got.values[0].mean, 0.625);
    EXPECT_TRUE(overlap({1, 0, 2}, {3, 2, 4}));
    EXPECT_FALSE(overlap({1, 0, 2}, {3, 2.5, 4}));
}

TEST(SplitSpectra, SaySimilarWhereKernelsAreMultiples)
{
    const SplitKernel one{{{square(3, {2, 1, 0, 1, 2, 1, 0, 1, 5})}}}, twice{{{square(3, {4, 2, 0, 2, 4, 2, 0, 2, 10})}}};
    EXPECT_NEAR(similarity(one, twice).mean, 1, 1e-14);
    const SplitKernel other{{{square(3, {1, 0, 0, 0, 1, 0.9, 0, 0.9, 1})}}};
    EXPECT_LT(similarity(one, other).mean, 0.9);
}

TEST(SplitSpectra, RefuseWhatIsNoKernel)
{
    EXPECT_THROW(splitSpectrum(SplitKernel{}, 1), Error);
    EXPECT_THROW(splitSpectrum(SplitKernel{{{square(2, {0, 0, 0, 0})}}}, 1), Error);
    EXPECT_THROW(splitSpectrum(SplitKernel{{{square(2, {1, 0, 0, 1}), square(1, {1})}}}, 1), Error);
    EXPECT_THROW(splitSpectrum(SplitKernel{{{square(1, {std::numeric_limits<double>::quiet_NaN()})}}}, 1), Error);
    EXPECT_THROW(similarity(SplitKernel{{{square(1, {1})}}}, SplitKernel{{{square(2, {1, 0, 0, 1})}}}), Error);
}

} // namespace
} // namespace tessera
