// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/spectra/half_angle_coefficients.h"
#include "engine/spectra/vector_loop.h"

#include <cmath>
#include <cstddef>
#include <utility>

namespace tessera {

// The arc-cosine kernels of ReLU, kappa0 = (pi - theta) / pi and kappa1 = (sin theta + (pi - theta) cos theta) / pi (Cho and
// Saul 2009, scaled so that kappa1 = 1 at theta = 0), on half angles: a pair of vectors at angle theta is carried as
// s = sin^2(theta / 2) and, where theta may come near pi, c = cos^2(theta / 2). Cosines would lose half the digits near the
// diagonal; these lose none.

namespace detail {
template <std::size_t N, std::size_t... I>
TESSERA_INLINE double horner(const double (&coefficients)[N], double x, std::index_sequence<I...>)
{
    double value = coefficients[N - 1];
    ((value = value * x + coefficients[N - 2 - I]), ...);
    return value;
}
} // namespace detail

/// No loop: g++ unrolls none of more than 16 rounds, and a loop around one is not turned into vector code.
template <std::size_t N> TESSERA_INLINE double polynomial(const double (&coefficients)[N], double x)
{
    return detail::horner(coefficients, x, std::make_index_sequence<N - 1>());
}

/// kappa0 and s' = (1 - kappa1) / 2, which is sin^2 of half the angle behind the ReLU.
struct ReluPair {
    double kappa0;
    double s;
};

/// For angles up to a right one (s <= 1/2), as they are behind every ReLU.
TESSERA_INLINE ReluPair reluOfAcute(double s)
{
    double root = std::sqrt(s);
    return {1 - root * polynomial(kAngle, s), s - root * s * polynomial(kGain, s)};
}

/// For every angle; c = 1 - s, known to all its digits.
TESSERA_INLINE ReluPair relu(double s, double c)
{
    bool acute = s <= c;
    double m = acute ? s : c;
    double root = std::sqrt(m);
    double angle = root * polynomial(kAngle, m), gain = root * m * polynomial(kGain, m);
    return {acute ? 1 - angle : angle, (acute ? s : 0.5) - gain};
}

} // namespace tessera
