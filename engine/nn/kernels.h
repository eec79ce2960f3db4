// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/nn/forward.h"

namespace tessera::nn {

// The element-wise passes of a transformer. All are differentiable. Where no gradient is wanted and the tensors lie in
// main memory, each is one pass over its data; arithmetic is float32 for every type.

/// silu(gate) * up.
Tensor gatedSilu(const Tensor &gate, const Tensor &up);

/// Rotates heads [B, T, heads, headDim] at positions [first, first + T).
Tensor rotate(const Tensor &heads, const Rope &rope, std::int64_t first);

/// Softmax over the last dimension of scores [N, T, K] * scale, where row t sees the columns up to and including
/// K - T + t; the others become 0. May reuse the memory of scores where no gradient is wanted.
Tensor causalSoftmax(const Tensor &scores, double scale);

} // namespace tessera::nn
