// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/checkpoint/hf_config.h"

#include "engine/base/error.h"

namespace tessera {
namespace {

Json tokensToJson(const std::vector<std::int64_t> &tokens)
{
    return tokens.empty() ? Json(nullptr) : tokens.size() == 1 ? Json(tokens.front()) : Json(tokens);
}

const char *torchType(StoredType type)
{
    switch (type) {
    case StoredType::F32: return "float32";
    case StoredType::F16: return "float16";
    case StoredType::BF16: return "bfloat16";
    default: throw failed("a child cannot be stored as " + toString(type) + "; use F32, F16 or BF16");
    }
}

struct FamilyClass {
    const char *modelType;
    const char *className;
};
constexpr FamilyClass kClasses[] = {
    {"llama", "LlamaForCausalLM"}, {"mistral", "MistralForCausalLM"}, {"qwen2", "Qwen2ForCausalLM"}, {"qwen3", "Qwen3ForCausalLM"}};

/// The class of a family that has exactly these biases and norms; nothing where there is none.
const char *classOf(const ModelConfig &config)
{
    bool qwen2 = config.architecture == "qwen2", qwen3 = config.architecture == "qwen3", llama = config.architecture == "llama";
    bool biases = qwen2 ? config.qkvBias && !config.outputBias : config.qkvBias == config.outputBias;
    bool fits = biases && config.qkNorm == qwen3 && (llama || !config.mlpBias) && (llama || qwen2 || qwen3 || !config.qkvBias);
    for (const FamilyClass &row : kClasses)
        if (fits && config.architecture == row.modelType)
            return row.className;
    return nullptr;
}

} // namespace

Json toHfConfig(const ModelArchitecture &model, StoredType type)
{
    const ModelConfig &config = model.config;
    const char *className = classOf(config);
    if (model.layers.empty() || !className)
        throw failed("config.json of the " + config.architecture + " family cannot describe this model");
    bool uniform = isUniform(model.layers);
    Json json{{"model_type", uniform ? config.architecture : kChildType},
              {"architectures", {uniform ? className : "TesseraForCausalLM"}},
              {"hidden_size", config.hidden},
              {"num_hidden_layers", model.layers.size()},
              {"vocab_size", config.vocabulary},
              {"num_attention_heads", config.heads},
              {"num_key_value_heads", uniform ? model.layers.front().attention.size : config.kvHeads},
              {"head_dim", config.headDim},
              {"intermediate_size", uniform ? model.layers.front().ffn.size : config.ffnWidth},
              {"max_position_embeddings", config.context},
              {"hidden_act", "silu"},
              {"rms_norm_eps", config.normEpsilon},
              {"tie_word_embeddings", config.tiedEmbeddings},
              {"bos_token_id", tokensToJson(config.beginTokens)},
              {"eos_token_id", tokensToJson(config.endTokens)},
              {"torch_dtype", torchType(type)}};
    // Families that have no such members take them for something else or not at all.
    if (config.architecture == "llama" || config.architecture == "qwen3")
        json["attention_bias"] = config.qkvBias;
    if (config.architecture == "llama")
        json["mlp_bias"] = config.mlpBias;
    if (config.architecture == "mistral")
        json["sliding_window"] = nullptr;
    if (config.architecture.starts_with("qwen"))
        json["use_sliding_window"] = false;
    writeRope(config, json);
    Json layers = Json::array();
    for (const LayerChoice &layer : model.layers)
        layers.push_back({{"attention", shortName(layer.attention)}, {"ffn", shortName(layer.ffn)}});
    json[kChildMember] = {{"version", kChildVersion}, {"layers", std::move(layers)}};
    if (config.architecture != "llama")
        json[kChildMember]["family"] = config.architecture;
    return json;
}

} // namespace tessera
