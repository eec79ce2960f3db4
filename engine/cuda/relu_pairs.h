// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/cuda/numbers.h"

#include <cmath>

namespace tessera::cuda {

// The kernels of infinitely wide ReLU networks for one pair of vectors or one pixel, in float64 or float32. Angles are carried
// as s = sin^2(theta / 2), c = cos^2(theta / 2): cosines would lose half the digits near the diagonal. With c_sigma = 2
// (Cho and Saul 2009): kappa0 = 1 - theta / pi, kappa1 = (sin theta + (pi - theta) cos theta) / pi.

/// kappa0, and s behind the ReLU: (1 - kappa1) / 2.
template <typename T> struct ReluPair {
    T kappa0, s;
};

/// (sin x - x cos x) / (2 pi) for x in [0, pi / 2].
template <typename T> TESSERA_BOTH T sineGain(T x)
{
    const T twoPi = T(6.283185307179586476925286766559);
    if (x > T(1))
        return (sin(x) - x * cos(x)) / twoPi;
    // Each factor is a term of the series over the one before; the first that is left out is below 1e-15.
    const T y = x * x;
    T series = 1;
    for (int k = 8; k >= 1; --k)
        series = 1 - y / T(2 * k * (2 * k + 3)) * series;
    return x * y / 3 * series / twoPi;
}

template <typename T> TESSERA_BOTH ReluPair<T> reluPair(T s, T c)
{
    const bool acute = s <= c;
    // Where rounding made it negative it stands for 0.
    const T square = acute ? s : c, half = square > 0 ? sqrt(square) : T(0);
    const T angle = 2 * asin(half), gain = sineGain(angle);
    const T share = angle / T(3.1415926535897932384626433832795);
    if (acute)
        return {1 - share, s - gain};
    return {share, T(0.5) - gain};
}

/// A fully connected network: f1 = W1 x + beta b1, g = sqrt(2 / m) relu(f), f' = W g + beta b, with a linear output.
struct FullyConnected {
    std::int64_t depth = 1;    ///< Hidden layers, at least 1.
    double biasSquared = 0;    ///< beta^2
    bool normalBiases = false; ///< Whether biases start as standard normal numbers; else at zero, and are trained.
};

template <typename T> struct KernelPair {
    T gp, ntk;
};

/// The kernels of a pair at half angles s, c with lengths a, b. Formulas: Theta_0 = x.z + beta^2; every layer Sigma <- |.||.| kappa1,
/// Theta <- Theta kappa0 + Sigma + beta^2; with normal biases Sigma gains beta^2 before every ReLU.
template <typename T> TESSERA_BOTH KernelPair<T> fullyConnectedPair(T s, T c, T a, T b, const FullyConnected &net)
{
    const T bias = T(net.biasSquared), added = net.normalBiases ? bias : T(0);
    T product = a * b, theta = product * (c - s) + bias, lengthA = a, lengthB = b;
    for (std::int64_t layer = 0; layer < net.depth; ++layer) {
        if (added > 0) {
            // The bias joins both vectors as one more coordinate.
            const T nextA = sqrt(lengthA * lengthA + added), nextB = sqrt(lengthB * lengthB + added);
            const T inner = lengthA * lengthB, outer = nextA * nextB, difference = lengthA - lengthB;
            // outer - inner - added = added (a - b)^2 / (outer + inner + added), without cancellation.
            const T gap = T(0.5) * added * difference * difference / (outer + inner + added);
            s = (inner * s + gap) / outer;
            c = (inner * c + gap + added) / outer;
            lengthA = nextA;
            lengthB = nextB;
            product = outer;
        }
        const ReluPair<T> pair = reluPair(s, c);
        theta = theta * pair.kappa0 + (product * (1 - 2 * pair.s) + bias);
        s = pair.s;
        c = 1 - s;
    }
    return {product * (1 - 2 * s) + added, theta};
}

/// Circular pixels; of height 1 with a filter of height 1 where they have one dimension. An even filter reaches one pixel
/// further to the right and below.
struct PixelGrid {
    std::int64_t height = 1, width = 1, filterHeight = 1, filterWidth = 1;

    TESSERA_BOTH std::int64_t pixels() const { return height * width; }
    TESSERA_BOTH std::int64_t taps() const { return filterHeight * filterWidth; }
    /// The pixel that tap number k of the filter around pixel p sees.
    TESSERA_BOTH std::int64_t tap(std::int64_t p, std::int64_t k) const
    {
        const std::int64_t dy = k / filterWidth - (filterHeight - 1) / 2, dx = k % filterWidth - (filterWidth - 1) / 2;
        const std::int64_t y = (p / width + dy + height) % height, x = (p % width + dx + width) % width;
        return y * width + x;
    }
};

/// A convolutional network's state at one pixel of one pair of images shifted against each other: below = |x||z| - S with S the
/// covariance of the features, theta their tangent kernel.
template <typename T> struct PixelPair {
    T below, theta;
};

/// Behind the ReLU, for features of lengths with this product: |x||z| - E with E = |x||z| kappa1, and E + theta kappa0.
template <typename T> TESSERA_BOTH PixelPair<T> activatePixel(PixelPair<T> pixel, T product)
{
    const T inverse = product > 0 ? T(0.5) / product : T(0);
    const T s = pixel.below * inverse;
    const ReluPair<T> pair = reluPair(s, 1 - s);
    return {2 * product * pair.s, pixel.theta * pair.kappa0 + product * (1 - 2 * pair.s)};
}

/// The mean over the filter around pixel p of activated pixels. lengthX and lengthZ are every pixel's feature lengths before the mean,
/// those of z already shifted; the lengths behind it are the roots of the means of their squares. Their product exceeds the mean
/// of products by Lagrange's identity, without cancellation.
template <typename T> TESSERA_BOTH PixelPair<T> averagePixel(const PixelGrid &grid, std::int64_t p, const T *below,
                                                             const T *theta, const T *lengthX, const T *lengthZ)
{
    const std::int64_t taps = grid.taps();
    const T weight = T(1) / static_cast<T>(taps);
    T sumBelow = 0, sumTheta = 0, squareX = 0, squareZ = 0, products = 0, crosses = 0;
    for (std::int64_t k = 0; k < taps; ++k) {
        const std::int64_t q = grid.tap(p, k);
        const T x = lengthX[q], z = lengthZ[q];
        sumBelow += below[q];
        sumTheta += theta[q];
        squareX += x * x;
        squareZ += z * z;
        products += x * z;
        for (std::int64_t other = 0; other < k; ++other) {
            const std::int64_t r = grid.tap(p, other);
            const T cross = x * lengthZ[r] - lengthX[r] * z;
            crosses += cross * cross;
        }
    }
    const T total = sqrt(squareX * squareZ) + products, gap = total > 0 ? crosses / total : T(0);
    return {(sumBelow + gap) * weight, sumTheta * weight};
}

} // namespace tessera::cuda
