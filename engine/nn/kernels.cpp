// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/nn/kernels.h"

#include <limits>

namespace tessera::nn {

Tensor rmsNorm(const Tensor &x, const Tensor &weight, double epsilon)
{
    Tensor wide = x.to(at::kFloat);
    Tensor scale = at::rsqrt(wide.pow(2).mean(-1, true) + epsilon);
    return weight * (wide * scale).to(x.scalar_type());
}

Tensor gatedSilu(const Tensor &gate, const Tensor &up) { return at::silu(gate) * up; }

Tensor rotate(const Tensor &heads, const Rope &rope, std::int64_t first)
{
    std::int64_t length = heads.size(1), half = heads.size(3) / 2;
    Tensor cosine = rope.cosine.slice(0, first, first + length).slice(1, 0, half).unsqueeze(1);
    Tensor sine = rope.sine.slice(0, first, first + length).slice(1, 0, half).unsqueeze(1);
    Tensor low = heads.narrow(3, 0, half), high = heads.narrow(3, half, half);
    return at::cat({low * cosine - high * sine, high * cosine + low * sine}, 3).to(heads.scalar_type());
}

Tensor causalSoftmax(const Tensor &scores, double scale)
{
    std::int64_t rows = scores.size(1), columns = scores.size(2);
    Tensor hidden = at::ones({rows, columns}, scores.options().dtype(at::kBool)).triu(columns - rows + 1);
    Tensor masked = (scores * scale).masked_fill(hidden, -std::numeric_limits<double>::infinity());
    return at::_softmax(masked.to(at::kFloat), -1, false).to(scores.scalar_type());
}

} // namespace tessera::nn
