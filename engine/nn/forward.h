// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/nn/model.h"

#include <optional>

namespace tessera::nn {

/// Cosines and sines of the rotary embedding for positions [0, length), float32, length x headDim. Frequencies follow
/// the configuration's scaling (none, linear, llama3) and are computed in float32 as transformers does.
struct Rope {
    Tensor cosine, sine;
};
Rope makeRope(const ModelConfig &config, std::int64_t length);

/// Keys and values of one layer: batch x kvHeads x capacity x headDim, of which the first used positions are filled.
/// Attention variants without keys leave theirs empty.
struct KvCache {
    struct Entry {
        Tensor keys, values;
    };
    std::vector<Entry> layers;
    std::int64_t used = 0;
    std::int64_t capacity = 0;
};
KvCache makeKvCache(const Model &model, std::int64_t batch, std::int64_t capacity);

/// RMS norm over the last dimension, computed in float32 and rounded to x's type before the weight is applied.
Tensor rmsNorm(const Tensor &x, const Tensor &weight, double epsilon);

/// The input of the sub-block's last matrix ("features"): for attention with keys the concatenated heads
/// [B, T, heads * headDim], for a width FFN silu(gate) * up [B, T, width], for linear variants the normalised input
/// [B, T, hidden]. x is the residual stream before the sub-block, [B, T, hidden]. Not for none. cache, where given, is this
/// layer's entry, holding "used" earlier positions; it is extended in place.
Tensor features(const ModelConfig &config, const SubBlock &block, const Tensor &x, const Rope &rope,
                KvCache::Entry *cache = nullptr, std::int64_t used = 0);
/// Name of the sub-block's last matrix ("self_attn.o_proj.weight", ...); empty for none.
std::string lastMatrixOf(const Variant &variant);

/// What the sub-block adds to the residual stream, [B, T, hidden]; zeros for none.
Tensor increment(const ModelConfig &config, const SubBlock &block, const Tensor &x, const Rope &rope,
                 KvCache::Entry *cache = nullptr, std::int64_t used = 0);

/// x + increment; x itself for none.
Tensor applySubBlock(const ModelConfig &config, const SubBlock &block, const Tensor &x, const Rope &rope,
                     KvCache::Entry *cache = nullptr, std::int64_t used = 0);
Tensor applyLayer(const ModelConfig &config, const Layer &layer, const Tensor &x, const Rope &rope,
                  KvCache::Entry *cache = nullptr, std::int64_t used = 0);

/// tokens: int64 [B, T].
Tensor embed(const Model &model, const Tensor &tokens);
/// Residual stream after layers [first, end); end -1 for all.
Tensor applyLayers(const Model &model, Tensor x, const Rope &rope, std::int64_t first = 0, std::int64_t end = -1,
                   KvCache *cache = nullptr);
/// The hidden states after the final norm, and logits in the model's type.
Tensor finalHidden(const Model &model, const Tensor &x);
Tensor logitsOf(const Model &model, const Tensor &hidden);
Tensor forward(const Model &model, const Tensor &tokens);

} // namespace tessera::nn
