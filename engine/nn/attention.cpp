// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/nn/kernels.h"
#include "engine/nn/kinds.h"

namespace tessera::nn {
namespace {

/// [B, T, heads * headDim] to [B, T, heads, headDim], each head normalised where the model does so (Qwen3).
Tensor headsOf(const SubBlock &block, const std::string &name, const Tensor &normed, const ModelConfig &config)
{
    Tensor flat = project(block, "self_attn." + name + "_proj", normed);
    Tensor heads = flat.view({flat.size(0), flat.size(1), -1, config.headDim});
    return config.qkNorm ? rmsNorm(heads, block.at("self_attn." + name + "_norm.weight"), config.normEpsilon) : heads;
}

/// Appends keys or values [B, kvHeads, T, headDim] to what the cache holds and returns all of them.
Tensor append(Tensor &store, const Tensor &added, std::int64_t used)
{
    store.narrow(2, used, added.size(2)).copy_(added);
    return store.narrow(2, 0, used + added.size(2));
}

} // namespace

Tensor gqaFeatures(const SubBlock &block, const Tensor &x, const Surroundings &around)
{
    const ModelConfig &config = around.config;
    Tensor normed = rmsNorm(x, block.at("input_layernorm.weight"), config.normEpsilon);
    Tensor queries = rotate(headsOf(block, "q", normed, config), around.rope, around.used);
    Tensor keys = rotate(headsOf(block, "k", normed, config), around.rope, around.used);
    Tensor flat = project(block, "self_attn.v_proj", normed);
    Tensor values = flat.view({flat.size(0), flat.size(1), -1, config.headDim}).transpose(1, 2);
    if (around.cache) {
        keys = append(around.cache->keys, keys, around.used);
        values = append(around.cache->values, values, around.used);
    }
    return attend(queries, keys, values);
}

} // namespace tessera::nn
