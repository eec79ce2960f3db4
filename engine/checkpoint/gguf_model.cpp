// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/checkpoint/gguf_model.h"

#include "engine/architecture/model_architecture.h"
#include "engine/base/error.h"
#include "engine/checkpoint/config_limits.h"
#include "engine/checkpoint/numbers.h"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <vector>

namespace tessera {
namespace {

constexpr std::array<std::string_view, 4> kArchitectures{"llama", "qwen2", "qwen3", "deci"};

struct NameRow {
    std::string_view ours; ///< Behind "model.layers.N.", or the whole name.
    std::string_view gguf; ///< Behind "blk.N.", or the whole name.
};
constexpr std::array kFixedNames{
    NameRow{"model.embed_tokens.weight", "token_embd.weight"},
    NameRow{"model.norm.weight", "output_norm.weight"},
    NameRow{"lm_head.weight", "output.weight"},
};
constexpr std::array kLayerNames{
    NameRow{"input_layernorm", "attn_norm"},     NameRow{"self_attn.q_proj", "attn_q"},
    NameRow{"self_attn.k_proj", "attn_k"},       NameRow{"self_attn.v_proj", "attn_v"},
    NameRow{"self_attn.o_proj", "attn_output"},  NameRow{"self_attn.q_norm", "attn_q_norm"},
    NameRow{"self_attn.k_norm", "attn_k_norm"},  NameRow{"post_attention_layernorm", "ffn_norm"},
    NameRow{"mlp.gate_proj", "ffn_gate"},        NameRow{"mlp.up_proj", "ffn_up"},
    NameRow{"mlp.down_proj", "ffn_down"},        NameRow{"self_attn.linear_attn", "attn_output"},
};

/// "llama." and so on: what the keys of a file begin with.
std::string prefixOf(const GgufFile &file)
{
    std::string_view architecture = file.requireString("general.architecture");
    if (std::find(kArchitectures.begin(), kArchitectures.end(), architecture) == kArchitectures.end())
        throw badInput("\"general.architecture\" in " + file.where() + " is \"" + std::string(architecture.substr(0, 80))
                       + "\", which Tessera does not support; it reads GGUF files of architecture llama, qwen2, qwen3 and deci");
    return std::string(architecture) + ".";
}

/// A whole number that llama.cpp lets vary by layer: the largest one where files of the architecture may do so, otherwise all
/// must be equal.
std::optional<std::int64_t> byLayer(const GgufFile &file, const std::string &prefix, const std::string &name)
{
    std::string key = prefix + name;
    if (!file.isArray(key))
        return file.integer(key);
    std::vector<std::int64_t> values = *file.integers(key);
    if (values.empty())
        throw badInput("\"" + key + "\" in " + file.where() + " is an empty array");
    auto [least, most] = std::minmax_element(values.begin(), values.end());
    if (*least != *most && prefix != "deci.")
        throw badInput("\"" + key + "\" in " + file.where() + " differs by layer, which Tessera does not support in GGUF files of this architecture");
    return *most;
}

std::int64_t requireByLayer(const GgufFile &file, const std::string &prefix, const std::string &name)
{
    std::optional<std::int64_t> value = byLayer(file, prefix, name);
    if (!value)
        throw badInput(file.where() + " lacks the metadata key \"" + prefix + name + "\"");
    return *value;
}

void requireValue(const GgufFile &file, const std::string &key, double accepted)
{
    if (file.number(key).value_or(accepted) != accepted)
        throw badInput("\"" + key + "\" in " + file.where() + " is not supported with a value other than "
                       + std::to_string(static_cast<std::int64_t>(accepted)));
}

void checkSupported(const GgufFile &file, const std::string &prefix)
{
    if (file.integer("split.count").value_or(1) > 1)
        throw badInput(file.where() + " is one part of a split GGUF file (split.count); merge the parts with llama-gguf-split --merge");
    requireValue(file, prefix + "expert_count", 0);
    requireValue(file, prefix + "embedding_scale", 1);
    requireValue(file, prefix + "residual_scale", 1);
    requireValue(file, prefix + "logit_scale", 1);
    if (file.has(prefix + "attention.scale"))
        throw badInput("\"" + prefix + "attention.scale\" in " + file.where() + " is not supported");
}

void readHeads(const GgufFile &file, const std::string &prefix, ModelConfig &config)
{
    config.heads = requireByLayer(file, prefix, "attention.head_count");
    config.kvHeads = byLayer(file, prefix, "attention.head_count_kv").value_or(config.heads);
    if (prefix == "deci." && config.kvHeads == 0)
        config.kvHeads = config.heads;
    std::optional<std::int64_t> keyLength = file.integer(prefix + "attention.key_length");
    if (!keyLength && (config.heads < 1 || config.hidden % config.heads != 0))
        throw badInput(file.where() + " has no " + prefix + "attention.key_length, and its embedding_length is no multiple of its head_count");
    config.headDim = keyLength ? *keyLength : config.hidden / config.heads;
    for (const char *key : {"attention.value_length", "rope.dimension_count"})
        if (file.integer(prefix + key).value_or(config.headDim) != config.headDim)
            throw badInput("\"" + prefix + key + "\" in " + file.where() + " differs from the head dimension "
                           + std::to_string(config.headDim) + ", which Tessera does not support");
}

/// rope_freqs.weight as llama3 scaling; base, headDim and context are known.
RopeScaling readFactors(const GgufFile &file, const StoredTensor &tensor, const ModelConfig &config)
{
    if (tensor.type != StoredType::F32 || tensor.shape != std::vector<std::int64_t>{config.headDim / 2})
        throw badInput("rope_freqs.weight in " + file.where() + " must be F32 with one number for each of the "
                       + std::to_string(config.headDim / 2) + " frequencies");
    std::vector<float> factors(static_cast<std::size_t>(config.headDim / 2));
    decodeFloats(tensor.type, tensor.bytes, factors);
    if (std::optional<RopeScaling> scaling = scalingOfFactors(factors, config.ropeBase, config.headDim, config.context))
        return *scaling;
    throw badInput("rope_freqs.weight in " + file.where()
                   + " scales frequencies in a way that is not llama3 rope scaling, which Tessera does not support");
}

void readRope(const GgufFile &file, const std::string &prefix, ModelConfig &config)
{
    config.ropeBase = file.number(prefix + "rope.freq_base").value_or(10000);
    // Without a type llama.cpp takes linear; the second key is how older files give the factor.
    std::string_view word = file.string(prefix + "rope.scaling.type").value_or("linear");
    if (word != "none" && word != "linear")
        throw badInput("\"" + prefix + "rope.scaling.type\" in " + file.where() + " is \"" + std::string(word.substr(0, 80))
                       + "\", which Tessera does not support (it knows none and linear)");
    std::optional<double> factor = file.number(prefix + "rope.scaling.factor");
    if (!factor)
        factor = file.number(prefix + "rope.scale_linear");
    if (word == "linear" && factor.value_or(0) != 0 && *factor != 1)
        config.ropeScaling = {RopeScaling::Kind::Linear, *factor, 1, 4, 0};
    checkLimits(config, file.where());
    const StoredTensor *factors = file.find("rope_freqs.weight");
    if (!factors)
        return;
    RopeScaling byFrequency = readFactors(file, *factors, config);
    if (byFrequency.kind != RopeScaling::Kind::None && config.ropeScaling.kind != RopeScaling::Kind::None)
        throw badInput(file.where() + " has both linear rope scaling and rope_freqs.weight, which Tessera does not support");
    if (byFrequency.kind != RopeScaling::Kind::None)
        config.ropeScaling = byFrequency;
}

void readTokens(const GgufFile &file, ModelConfig &config)
{
    auto add = [&](const char *key, std::vector<std::int64_t> &tokens) {
        std::optional<std::int64_t> token = file.integer(key);
        bool fits = token && *token >= 0 && *token <= INT32_MAX;
        if (fits && std::find(tokens.begin(), tokens.end(), *token) == tokens.end())
            tokens.push_back(*token);
    };
    add("tokenizer.ggml.bos_token_id", config.beginTokens);
    add("tokenizer.ggml.eos_token_id", config.endTokens);
    add("tokenizer.ggml.eot_token_id", config.endTokens);
}

} // namespace

bool permutesRows(std::string_view architecture) { return architecture == "llama" || architecture == "deci"; }

ModelConfig readGgufConfig(const GgufFile &file)
{
    const std::string prefix = prefixOf(file);
    checkSupported(file, prefix);
    ModelConfig config;
    config.architecture = permutesRows(prefix.substr(0, prefix.size() - 1)) ? "llama" : prefix.substr(0, prefix.size() - 1);
    config.hidden = file.requireInteger(prefix + "embedding_length");
    config.layers = file.requireInteger(prefix + "block_count");
    config.context = file.requireInteger(prefix + "context_length");
    config.ffnWidth = requireByLayer(file, prefix, "feed_forward_length");
    config.normEpsilon = file.requireNumber(prefix + "attention.layer_norm_rms_epsilon");
    readHeads(file, prefix, config);
    const StoredTensor *embedding = file.find("token_embd.weight");
    if (!embedding || embedding->shape.size() != 2)
        throw badInput(file.where() + " lacks the matrix token_embd.weight");
    config.vocabulary = embedding->shape.front();
    config.tiedEmbeddings = !file.find("output.weight");
    auto hasAny = [&](std::initializer_list<const char *> endings) {
        auto isOne = [](std::string_view name, std::string_view ending) { return name.starts_with("blk.") && name.ends_with(ending); };
        return std::any_of(file.tensors().begin(), file.tensors().end(), [&](const StoredTensor &tensor) {
            return std::any_of(endings.begin(), endings.end(), [&](const char *ending) { return isOne(tensor.name, ending); });
        });
    };
    config.qkvBias = hasAny({".attn_q.bias", ".attn_k.bias", ".attn_v.bias"});
    config.outputBias = hasAny({".attn_output.bias"});
    config.mlpBias = hasAny({".ffn_gate.bias", ".ffn_up.bias", ".ffn_down.bias"});
    config.qkNorm = hasAny({".attn_q_norm.weight", ".attn_k_norm.weight"});
    readRope(file, prefix, config);
    // Without scaling of its own a rope counts from the trained context, so a window shortens it only now.
    std::int64_t window = file.integer(prefix + "attention.sliding_window").value_or(0);
    if (window > 0)
        config.context = std::min(config.context, window);
    readTokens(file, config);
    return config;
}

std::string ggufTensorName(std::string_view name)
{
    for (const NameRow &row : kFixedNames)
        if (name == row.ours)
            return std::string(row.gguf);
    constexpr std::string_view kLayers = "model.layers.";
    std::size_t numberEnd = name.find('.', kLayers.size());
    std::size_t kindStart = name.rfind('.');
    if (name.starts_with(kLayers) && numberEnd != std::string_view::npos && kindStart > numberEnd)
        for (const NameRow &row : kLayerNames)
            if (name.substr(numberEnd + 1, kindStart - numberEnd - 1) == row.ours)
                return "blk." + std::string(name.substr(kLayers.size(), numberEnd - kLayers.size())) + "." + std::string(row.gguf)
                       + std::string(name.substr(kindStart));
    throw failed("GGUF has no name for the tensor " + std::string(name));
}

bool isPermutedInGguf(std::string_view name)
{
    for (std::string_view end : {".q_proj.weight", ".k_proj.weight", ".q_proj.bias", ".k_proj.bias"})
        if (name.ends_with(end))
            return true;
    return false;
}

std::int64_t permutedRow(std::int64_t row, std::int64_t headDim)
{
    std::int64_t head = row / headDim, within = row % headDim;
    std::int64_t half = within / (headDim / 2), pair = within % (headDim / 2);
    return head * headDim + 2 * pair + half;
}

} // namespace tessera
