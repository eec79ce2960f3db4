// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/nn/forward.h"

#include <cstdint>

namespace tessera::nn {

// The passes of a transformer between its matrix products; rmsNorm of forward.h is one of them. All are differentiable
// (once). For float32 and bfloat16 in main memory each is one pass over its data (rows.h); elsewhere LibTorch's own
// operations do the same.

/// silu(gate) * up.
Tensor gatedSilu(const Tensor &gate, const Tensor &up);

/// Rotates heads [B, T, heads, headDim] at positions [first, first + T); [B, heads, T, headDim], contiguous.
Tensor rotate(const Tensor &heads, const Rope &rope, std::int64_t first);

/// Queries that attend() compares with their keys at once: the keys after a block are never looked at, which halves the work of long
/// windows, and no more weights than a block's are in memory.
inline constexpr std::int64_t kQueryBlock = 128;

/// Causal softmax attention of queries [B, heads, T, D] over keys and values [B, kvHeads, K, D]; query t sees the keys up to
/// and including K - T + t. [B, T, heads * D].
Tensor attend(const Tensor &queries, const Tensor &keys, const Tensor &values);

} // namespace tessera::nn
