// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/base/error.h"
#include "engine/spectra/finite_network.h"
#include "engine/spectra/gram.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <tuple>
#include <vector>

namespace tessera {
namespace {

Points fivePoints() { return makePoints({3}, {1, 0, 0, 0.6, 0.8, 0, 0, -0.6, 0.8, -1, 0, 0, 1.2, 0, 1.6}, "the test"); }

TEST(FiniteNetworks, MoveAsTheirTangentKernelSays)
{
    const std::vector<double> residual = {0.3, -1, 0.2, 0.7, -0.4};
    for (std::int64_t depth : {1, 2, 4}) {
        FiniteNetwork forward(fivePoints(), depth, 30, 0.7, 3), back = forward;
        const Matrix kernel = forward.tangentKernel();
        const double eta = 1e-6;
        forward.descend(residual, eta);
        back.descend(residual, -eta);
        const std::vector<double> after = forward.outputs(), before = back.outputs();
        for (std::int64_t i = 0; i < 5; ++i) {
            double expected = 0;
            for (std::int64_t j = 0; j < 5; ++j)
                expected -= kernel(i, j) * residual[static_cast<std::size_t>(j)];
            const auto k = static_cast<std::size_t>(i);
            EXPECT_NEAR((after[k] - before[k]) / (2 * eta), expected, 1e-6 * (1 + std::fabs(expected))) << depth << " " << i;
        }
    }
}

TEST(FiniteNetworks, HaveTheKernelOfInfiniteWidthAsTheirMean)
{
    for (auto [depth, bias, units, seeds] : {std::tuple{1, 0.0, 400, 150}, {2, 0.5, 200, 300}, {3, 1.0, 300, 200}}) {
        Kernel kernel;
        kernel.depth = depth;
        kernel.bias = bias;
        const Matrix limit = gram(kernel, KernelOf::Ntk, fivePoints());
        std::vector<double> mean(25), squares(25);
        for (int seed = 1; seed <= seeds; ++seed) {
            const Matrix one = FiniteNetwork(fivePoints(), depth, units, bias, static_cast<std::uint64_t>(1000 * depth + seed)).tangentKernel();
            for (std::size_t k = 0; k < 25; ++k) {
                mean[k] += one.values[k] / seeds;
                squares[k] += one.values[k] * one.values[k] / seeds;
            }
        }
        double gap = 0, size = 0;
        for (std::size_t k = 0; k < 25; ++k) {
            const double error = std::sqrt(std::max(0.0, squares[k] - mean[k] * mean[k]) / seeds);
            // Four standard errors, and what is left of the limit of width: O(1 / units).
            EXPECT_LE(std::fabs(mean[k] - limit.values[k]), 4 * error + 3.0 * depth / units * limit.values[0]) << depth << " " << k;
            gap += std::pow(mean[k] - limit.values[k], 2);
            size += std::pow(limit.values[k], 2);
        }
        EXPECT_LT(std::sqrt(gap / size), 0.03) << depth;
    }
}

TEST(FiniteNetworks, RefuseImpossibleSizes)
{
    EXPECT_THROW(FiniteNetwork(fivePoints(), 0, 4, 0, 1), Error);
    EXPECT_THROW(FiniteNetwork(fivePoints(), 1, 0, 0, 1), Error);
    EXPECT_THROW(FiniteNetwork(fivePoints(), 1, 1 << 20, 0, 1), Error);
    EXPECT_THROW(FiniteNetwork(fivePoints(), 1'000'000, 4096, 0, 1), Error);
    FiniteNetwork network(fivePoints(), 1, 4, 0, 1);
    EXPECT_THROW(network.descend({1, 2}, 0.1), Error);
}

} // namespace
} // namespace tessera
