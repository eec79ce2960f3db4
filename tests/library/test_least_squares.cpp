// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/library/least_squares.h"

#include <cmath>

#include <gtest/gtest.h>

extern "C" void dgelsd_(const int *rows, const int *columns, const int *sides, double *a, const int *leading, double *b,
                        const int *leadingB, double *singular, const double *condition, int *rank, double *work,
                        const int *workSize, int *integers, int *info);

namespace tessera {
namespace {

at::Tensor randomMatrix(std::int64_t rows, std::int64_t columns, int seed)
{
    at::manual_seed(seed);
    return at::randn({rows, columns}, at::kDouble);
}

Moments momentsOf(const at::Tensor &phi, const at::Tensor &y)
{
    MomentSum sum(phi.size(1), y.size(1));
    std::int64_t half = phi.size(0) / 3;
    sum.add(phi.narrow(0, 0, half), y.narrow(0, 0, half));
    sum.add(phi.narrow(0, half, phi.size(0) - half), y.narrow(0, half, phi.size(0) - half));
    return sum.moments();
}

/// LAPACK's least squares by divide and conquer: the X that minimises |A X - B|.
at::Tensor leastSquares(const at::Tensor &a, const at::Tensor &b)
{
    at::Tensor columnsOfA = a.t().contiguous(), columnsOfB = b.t().contiguous(); // Row-major transposes: column-major.
    int rows = static_cast<int>(a.size(0)), columns = static_cast<int>(a.size(1)), sides = static_cast<int>(b.size(1));
    int rank = 0, info = 0, workSize = 1 << 20;
    double condition = -1;
    std::vector<double> singular(static_cast<std::size_t>(columns)), work(static_cast<std::size_t>(workSize));
    std::vector<int> integers(1 << 16);
    dgelsd_(&rows, &columns, &sides, columnsOfA.data_ptr<double>(), &rows, columnsOfB.data_ptr<double>(), &rows,
            singular.data(), &condition, &rank, work.data(), &workSize, integers.data(), &info);
    EXPECT_EQ(info, 0);
    return columnsOfB.narrow(1, 0, columns).t();
}

double largest(const at::Tensor &x) { return x.abs().max().item<double>(); }

TEST(LeastSquares, MomentsAreTheProductsOfAllRows)
{
    at::Tensor phi = randomMatrix(70, 11, 1), y = randomMatrix(70, 5, 2);
    Moments m = momentsOf(phi, y);
    EXPECT_LT(largest(m.gram - at::mm(phi.t(), phi)), 1e-12);
    EXPECT_LT(largest(m.cross - at::mm(phi.t(), y)), 1e-12);
    EXPECT_LT(largest(m.featureSum - phi.sum(0)), 1e-12);
    EXPECT_LT(largest(m.targetSum - y.sum(0)), 1e-12);
    EXPECT_NEAR(m.targetSquares, y.square().sum().item<double>(), 1e-10);
    EXPECT_EQ(m.rows, 70);
}

TEST(LeastSquares, TheRidgeSolutionIsLapacksLeastSquaresOfTheStackedSystem)
{
    at::Tensor phi = randomMatrix(60, 12, 3), y = randomMatrix(60, 7, 4), towards = randomMatrix(7, 12, 5);
    for (double lambda : {1e-3, 0.5, 40.0}) {
        LinearMap map = solveRidge(momentsOf(phi, y), lambda, {towards, {}});
        at::Tensor a = at::cat({phi, std::sqrt(lambda) * at::eye(12, at::kDouble)});
        at::Tensor b = at::cat({y, std::sqrt(lambda) * towards.t()});
        EXPECT_LT(largest(map.weight.t() - leastSquares(a, b)), 1e-10) << "lambda " << lambda;
        EXPECT_FALSE(map.bias.defined());
    }
}

TEST(LeastSquares, WithABiasTheStackedSystemHasAFreeColumnOfOnes)
{
    at::Tensor phi = randomMatrix(60, 9, 6) + 2, y = randomMatrix(60, 4, 7) - 3, towards = randomMatrix(4, 9, 8);
    double lambda = 0.7;
    LinearMap map = solveRidge(momentsOf(phi, y), lambda, {towards, at::zeros({4}, at::kDouble)});
    at::Tensor top = at::cat({phi, at::ones({60, 1}, at::kDouble)}, 1);
    at::Tensor bottom = at::cat({std::sqrt(lambda) * at::eye(9, at::kDouble), at::zeros({9, 1}, at::kDouble)}, 1);
    at::Tensor x = leastSquares(at::cat({top, bottom}), at::cat({y, std::sqrt(lambda) * towards.t()}));
    EXPECT_LT(largest(map.weight.t() - x.narrow(0, 0, 9)), 1e-10);
    EXPECT_LT(largest(map.bias - x[9]), 1e-10);
}

TEST(LeastSquares, TheGradientOfTheRidgeObjectiveIsZero)
{
    at::Tensor phi = randomMatrix(50, 10, 9), y = randomMatrix(50, 3, 10), towards = randomMatrix(3, 10, 11);
    double lambda = 0.3;
    LinearMap map = solveRidge(momentsOf(phi, y), lambda, {towards, at::zeros({3}, at::kDouble)});
    at::Tensor w = map.weight.clone().set_requires_grad(true), b = map.bias.clone().set_requires_grad(true);
    at::Tensor objective = (at::mm(phi, w.t()) + b - y).square().sum() + lambda * (w - towards).square().sum();
    auto gradients = torch::autograd::grad({objective}, {w, b});
    EXPECT_LT(largest(gradients[0]), 1e-10);
    EXPECT_LT(largest(gradients[1]), 1e-10);
}

TEST(LeastSquares, TheErrorFromMomentsIsTheErrorOfTheRows)
{
    at::Tensor phi = randomMatrix(80, 6, 12), y = randomMatrix(80, 5, 13), w = randomMatrix(5, 6, 14);
    at::Tensor b = randomMatrix(1, 5, 15)[0];
    double direct = (at::mm(phi, w.t()) + b - y).square().sum().item<double>();
    EXPECT_NEAR(squaredError(momentsOf(phi, y), {w, b}), direct, 1e-10 * direct);
    double without = (at::mm(phi, w.t()) - y).square().sum().item<double>();
    EXPECT_NEAR(squaredError(momentsOf(phi, y), {w, {}}), without, 1e-10 * without);
}

TEST(LeastSquares, MomentsOfAMapNeedNoTargets)
{
    at::Tensor phi = randomMatrix(40, 8, 16), w = randomMatrix(5, 8, 17), b = randomMatrix(1, 5, 18)[0];
    MomentSum features(8, 0);
    features.add(phi);
    for (const at::Tensor &bias : {at::Tensor(), b}) {
        at::Tensor y = at::mm(phi, w.t());
        if (bias.defined())
            y = y + bias;
        Moments expected = momentsOf(phi, y), m = momentsOfMap(features.moments(), w, bias);
        EXPECT_LT(largest(m.cross - expected.cross), 1e-11);
        EXPECT_LT(largest(m.targetSum - expected.targetSum), 1e-11);
        EXPECT_NEAR(m.targetSquares, expected.targetSquares, 1e-9);
        EXPECT_NEAR(squaredError(m, {w, bias}), 0, 1e-9);
        LinearMap whole = solveRidge(m, 0.1, {w, bias});
        EXPECT_LT(largest(whole.weight - w), 1e-10) << "all features give the map itself";
    }
}

TEST(LeastSquares, DependentFeaturesWithoutARidgeAreRefused)
{
    at::Tensor phi = at::zeros({5, 3}, at::kDouble);
    EXPECT_THROW(solveRidge(momentsOf(phi, randomMatrix(5, 2, 19)), 0, {at::zeros({2, 3}, at::kDouble), {}}), std::exception);
}

} // namespace
} // namespace tessera
