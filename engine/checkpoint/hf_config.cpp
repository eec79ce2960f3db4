// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/checkpoint/hf_config.h"

#include "engine/base/error.h"
#include "engine/checkpoint/config_limits.h"
#include "engine/checkpoint/hf_blocks.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>

namespace tessera {
namespace {

/// A model family: a new one adds a row, and what is special about its members a function. What a member means where it is
/// absent is what transformers' configuration class of the family takes; 0 stands for what follows from other members.
struct FamilyRow {
    const char *modelType;
    const char *className;
    void (*readDetails)(const Json &config, const std::string &where, ModelConfig &into);
    std::int64_t kvHeads, headDim, context, window;
    bool windowUsed;                     ///< use_sliding_window where it is absent
    std::int64_t beginToken, endToken;   ///< -1: none
};

void readLlamaDetails(const Json &config, const std::string &where, ModelConfig &into)
{
    into.qkvBias = into.outputBias = boolOr(config, "attention_bias", false, where);
    into.mlpBias = boolOr(config, "mlp_bias", false, where);
}

void readMistralDetails(const Json &, const std::string &, ModelConfig &) {}

void readQwen2Details(const Json &, const std::string &, ModelConfig &into) { into.qkvBias = true; }

void readQwen3Details(const Json &config, const std::string &where, ModelConfig &into)
{
    into.qkvBias = into.outputBias = boolOr(config, "attention_bias", false, where);
    into.qkNorm = true;
}

constexpr std::array kFamilies{
    FamilyRow{"llama", "LlamaForCausalLM", readLlamaDetails, 0, 0, 2048, 0, true, 1, 2},
    FamilyRow{"mistral", "MistralForCausalLM", readMistralDetails, 8, 0, 131072, 4096, true, 1, 2},
    FamilyRow{"qwen2", "Qwen2ForCausalLM", readQwen2Details, 32, 0, 32768, 4096, false, -1, -1},
    FamilyRow{"qwen3", "Qwen3ForCausalLM", readQwen3Details, 32, 128, 32768, 4096, false, -1, -1},
    FamilyRow{"nemotron-nas", "DeciLMForCausalLM", readLlamaDetails, 0, 0, 2048, 0, true, 1, 2},
};

/// A member that changes what a model computes, in a way that Tessera does not: accepted only with these values.
struct RestrictionRow {
    const char *key;
    bool (*accepted)(const Json &value);
    const char *accepts;
};

bool isOne(const Json &value) { return value.is_number() && value.get<double>() == 1; }
bool isFalse(const Json &value) { return value.is_boolean() && !value.get<bool>(); }
bool isSilu(const Json &value) { return value == "silu" || value == "swish"; }
bool isNull(const Json &) { return false; }
bool isAtMostOne(const Json &value) { return value.is_number() && value.get<double>() <= 1; }

constexpr std::array kRestrictions{
    RestrictionRow{"hidden_act", isSilu, "\"silu\""},
    RestrictionRow{"quantization_config", isNull, "none: convert the model to BF16, F16 or F32, or use its GGUF file"},
    RestrictionRow{"compression_config", isNull, "none: convert the model to BF16, F16 or F32, or use its GGUF file"},
    RestrictionRow{"partial_rotary_factor", isOne, "1"},
    RestrictionRow{"is_encoder_decoder", isFalse, "false"},
    RestrictionRow{"num_experts", isAtMostOne, "at most 1"},
    RestrictionRow{"num_local_experts", isAtMostOne, "at most 1"},
    RestrictionRow{"attn_logit_softcapping", isNull, "null"},
    RestrictionRow{"final_logit_softcapping", isNull, "null"},
    RestrictionRow{"attention_multiplier", isNull, "null"},
    RestrictionRow{"embedding_multiplier", isOne, "1"},
    RestrictionRow{"residual_multiplier", isOne, "1"},
    RestrictionRow{"logits_scaling", isOne, "1"},
    RestrictionRow{"no_rope_layers", isNull, "null"},
};

void checkRestrictions(const Json &config, const std::string &where)
{
    for (const RestrictionRow &row : kRestrictions) {
        auto value = config.find(row.key);
        if (value == config.end() || value->is_null() || row.accepted(*value))
            continue;
        std::string shown = value->is_primitive() ? value->dump(-1, ' ', true, Json::error_handler_t::replace).substr(0, 80)
                                                  : "what it has";
        throw badInput("\"" + std::string(row.key) + "\" in " + where + " is not supported with " + shown
                       + "; Tessera reads it with " + row.accepts);
    }
}

/// The sliding window in tokens; 0: none. Full attention is all that Tessera computes, and a window changes nothing in a
/// sequence that is no longer than it.
std::int64_t slidingWindow(const Json &config, const std::string &where, const FamilyRow &family)
{
    if (!boolOr(config, "use_sliding_window", family.windowUsed, where))
        return 0;
    if (!config.contains("sliding_window"))
        return family.window;
    std::int64_t window = integerOr(config, "sliding_window", 0, where);
    if (window < 1 && !config["sliding_window"].is_null())
        throw badInput("\"sliding_window\" in " + where + " must be null or at least 1");
    return window;
}

void checkLayerTypes(const Json &config, const std::string &where, bool windowed)
{
    auto kinds = config.find("layer_types");
    if (kinds == config.end() || kinds->is_null())
        return;
    auto known = [&](const Json &kind) { return kind == "full_attention" || (windowed && kind == "sliding_attention"); };
    if (!kinds->is_array() || !std::all_of(kinds->begin(), kinds->end(), known))
        throw badInput("\"layer_types\" in " + where + " must be \"full_attention\" for every layer, or \"sliding_attention\" where "
                       "\"sliding_window\" says how long");
}

const FamilyRow &familyOf(const Json &config, const std::string &where)
{
    std::string type = requireString(config, "model_type", where);
    if (type == kChildType) {
        if (!config.contains(kChildMember))
            throw badInput(where + " lacks \"tessera\", which says what each layer is");
        type = stringOr(config[kChildMember], "family", "llama", "\"tessera\" in " + where);
    }
    for (const FamilyRow &row : kFamilies)
        if (type == row.modelType)
            return row;
    throw badInput("\"model_type\" in " + where + " is \"" + type.substr(0, 80)
                   + "\", which Tessera does not support; it reads llama, mistral, qwen2, qwen3 and nemotron-nas");
}

/// Checkpoints of other heads (classification, the bare decoder) have other tensors.
void checkClass(const Json &config, const std::string &where, const FamilyRow &family)
{
    auto classes = config.find("architectures");
    if (classes == config.end() || !classes->is_array() || classes->empty())
        return;
    const Json &name = classes->front();
    if (name == family.className || name == "TesseraForCausalLM")
        return;
    throw badInput("\"architectures\" in " + where + " names "
                   + name.dump(-1, ' ', true, Json::error_handler_t::replace).substr(0, 80) + "; Tessera reads "
                   + family.className);
}

/// A token id, a list of them or null; negative ids mean none.
std::vector<std::int64_t> readTokens(const Json &value, const char *key, const std::string &where)
{
    std::vector<std::int64_t> tokens;
    const Json list = value.is_array() ? value : value.is_null() ? Json::array() : Json::array({value});
    for (const Json &token : list) {
        bool fits = token.is_number_unsigned() ? token.get<std::uint64_t>() <= INT32_MAX : token.is_number_integer();
        if (!fits)
            throw badInput("\"" + std::string(key) + "\" in " + where + " must be a token id, a list of them or null");
        if (token.get<std::int64_t>() >= 0)
            tokens.push_back(token.get<std::int64_t>());
    }
    return tokens;
}

/// A token id that the family has where the member is absent.
std::vector<std::int64_t> readTokenOr(const Json &config, const char *key, std::int64_t otherwise, const std::string &where)
{
    return readTokens(config.contains(key) ? config[key] : Json(otherwise), key, where);
}

ModelConfig readConfig(const Json &config, const std::string &where)
{
    const FamilyRow &family = familyOf(config, where);
    checkClass(config, where, family);
    ModelConfig model;
    bool mixed = config.contains(kBlocksMember) && !config[kBlocksMember].is_null();
    model.architecture = family.modelType == kDeciType ? "llama" : family.modelType;
    model.hidden = requireInteger(config, "hidden_size", where);
    model.layers = requireInteger(config, "num_hidden_layers", where);
    model.vocabulary = requireInteger(config, "vocab_size", where);
    model.heads = requireInteger(config, "num_attention_heads", where);
    model.ffnWidth = mixed ? integerOr(config, "intermediate_size", 1, where) : requireInteger(config, "intermediate_size", where);
    std::int64_t kvHeads = family.kvHeads > 0 && !config.contains("num_key_value_heads") ? family.kvHeads : model.heads;
    model.kvHeads = integerOr(config, "num_key_value_heads", kvHeads, where);
    model.context = integerOr(config, "max_position_embeddings", family.context, where);
    model.headDim = integerOr(config, "head_dim", config.contains("head_dim") ? 0 : family.headDim, where);
    if (model.headDim == 0) {
        if (model.heads < 1 || model.hidden % model.heads != 0)
            throw badInput(where + " has no \"head_dim\", and its hidden_size is no multiple of its num_attention_heads");
        model.headDim = model.hidden / model.heads;
    }
    model.normEpsilon = numberOr(config, "rms_norm_eps", 1e-6, where);
    model.tiedEmbeddings = boolOr(config, "tie_word_embeddings", false, where);
    family.readDetails(config, where, model);
    readRope(config, where, model);
    model.beginTokens = readTokenOr(config, "bos_token_id", family.beginToken, where);
    model.endTokens = readTokenOr(config, "eos_token_id", family.endToken, where);
    std::int64_t window = slidingWindow(config, where, family);
    checkLayerTypes(config, where, window > 0);
    if (window > 0)
        model.context = std::min(model.context, window);
    checkLimits(model, where);
    checkRestrictions(config, where);
    return model;
}

std::vector<LayerChoice> readLayers(const Json &child, const ModelConfig &config, const std::string &where)
{
    if (requireInteger(child, "version", where) != kChildVersion)
        throw badInput(where + " has a version that this Tessera does not read; use a newer one");
    auto list = child.find("layers");
    if (list == child.end() || !list->is_array() || list->size() != static_cast<std::size_t>(config.layers))
        throw badInput(where + " must have \"layers\", a list with one entry for each of the " + std::to_string(config.layers)
                       + " layers");
    std::vector<LayerChoice> layers;
    for (const Json &entry : *list) {
        std::string place = "layer " + std::to_string(layers.size()) + " of " + where;
        LayerChoice choice;
        for (Part part : {Part::Attention, Part::Ffn}) {
            choice.of(part) = parseVariant(part, requireString(entry, toString(part), place));
            std::string why = whyImpossible(config, choice.of(part));
            if (why.empty() && choice.of(part).size > (part == Part::Attention ? config.heads : std::int64_t{1} << 24))
                why = "its " + toString(part) + " is too large";
            if (!why.empty())
                throw badInput(place + " is impossible: " + why);
        }
        layers.push_back(choice);
    }
    return layers;
}

} // namespace

ModelArchitecture parseHfConfig(const Json &config, const std::string &where)
{
    if (!config.is_object())
        throw badInput(where + " must be a JSON object");
    ModelConfig model = readConfig(config, where);
    auto child = config.find(kChildMember);
    if (config.contains(kBlocksMember) && !config[kBlocksMember].is_null())
        return parseBlockConfigs(config[kBlocksMember], model, "\"block_configs\" in " + where);
    if (child == config.end())
        return parentArchitecture(model);
    return {model, readLayers(*child, model, "\"tessera\" in " + where)};
}

void applyGenerationConfig(const Json &generation, const std::string &where, ModelConfig &config)
{
    if (!generation.is_object())
        throw badInput(where + " must be a JSON object");
    if (generation.contains("bos_token_id"))
        config.beginTokens = readTokens(generation["bos_token_id"], "bos_token_id", where);
    if (generation.contains("eos_token_id"))
        config.endTokens = readTokens(generation["eos_token_id"], "eos_token_id", where);
}

} // namespace tessera
