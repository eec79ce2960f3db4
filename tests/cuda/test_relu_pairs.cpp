// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/cuda/relu_pairs.h"

#include "engine/spectra/gram.h"

#include <cmath>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace tessera::cuda {
namespace {

constexpr double kPi = 3.14159265358979323846;

/// The pair of units rows i and j as a kernel reads it.
template <typename T> KernelPair<T> pairOf(const Points &x, std::int64_t i, std::int64_t j, const FullyConnected &net)
{
    const auto length = [&](std::int64_t p) {
        double sum = 0;
        for (std::int64_t k = 0; k < x.size(); ++k)
            sum += x.point(p)[k] * x.point(p)[k];
        return std::sqrt(sum);
    };
    const double a = length(i), b = length(j);
    T differences = 0, sums = 0;
    for (std::int64_t k = 0; k < x.size(); ++k) {
        const T p = static_cast<T>(x.point(i)[k] / a), q = static_cast<T>(x.point(j)[k] / b);
        differences += (p - q) * (p - q);
        sums += (p + q) * (p + q);
    }
    return fullyConnectedPair(differences / 4, sums / 4, static_cast<T>(a), static_cast<T>(b), net);
}

Points somePoints()
{
    Points points = randomOnSphere(12, 5, 3);
    for (std::int64_t k = 0; k < 5; ++k) {
        points.values[static_cast<std::size_t>(5 + k)] *= 2.5;                                         // another length
        points.values[static_cast<std::size_t>(10 + k)] = -points.values[static_cast<std::size_t>(k)]; // opposite
        points.values[static_cast<std::size_t>(15 + k)] =
            points.values[static_cast<std::size_t>(k)] + (k == 0 ? 1e-7 : 0); // near
    }
    return points;
}

TEST(ReluPairs, AgreeWithTheArcCosineFormulasInLongDouble)
{
    for (double angle : {1e-9, 1e-4, 0.19, 0.21, 0.5, 0.99, 1.01, 1.5, kPi / 2, 1.7, 2.5, 3.0, 3.14}) {
        const long double theta = static_cast<long double>(angle), pi = 3.14159265358979323846264338327950288L;
        const long double half = std::sin(theta / 2), other = std::cos(theta / 2);
        const ReluPair<double> pair = reluPair(static_cast<double>(half * half), static_cast<double>(other * other));
        const long double kappa0 = 1 - theta / pi;
        const long double behind = theta < 1e-3L ? half * half - theta * theta * theta / 3 / (2 * pi)
                                                 : (1 - (std::sin(theta) + (pi - theta) * std::cos(theta)) / pi) / 2;
        EXPECT_NEAR(pair.kappa0, static_cast<double>(kappa0), 4e-16) << "angle " << angle;
        EXPECT_NEAR(pair.s, static_cast<double>(behind), 4e-16) << "angle " << angle;
        const ReluPair<float> narrow = reluPair(static_cast<float>(half * half), static_cast<float>(other * other));
        EXPECT_NEAR(narrow.kappa0, static_cast<double>(kappa0), 3e-7) << "angle " << angle;
        EXPECT_NEAR(narrow.s, static_cast<double>(behind), 3e-7) << "angle " << angle;
    }
}

TEST(ReluPairs, FullyConnectedNetworksHaveTheKernelsOfTheAnalyticEngine)
{
    const Points points = somePoints();
    for (std::int64_t depth : {1, 2, 5, 40})
        for (double bias : {0.0, 0.7})
            for (BiasInit init : {BiasInit::Zero, BiasInit::Normal}) {
                Kernel kernel{KernelFamily::Fc, depth, bias, init};
                const KernelMatrices wanted = evaluate(kernel, points, points, {1, {}, {}});
                const FullyConnected net{depth, bias * bias, init == BiasInit::Normal};
                for (std::int64_t i = 0; i < points.count(); ++i)
                    for (std::int64_t j = 0; j < points.count(); ++j) {
                        const KernelPair<double> pair = pairOf<double>(points, i, j, net);
                        const KernelPair<float> narrow = pairOf<float>(points, i, j, net);
                        const double scale = wanted.ntk(i, i) + wanted.ntk(j, j);
                        SCOPED_TRACE(toText(kernel) + ", pair " + std::to_string(i) + ", " + std::to_string(j));
                        EXPECT_NEAR(pair.gp, wanted.gp(i, j), 1e-13 * scale);
                        EXPECT_NEAR(pair.ntk, wanted.ntk(i, j), 1e-13 * scale);
                        EXPECT_NEAR(narrow.ntk, wanted.ntk(i, j), 1e-5 * scale);
                    }
            }
}

/// The plain convolutional network of gram.h by steps: T(x.z), then ReLU and mean for each further layer, a last ReLU and a head.
double convolutionalByHand(const PixelGrid &grid, const double *x, const double *z, std::int64_t channels,
                           std::int64_t layers, bool gap)
{
    const std::int64_t pixels = grid.pixels();
    const auto size = static_cast<std::size_t>(pixels);
    double total = 0;
    for (std::int64_t offset = 0; offset < (gap ? pixels : 1); ++offset) {
        std::vector<double> below(size), theta(size), lengthX(size), lengthZ(size), nextBelow(size), nextTheta(size);
        for (std::int64_t p = 0; p < pixels; ++p) {
            const std::int64_t partner = (p / grid.width + offset / grid.width) % grid.height * grid.width
                                       + (p % grid.width + offset % grid.width) % grid.width;
            const double *left = x + p * channels, *right = z + partner * channels;
            double product = 0, a = 0, b = 0, distance = 0;
            for (std::int64_t c = 0; c < channels; ++c) {
                product += left[c] * right[c];
                a += left[c] * left[c];
                b += right[c] * right[c];
            }
            a = std::sqrt(a);
            b = std::sqrt(b);
            for (std::int64_t c = 0; c < channels; ++c)
                distance += (left[c] / a - right[c] / b) * (left[c] / a - right[c] / b);
            const auto pixel = static_cast<std::size_t>(p);
            lengthX[pixel] = a;
            lengthZ[pixel] = b;
            below[pixel] = a * b * distance / 2; // |x||z| - x.z without cancellation
            theta[pixel] = product;
        }
        for (std::int64_t layer = 0; layer <= layers; ++layer) {
            if (layer > 0)
                for (std::size_t p = 0; p < size; ++p) {
                    const PixelPair<double> pixel =
                        activatePixel<double>({below[p], theta[p]}, lengthX[p] * lengthZ[p]);
                    below[p] = pixel.below;
                    theta[p] = pixel.theta;
                }
            if (layer == layers)
                break;
            std::vector<double> nextX(size), nextZ(size);
            for (std::size_t p = 0; p < size; ++p) {
                const PixelPair<double> pixel = averagePixel(grid, static_cast<std::int64_t>(p), below.data(),
                                                             theta.data(), lengthX.data(), lengthZ.data());
                nextBelow[p] = pixel.below;
                nextTheta[p] = pixel.theta;
                double a = 0, b = 0;
                for (std::int64_t k = 0; k < grid.taps(); ++k) {
                    const auto q = static_cast<std::size_t>(grid.tap(static_cast<std::int64_t>(p), k));
                    a += lengthX[q] * lengthX[q];
                    b += lengthZ[q] * lengthZ[q];
                }
                nextX[p] = std::sqrt(a / static_cast<double>(grid.taps()));
                nextZ[p] = std::sqrt(b / static_cast<double>(grid.taps()));
            }
            below = nextBelow;
            theta = nextTheta;
            lengthX = nextX;
            lengthZ = nextZ;
        }
        for (double value : theta)
            total += value;
    }
    return total / static_cast<double>(gap ? pixels * pixels : pixels);
}

TEST(ReluPairs, ConvolutionalStepsAddUpToTheKernelsOfTheAnalyticEngine)
{
    struct Case {
        std::vector<std::int64_t> shape;
        PixelGrid grid;
        std::int64_t filter;
    };
    for (const Case &c :
         {Case{{7, 3}, {1, 7, 1, 3}, 3}, Case{{6, 2}, {1, 6, 1, 4}, 4}, Case{{4, 5, 2}, {4, 5, 3, 3}, 3}})
        for (ConvHead head : {ConvHead::Trace, ConvHead::Gap})
            for (std::int64_t layers : {1, 2, 4}) {
                const std::int64_t numbers = c.grid.pixels() * c.shape.back();
                Points points{c.shape, {}};
                const Points flat = randomOnSphere(3, numbers, 8);
                points.values = flat.values;
                Kernel kernel;
                kernel.family = KernelFamily::Conv;
                kernel.depth = layers;
                kernel.filter = c.filter;
                kernel.head = head;
                const Matrix wanted = gram(kernel, KernelOf::Ntk, points, {1, {}, {}});
                for (std::int64_t i = 0; i < 3; ++i)
                    for (std::int64_t j = 0; j < 3; ++j)
                        EXPECT_NEAR(convolutionalByHand(c.grid, points.point(i), points.point(j), c.shape.back(),
                                                        layers, head == ConvHead::Gap),
                                    wanted(i, j), 1e-10 * wanted(i, i))
                            << toText(kernel) << ", pair " << i << ", " << j;
            }
}

} // namespace
} // namespace tessera::cuda
