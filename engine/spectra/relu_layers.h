// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/spectra/half_angle.h"

#include <cstdint>

namespace tessera {

// The layers of fully connected networks, on a stretch of pairs: each loop below is vector code. theta may be null where no
// tangent kernel is wanted.

/// One layer after the first; product holds the products of the two vectors' lengths.
TESSERA_INLINE void acuteLayer(std::int64_t count, double *s, double *theta, const double *product, double bias2)
{
    if (!theta) {
        for (std::int64_t j = 0; j < count; ++j)
            s[j] = reluOfAcute(s[j]).s;
        return;
    }
    for (std::int64_t j = 0; j < count; ++j) {
        ReluPair pair = reluOfAcute(s[j]);
        theta[j] = theta[j] * pair.kappa0 + (product[j] * (1 - 2 * pair.s) + bias2);
        s[j] = pair.s;
    }
}

TESSERA_INLINE void firstLayer(std::int64_t count, double *s, const double *c, double *theta, const double *product, double bias2)
{
    for (std::int64_t j = 0; j < count; ++j) {
        ReluPair pair = relu(s[j], c[j]);
        if (theta)
            theta[j] = theta[j] * pair.kappa0 + (product[j] * (1 - 2 * pair.s) + bias2);
        s[j] = pair.s;
    }
}

/// A bias with variance bias2 joins both vectors of every pair as one more coordinate: new angles, lengths and products. before and
/// after are the lengths of the right vectors without and with it.
TESSERA_INLINE void joinBias(std::int64_t count, double *s, double *c, double *product, double leftBefore, double leftAfter,
                             const double *before, const double *after, double bias2)
{
    for (std::int64_t j = 0; j < count; ++j) {
        double inner = leftBefore * before[j], outer = leftAfter * after[j];
        double difference = leftBefore - before[j];
        double sum = outer + inner + bias2;
        double inverse = 1 / (outer * sum);
        // outer - inner - bias2 = bias2 (a - b)^2 / sum, without cancellation.
        double gap = bias2 * difference * difference;
        s[j] = (inner * s[j] * sum + 0.5 * gap) * inverse;
        if (c)
            c[j] = (inner * c[j] * sum + 0.5 * gap) * inverse + bias2 / outer;
        product[j] = outer;
    }
}

/// The same where all vectors have one length.
TESSERA_INLINE void joinBiasUniform(std::int64_t count, double *s, double *c, double *product, double before2, double bias2)
{
    double after2 = before2 + bias2;
    double ratio = before2 / after2, rest = bias2 / after2;
    for (std::int64_t j = 0; j < count; ++j) {
        s[j] *= ratio;
        if (c)
            c[j] = c[j] * ratio + rest;
        product[j] = after2;
    }
}

/// One residual block. theta is that of unit variance: Theta / (|x||z| (1 + alpha^2)^l).
TESSERA_INLINE void residualLayer(std::int64_t count, double *s, double *c, double *theta, double alpha2)
{
    double scale = 1 / (1 + alpha2);
    for (std::int64_t j = 0; j < count; ++j) {
        ReluPair pair = relu(s[j], c[j]);
        if (theta)
            theta[j] = (theta[j] + alpha2 * ((1 - 2 * pair.s) + ((c[j] - s[j]) + theta[j]) * pair.kappa0)) * scale;
        s[j] = (s[j] + alpha2 * pair.s) * scale;
        c[j] = (c[j] + alpha2 * (1 - pair.s)) * scale;
    }
}

/// exp(x) for x <= 0, to the last digit or the one before.
TESSERA_INLINE double exponential(double x)
{
    constexpr double kShift = 0x1.8p52;
    constexpr double kFactorials[] = {1.0,         1.0,          1.0 / 2,       1.0 / 6,        1.0 / 24,        1.0 / 120,        1.0 / 720,
                                      1.0 / 5040,  1.0 / 40320,  1.0 / 362880,  1.0 / 3628800,  1.0 / 39916800,  1.0 / 479001600, 1.0 / 6227020800.0};
    bool tiny = x < -708;
    double safe = tiny ? -708 : x;
    double shifted = safe * 0x1.71547652b82fep+0 + kShift;
    double whole = shifted - kShift;
    // ln 2 in two parts, the first one short, so that whole times it is exact.
    double rest = (safe - whole * 0x1.62e42feep-1) - whole * 0x1.a39ef35793c76p-33;
    std::int64_t exponent = (__builtin_bit_cast(std::int64_t, shifted) + 1023) << 52;
    double value = polynomial(kFactorials, rest) * __builtin_bit_cast(double, exponent);
    return tiny ? 0 : value;
}

} // namespace tessera
