// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/nn/random_model.h"

#include <cstdint>
#include <vector>

namespace tessera::test {

/// A configuration whose sizes all differ, so that mixed-up dimensions do not go unnoticed.
inline ModelConfig exampleConfig(bool biases = false)
{
    ModelConfig config;
    config.hidden = 24;
    config.layers = 3;
    config.vocabulary = 61;
    config.heads = 6;
    config.kvHeads = 2;
    config.headDim = 8;
    config.ffnWidth = 40;
    config.context = 512;
    config.qkvBias = config.outputBias = config.mlpBias = biases;
    return config;
}

/// Random weights, norms and biases, with logits of a size that real models have.
inline nn::Model exampleModel(const ModelArchitecture &architecture, std::uint64_t seed = 1, at::ScalarType dtype = at::kFloat)
{
    at::manual_seed(seed);
    nn::Model model = nn::randomModel(architecture, at::kFloat, 0.3);
    auto vary = [dtype](at::Tensor &tensor) {
        tensor = (tensor.dim() > 1 ? tensor : tensor + at::randn_like(tensor) * 0.2).to(dtype);
    };
    for (nn::Layer &layer : model.layers)
        for (Part part : {Part::Attention, Part::Ffn})
            for (auto &[name, tensor] : layer.of(part).tensors)
                vary(tensor);
    vary(model.finalNorm);
    model.embedding = model.embedding.to(dtype);
    model.head = architecture.config.tiedEmbeddings ? model.embedding : model.head.to(dtype);
    model.dtype = dtype;
    return model;
}

inline std::vector<std::int64_t> exampleTokens(std::int64_t count, std::int64_t vocabulary, std::uint64_t seed = 7)
{
    std::vector<std::int64_t> tokens;
    std::uint64_t state = seed;
    for (std::int64_t i = 0; i < count; ++i) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        tokens.push_back(static_cast<std::int64_t>((state >> 33) % static_cast<std::uint64_t>(vocabulary)));
    }
    return tokens;
}

inline at::Tensor asTensor(const std::vector<std::int64_t> &tokens)
{
    return at::tensor(tokens, at::kLong).view({1, static_cast<std::int64_t>(tokens.size())});
}

} // namespace tessera::test
