// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "tests/library/toy_parent.h"

#include "engine/base/file.h"
#include "engine/checkpoint/child_writer.h"
#include "engine/checkpoint/safetensors.h"

#include <cmath>
#include <random>

namespace tessera::test {
namespace {

ModelConfig toyConfig(const ToyShape &shape)
{
    ModelConfig config;
    config.hidden = 32;
    config.layers = shape.layers;
    config.vocabulary = kToyVocabulary;
    config.heads = 4;
    config.kvHeads = 2;
    config.headDim = 8;
    config.ffnWidth = 48;
    config.context = 128;
    config.tiedEmbeddings = shape.tied;
    config.qkvBias = config.outputBias = config.mlpBias = shape.biases;
    return config;
}

} // namespace

std::string writeToyParent(const TemporaryFolder &folder, const ToyShape &shape)
{
    ModelConfig config = toyConfig(shape);
    std::filesystem::create_directories(folder.path() / shape.name);
    Json json{{"architectures", {"LlamaForCausalLM"}}, {"model_type", "llama"}, {"hidden_size", config.hidden},
              {"num_hidden_layers", config.layers}, {"vocab_size", config.vocabulary},
              {"num_attention_heads", config.heads}, {"num_key_value_heads", config.kvHeads},
              {"head_dim", config.headDim}, {"intermediate_size", config.ffnWidth},
              {"max_position_embeddings", config.context}, {"rms_norm_eps", 1e-5}, {"rope_theta", 10000.0},
              {"hidden_act", "silu"}, {"tie_word_embeddings", shape.tied}, {"attention_bias", shape.biases},
              {"mlp_bias", shape.biases}, {"torch_dtype", shape.storedAs == StoredType::F32 ? "float32" : "bfloat16"}};
    writeTextFileAtomically(folder / (shape.name + "/config.json"), json.dump());
    std::mt19937_64 random(7);
    std::vector<TensorToWrite> tensors;
    for (const TensorSpec &spec : tensorsOf(parentArchitecture(config))) {
        bool norm = spec.name.find("norm") != std::string::npos, vector = spec.shape.size() < 2;
        std::int64_t count = 1;
        for (std::int64_t dimension : spec.shape)
            count *= dimension;
        double deviation = vector ? 0.2 : 1.2 / std::sqrt(static_cast<double>(spec.shape.back()));
        std::normal_distribution<float> normal(norm ? 1.0f : 0.0f, static_cast<float>(deviation));
        std::vector<float> values(static_cast<std::size_t>(count));
        for (float &value : values)
            value = normal(random);
        const StoredType type = shape.storedAs;
        tensors.push_back({spec.name, spec.shape, type, [values, type](const auto &sink) { sink(encodeFloats(values, type)); }});
    }
    writeSafetensors(folder.path() / shape.name / "model.safetensors", tensors, {{"format", "pt"}});
    return folder / shape.name;
}

std::string writeToyModel(const TemporaryFolder &folder, const std::string &name, const ModelArchitecture &architecture)
{
    std::mt19937_64 random(5);
    const auto produce = [&](const TensorSpec &spec, const FloatSink &sink) {
        std::int64_t count = 1;
        for (std::int64_t dimension : spec.shape)
            count *= dimension;
        std::normal_distribution<float> normal(spec.shape.size() == 1 ? 1.0f : 0.0f, 0.15f);
        std::vector<float> values(static_cast<std::size_t>(count));
        for (float &value : values)
            value = normal(random);
        sink(values);
    };
    writeChild(folder / name, architecture, StoredType::F32, produce, "");
    return folder / name;
}

std::string writeToyTokens(const TemporaryFolder &folder, const std::string &name, std::int64_t count, std::uint64_t seed)
{
    std::mt19937_64 random(seed);
    std::vector<std::int32_t> tokens(static_cast<std::size_t>(count));
    for (std::int32_t &token : tokens)
        token = static_cast<std::int32_t>(random() % kToyVocabulary);
    writeFileAtomically(folder.path() / name, [&](const auto &sink) { sink(std::as_bytes(std::span(tokens))); });
    return folder / name;
}

std::map<std::string, std::string> Collected::hashes() const
{
    std::map<std::string, std::string> result;
    for (const Json &item : items)
        result[std::to_string(item.at("layer").get<int>()) + " " + item.at("variant").get<std::string>()] =
            item.at("hash").get<std::string>();
    return result;
}

std::vector<SubBlockSource> sourcesOf(const ModelConfig &config, const std::vector<Json> &items)
{
    std::vector<SubBlockSource> sources;
    for (const Json &item : items)
        sources.push_back({item.at("layer").get<std::int64_t>(),
                           parseBlock(config, item.at("variant").get<std::string>()).front(),
                           parseOrigin(item.at("origin").get<std::string>()), item.at("file").get<std::string>(),
                           item.at("hash").get<std::string>()});
    return sources;
}

std::vector<SubBlockSource> allToyVariants(const ModelConfig &config)
{
    std::vector<SubBlockSource> wanted;
    for (std::int64_t layer = 0; layer < config.layers; ++layer)
        for (Variant variant : {gqa(1), linearVariant(Part::Attention), ffnWidth(30), ffnWidth(12), linearVariant(Part::Ffn)})
            wanted.push_back({layer, variant, Origin::Parent, {}, {}});
    return wanted;
}

} // namespace tessera::test
