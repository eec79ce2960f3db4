// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/architecture/model_architecture.h"
#include "engine/base/json.h"
#include "engine/checkpoint/safetensors.h"
#include "tests/checkpoint/file_builders.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <random>
#include <string>
#include <vector>

namespace tessera::test {

inline Json tinyConfigJson()
{
    return {{"architectures", {"LlamaForCausalLM"}}, {"model_type", "llama"}, {"hidden_size", 16}, {"num_hidden_layers", 2},
            {"vocab_size", 20}, {"num_attention_heads", 4}, {"num_key_value_heads", 2}, {"intermediate_size", 24},
            {"max_position_embeddings", 64}, {"rms_norm_eps", 1e-5}, {"hidden_act", "silu"}, {"rope_theta", 10000.0},
            {"tie_word_embeddings", false}, {"torch_dtype", "float32"}};
}

/// What tinyConfigJson says, written down by hand.
inline ModelConfig tinyConfig()
{
    ModelConfig config;
    config.hidden = 16;
    config.layers = 2;
    config.vocabulary = 20;
    config.heads = 4;
    config.kvHeads = 2;
    config.headDim = 4;
    config.ffnWidth = 24;
    config.context = 64;
    config.beginTokens = {1};
    config.endTokens = {2};
    return config;
}

/// Weights that every test can make again: they depend on the tensor's name and shape alone.
inline std::vector<float> weightsOf(const TensorSpec &spec)
{
    std::size_t count = 1;
    for (std::int64_t dimension : spec.shape)
        count *= static_cast<std::size_t>(dimension);
    std::mt19937 random(static_cast<unsigned>(std::hash<std::string>()(spec.name)));
    std::normal_distribution<float> normal(0, 0.1f);
    std::vector<float> values(count);
    for (float &value : values)
        value = normal(random);
    return values;
}

inline TensorToWrite tensorToWrite(const TensorSpec &spec, StoredType type)
{
    return {spec.name, spec.shape, type, [=](const auto &sink) { sink(encodeFloats(weightsOf(spec), type)); }};
}

inline std::vector<TensorToWrite> tensorsToWrite(const std::vector<TensorSpec> &specs, StoredType type)
{
    std::vector<TensorToWrite> tensors;
    for (const TensorSpec &spec : specs)
        tensors.push_back(tensorToWrite(spec, type));
    return tensors;
}

/// A folder with config.json and model.safetensors.
inline void writeFolder(const std::filesystem::path &folder, const Json &config, const std::vector<TensorToWrite> &tensors)
{
    std::filesystem::create_directories(folder);
    put(folder / "config.json", config.dump());
    writeSafetensors(folder / "model.safetensors", tensors, {{"format", "pt"}});
}

} // namespace tessera::test
