// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/checkpoint/hf_config.h"

#include "engine/base/error.h"

#include <algorithm>

namespace tessera {
namespace {

Json tokensToJson(const std::vector<std::int64_t> &tokens)
{
    return tokens.empty() ? Json(nullptr) : tokens.size() == 1 ? Json(tokens.front()) : Json(tokens);
}

bool isUniform(const ModelArchitecture &model)
{
    const LayerChoice &first = model.layers.front();
    return first.attention.kind == VariantKind::Gqa && first.ffn.kind == VariantKind::Width
        && std::all_of(model.layers.begin(), model.layers.end(), [&](const LayerChoice &l) { return l == first; });
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

} // namespace

Json toHfConfig(const ModelArchitecture &model, StoredType type)
{
    const ModelConfig &config = model.config;
    if (model.layers.empty() || config.architecture != "llama" || config.qkvBias != config.outputBias || config.qkNorm)
        throw failed("config.json of the llama family cannot describe this model");
    bool uniform = isUniform(model);
    Json json{{"model_type", uniform ? "llama" : kChildType},
              {"architectures", {uniform ? "LlamaForCausalLM" : "TesseraForCausalLM"}},
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
              {"attention_bias", config.qkvBias},
              {"mlp_bias", config.mlpBias},
              {"bos_token_id", tokensToJson(config.beginTokens)},
              {"eos_token_id", tokensToJson(config.endTokens)},
              {"torch_dtype", torchType(type)}};
    writeRope(config, json);
    Json layers = Json::array();
    for (const LayerChoice &layer : model.layers)
        layers.push_back({{"attention", shortName(layer.attention)}, {"ffn", shortName(layer.ffn)}});
    json[kChildMember] = {{"version", kChildVersion}, {"layers", std::move(layers)}};
    return json;
}

} // namespace tessera
