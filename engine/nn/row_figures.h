// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/cuda/row_scores.h"

#include <vector>

#include <torch/torch.h>

namespace tessera::nn {

/// What rows of logits [rows, vocabulary] on any device say, read back to main memory; float32 or bfloat16, float64 inside (see
/// row_scores.h). other: the changes of the reference's logits, or another model's logits; undefined: the reference alone. targets:
/// int64 [rows], undefined where there are none. On a GPU one fused pass; main memory has faster loops of its own.
enum class OtherRows { Changes, Logits };
std::vector<cuda::RowFigures> rowFigures(const at::Tensor &reference, const at::Tensor &other, OtherRows what,
                                         const at::Tensor &targets);

/// 1 - cosine of the rows of a and b, [rows, columns] each, on any device.
std::vector<double> cosineDistances(const at::Tensor &a, const at::Tensor &b);

} // namespace tessera::nn
