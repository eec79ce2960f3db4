// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace tessera {

/// Bits of a bfloat16.
using BFloat16Bits = std::uint16_t;

/// One row of the parent's logits a, summed up.
struct RowSummary {
    double logSumExp = 0;
    std::int64_t argmax = 0; ///< Of several largest the first.
};

/// What a change d of a row of logits does to the distribution p = softmax(a): with q = softmax(a + d),
///   KL(p || q) = log E_p[e^d] - E_p[d],    log q_i - log p_i = d_i - log E_p[e^d].
/// Written in d, neither formula loses digits where d is small, and d = 0 gives exactly 0.
struct RowDamage {
    double klDivergence = 0;
    double logShift = 0;     ///< log E_p[e^d]; the loss of target t changes by logShift - d_t.
    std::int64_t argmax = 0; ///< Of a + d; of several largest the first.
};

/// count > 0 finite logits. One pass in float32 with its own exponential (relative error below 3e-7), vectorised for the
/// processor at hand, sums in float64 every few hundred elements: the divergence has a relative error below 5e-6, and an
/// absolute one below 3e-7 E_p[d]^2 where all of d is shifted.
RowSummary summariseRow(const float *logits, std::int64_t count);
RowSummary summariseRow(const BFloat16Bits *logits, std::int64_t count);

/// logSumExp is the parent's. A row with infinite or undefined elements gives an undefined divergence.
RowDamage damageOfRow(const float *logits, const float *change, std::int64_t count, double logSumExp);
RowDamage damageOfRow(const BFloat16Bits *logits, const BFloat16Bits *change, std::int64_t count, double logSumExp);

/// 1 - cosine of two vectors, float64 inside; 0 for equal vectors, 1 where one of them is zero.
double cosineDistance(const float *a, const float *b, std::int64_t count);

} // namespace tessera
