// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/nn/kernels.h"
#include "engine/nn/kinds.h"

#include <algorithm>
#include <cmath>

namespace tessera::nn {
namespace {

/// Queries that are compared with their keys at once: the keys after a block are never looked at, which halves the work
/// of long windows.
constexpr std::int64_t kQueryBlock = 128;

/// [B, T, heads * headDim] to [B, T, heads, headDim], each head normalised where the model does so (Qwen3).
Tensor headsOf(const SubBlock &block, const std::string &name, const Tensor &normed, const ModelConfig &config)
{
    Tensor flat = project(block, "self_attn." + name + "_proj", normed);
    Tensor heads = flat.view({flat.size(0), flat.size(1), -1, config.headDim});
    return config.qkNorm ? rmsNorm(heads, block.at("self_attn." + name + "_norm.weight"), config.normEpsilon) : heads;
}

/// Keys and values [B, kvHeads, K, headDim] of all positions so far, the new ones [B, T, kvHeads, headDim] included.
std::pair<Tensor, Tensor> withEarlier(const Tensor &keys, const Tensor &values, KvCache::Entry *cache, std::int64_t used)
{
    if (!cache)
        return {keys.transpose(1, 2), values.transpose(1, 2)};
    std::int64_t length = keys.size(1);
    cache->keys.narrow(2, used, length).copy_(keys.transpose(1, 2));
    cache->values.narrow(2, used, length).copy_(values.transpose(1, 2));
    return {cache->keys.narrow(2, 0, used + length), cache->values.narrow(2, 0, used + length)};
}

/// Causal attention of queries [B, T, heads, D] over keys and values [B, kvHeads, K, D], K >= T; [B, T, heads * D]. The
/// query heads of a kv head are rows of one product, so that keys and values are never repeated.
Tensor attend(const Tensor &queries, const Tensor &keys, const Tensor &values)
{
    std::int64_t batch = queries.size(0), length = queries.size(1), heads = queries.size(2), dim = queries.size(3);
    std::int64_t kvHeads = keys.size(1), group = heads / kvHeads, earlier = keys.size(2) - length;
    Tensor grouped = queries.view({batch, length, kvHeads, group, dim}).permute({0, 2, 3, 1, 4});
    Tensor flatKeys = keys.reshape({batch * kvHeads, -1, dim}), flatValues = values.reshape({batch * kvHeads, -1, dim});
    double scale = 1 / std::sqrt(static_cast<double>(dim));
    std::vector<Tensor> blocks;
    for (std::int64_t first = 0; first < length; first += kQueryBlock) {
        std::int64_t rows = std::min(kQueryBlock, length - first), seen = earlier + first + rows;
        Tensor q = grouped.narrow(3, first, rows).reshape({batch * kvHeads, group * rows, dim});
        Tensor scores = at::bmm(q, flatKeys.narrow(1, 0, seen).transpose(1, 2));
        Tensor weights = causalSoftmax(scores.view({batch * heads, rows, seen}), scale);
        Tensor mixed = at::bmm(weights.view({batch * kvHeads, group * rows, seen}), flatValues.narrow(1, 0, seen));
        blocks.push_back(mixed.view({batch, heads, rows, dim}).transpose(1, 2));
    }
    Tensor all = blocks.size() == 1 ? blocks.front() : at::cat(blocks, 1);
    return all.reshape({batch, length, heads * dim});
}

} // namespace

Tensor gqaFeatures(const SubBlock &block, const Tensor &x, const Surroundings &around)
{
    const ModelConfig &config = around.config;
    Tensor normed = rmsNorm(x, block.at("input_layernorm.weight"), config.normEpsilon);
    Tensor queries = rotate(headsOf(block, "q", normed, config), around.rope, around.used);
    Tensor keys = rotate(headsOf(block, "k", normed, config), around.rope, around.used);
    Tensor flat = project(block, "self_attn.v_proj", normed);
    Tensor heads = flat.view({flat.size(0), flat.size(1), -1, config.headDim});
    auto [allKeys, allValues] = withEarlier(keys, heads, around.cache, around.used);
    return attend(queries, allKeys, allValues);
}

} // namespace tessera::nn
