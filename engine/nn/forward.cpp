// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/nn/forward.h"

#include "engine/base/error.h"
#include "engine/nn/device.h"
#include "engine/nn/kinds.h"

#include <cmath>

namespace tessera::nn {
namespace {

constexpr double kTwoPi = 6.283185307179586476925286766559;

/// Frequencies per pair of dimensions, float32 [headDim / 2].
Tensor ropeFrequencies(const ModelConfig &config)
{
    Tensor exponents = at::arange(0, config.headDim, 2, at::kLong).to(at::kFloat) / static_cast<double>(config.headDim);
    Tensor frequencies = 1.0 / at::pow(config.ropeBase, exponents);
    const RopeScaling &scaling = config.ropeScaling;
    if (scaling.kind == RopeScaling::Kind::None)
        return frequencies;
    Tensor stretched = frequencies / scaling.factor;
    if (scaling.kind == RopeScaling::Kind::Linear)
        return stretched;
    // Llama 3: long waves are stretched, short ones kept, those between interpolated.
    auto original = static_cast<double>(scaling.originalContext);
    double low = scaling.lowFrequencyFactor, high = scaling.highFrequencyFactor;
    Tensor waves = kTwoPi / frequencies;
    Tensor smooth = (original / waves - low) / (high - low);
    Tensor between = (1 - smooth) * frequencies / scaling.factor + smooth * frequencies;
    Tensor mixed = at::where(waves > original / low, stretched, between);
    return at::where(waves < original / high, frequencies, mixed);
}

} // namespace

Rope makeRope(const ModelConfig &config, std::int64_t length)
{
    at::NoGradGuard noGrad;
    Tensor positions = at::arange(length, at::kFloat);
    Tensor angles = at::outer(positions, ropeFrequencies(config));
    Tensor both = at::cat({angles, angles}, 1);
    return {here(both.cos()), here(both.sin())};
}

KvCache makeKvCache(const Model &model, std::int64_t batch, std::int64_t capacity)
{
    KvCache cache;
    cache.capacity = capacity;
    auto options = model.embedding.options().requires_grad(false);
    for (const Layer &layer : model.layers) {
        KvCache::Entry entry;
        if (kindOf(layer.attention.variant).keepsKeys) {
            std::int64_t kvHeads = layer.attention.variant.size;
            entry.keys = at::empty({batch, kvHeads, capacity, model.config.headDim}, options);
            entry.values = at::empty_like(entry.keys);
        }
        cache.layers.push_back(entry);
    }
    return cache;
}

Tensor features(const ModelConfig &config, const SubBlock &block, const Tensor &x, const Rope &rope,
                KvCache::Entry *cache, std::int64_t used)
{
    const Kind &kind = kindOf(block.variant);
    if (!kind.features)
        throw failed(toString(block.variant) + " has no features");
    return kind.features(block, x, {config, rope, cache, used});
}

std::string lastMatrixOf(const Variant &variant)
{
    const char *name = kindOf(variant).lastMatrix;
    return name ? std::string(name) + ".weight" : std::string();
}

Tensor increment(const ModelConfig &config, const SubBlock &block, const Tensor &x, const Rope &rope,
                 KvCache::Entry *cache, std::int64_t used)
{
    const Kind &kind = kindOf(block.variant);
    if (!kind.features)
        return at::zeros_like(x);
    return project(block, kind.lastMatrix, kind.features(block, x, {config, rope, cache, used}));
}

Tensor applySubBlock(const ModelConfig &config, const SubBlock &block, const Tensor &x, const Rope &rope,
                     KvCache::Entry *cache, std::int64_t used)
{
    return kindOf(block.variant).features ? x + increment(config, block, x, rope, cache, used) : x;
}

Tensor applyLayer(const ModelConfig &config, const Layer &layer, const Tensor &x, const Rope &rope, KvCache::Entry *cache,
                  std::int64_t used)
{
    Tensor between = applySubBlock(config, layer.attention, x, rope, cache, used);
    return applySubBlock(config, layer.ffn, between, rope);
}

Tensor embed(const Model &model, const Tensor &tokens) { return at::embedding(model.embedding, tokens.to(model.embedding.device())); }

Tensor applyLayers(const Model &model, Tensor x, const Rope &rope, std::int64_t first, std::int64_t end, KvCache *cache)
{
    if (end < 0)
        end = static_cast<std::int64_t>(model.layers.size());
    std::int64_t used = cache ? cache->used : 0, length = x.size(1);
    if (used + length > rope.cosine.size(0) || (cache && used + length > cache->capacity))
        throw failed("a sequence of " + std::to_string(used + length) + " tokens is longer than what was prepared for");
    for (std::int64_t layer = first; layer < end; ++layer) {
        auto index = static_cast<std::size_t>(layer);
        x = applyLayer(model.config, model.layers.at(index), x, rope, cache ? &cache->layers[index] : nullptr, used);
    }
    if (cache)
        cache->used += length;
    return x;
}

Tensor finalHidden(const Model &model, const Tensor &x) { return rmsNorm(x, model.finalNorm, model.config.normEpsilon); }

Tensor logitsOf(const Model &model, const Tensor &hidden) { return affine(hidden, model.head, {}); }

Tensor forward(const Model &model, const Tensor &tokens)
{
    Rope rope = makeRope(model.config, tokens.size(1));
    return logitsOf(model, finalHidden(model, applyLayers(model, embed(model, tokens), rope)));
}

} // namespace tessera::nn
