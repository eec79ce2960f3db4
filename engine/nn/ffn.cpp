// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/nn/kernels.h"
#include "engine/nn/kinds.h"

namespace tessera::nn {

Tensor widthFeatures(const SubBlock &block, const Tensor &x, const Surroundings &around)
{
    Tensor normed = rmsNorm(x, block.at("post_attention_layernorm.weight"), around.config.normEpsilon);
    return gatedSilu(project(block, "mlp.gate_proj", normed), project(block, "mlp.up_proj", normed));
}

} // namespace tessera::nn
