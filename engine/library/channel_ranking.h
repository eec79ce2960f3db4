// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include <torch/torch.h>

namespace tessera {

// Rankings of the channels of an FFN: all of them, from most to least important, so that the first w are what a width w
// keeps. The ranking by contribution is nn::rankByContribution.

/// Backward elimination with the refit in mind (closed_form.md section 3; the optimal-brain-surgeon rule): with
/// A = gram + lambda I and W = weight, the channel whose removal, after the others were refitted, costs least goes first:
/// the least |w_j|^2 / (A^-1)_jj. gram: float64 [f, f]; weight: the last matrix [d, f]. Ties go to the higher index, which is
/// removed first. About f^3 + f^2 d flops, half of them in blocks; 24 f^2 + 8 f d bytes.
std::vector<std::int64_t> rankByElimination(const at::Tensor &gram, const at::Tensor &weight, double lambda);

/// Iterative channel contribution (puzzle.md 2.2): in each of rounds rounds, s is what the output lacks of the full one, and
/// a channel i scores the mean over the rows of sqrt(|s|^2 + 2 a_i (s . w_i) + a_i^2 |w_i|^2 + 1e-8), the norm of what the
/// output would lack without it; the lowest go. The rounds share the channels evenly, the first ones take one more. Within a round
/// ties drop the higher index first. phi: [rows, f]; weight: [d, f]; computed in float32.
std::vector<std::int64_t> rankIteratively(const at::Tensor &phi, const at::Tensor &weight, std::int64_t rounds);

/// The kv heads that say most: mean over the rows of the norm of each head group's share of the output, float64 [kvHeads].
/// phi: concatenated heads [rows, heads * headDim]; weight: the output projection.
at::Tensor kvHeadContribution(const at::Tensor &phi, const at::Tensor &weight, std::int64_t kvHeads);

/// The best head of each of groups runs of consecutive heads; ties to the lower index.
std::vector<std::int64_t> bestOfGroups(const at::Tensor &scores, std::int64_t groups);

} // namespace tessera
