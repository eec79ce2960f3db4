// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/checkpoint/hf_blocks.h"

#include "engine/base/error.h"
#include "engine/checkpoint/config_limits.h"

#include <algorithm>
#include <array>
#include <optional>

namespace tessera {
namespace {

constexpr std::int64_t kWidthStep = 256;
constexpr std::int64_t kMostWidth = 1 << 24;
constexpr std::int64_t kMostHeads = 1 << 12;

/// Members that change what a block computes; null, false and an empty object mean that they do not.
constexpr std::array<const char *, 5> kForeignAttention{"mamba", "llama4", "window_length", "num_sink_tokens", "sparsify"};
constexpr std::array<const char *, 2> kForeignFfn{"moe", "sparsify"};

void requireObject(const Json &json, const std::string &where)
{
    if (!json.is_object())
        throw badInput(where + " must be an object");
}

template <std::size_t N> void refuseForeign(const Json &json, const std::array<const char *, N> &keys, const std::string &where)
{
    for (const char *key : keys) {
        auto member = json.find(key);
        if (member != json.end() && !member->is_null() && *member != false && *member != 0)
            throw badInput(where + " has \"" + key + "\", which Tessera does not support");
    }
}

/// The kind of a half that has no size, where it is one.
std::optional<Variant> unsized(const Json &json, Part part, const std::string &where)
{
    bool none = boolOr(json, "no_op", false, where), linear = boolOr(json, "replace_with_linear", false, where);
    if (none && linear)
        throw badInput(where + " is both no_op and replace_with_linear");
    if (none)
        return noneVariant(part);
    return linear ? std::optional(linearVariant(part)) : std::nullopt;
}

} // namespace

std::int64_t widthOfFfnMult(double mult, std::int64_t hidden, const std::string &where)
{
    double width = 2 * mult * static_cast<double>(hidden) / 3;
    if (!(width >= 1 && width <= static_cast<double>(kMostWidth)))
        throw badInput("\"ffn_mult\" of " + where + " gives no width between 1 and " + std::to_string(kMostWidth));
    return (static_cast<std::int64_t>(width) + kWidthStep - 1) / kWidthStep * kWidthStep;
}

double ffnMultOf(std::int64_t width, std::int64_t hidden)
{
    return 3 * static_cast<double>(width) / (2 * static_cast<double>(hidden));
}

Variant parseAttentionConfig(const Json &attention, const ModelConfig &config, const std::string &where)
{
    requireObject(attention, where);
    if (std::optional<Variant> variant = unsized(attention, Part::Attention, where))
        return *variant;
    refuseForeign(attention, kForeignAttention, where);
    std::int64_t kvHeads = integerOr(attention, "num_key_value_heads", 0, where);
    std::int64_t inGroup = integerOr(attention, "n_heads_in_group", 0, where);
    if (kvHeads == 0 && inGroup == 0)
        throw badInput(where + " gives neither \"n_heads_in_group\" nor \"num_key_value_heads\"");
    if (inGroup < 0 || inGroup > kMostHeads || (inGroup > 0 && config.heads % inGroup != 0))
        throw badInput("\"n_heads_in_group\" of " + where + " does not divide the " + std::to_string(config.heads) + " query heads");
    if (kvHeads != 0 && inGroup != 0 && kvHeads != config.heads / inGroup)
        throw badInput(where + " gives \"n_heads_in_group\" and \"num_key_value_heads\", which contradict each other");
    Variant variant = gqa(kvHeads != 0 ? kvHeads : config.heads / inGroup);
    std::string why = variant.size > kMostHeads ? "it has too many kv heads" : whyImpossible(config, variant);
    if (!why.empty())
        throw badInput(where + " is impossible: " + why);
    return variant;
}

Variant parseFfnConfig(const Json &ffn, const ModelConfig &config, const std::string &where)
{
    requireObject(ffn, where);
    if (std::optional<Variant> variant = unsized(ffn, Part::Ffn, where))
        return *variant;
    refuseForeign(ffn, kForeignFfn, where);
    std::string activation = stringOr(ffn, "hidden_act", "silu", where);
    if (!boolOr(ffn, "gated", true, where) || (activation != "silu" && activation != "swish"))
        throw badInput(where + " is no SiLU-gated FFN, which Tessera does not support");
    // Loaders of both members read ffn_mult first.
    std::int64_t width = 0;
    if (ffn.contains("ffn_mult") && !ffn["ffn_mult"].is_null())
        width = widthOfFfnMult(requireNumber(ffn, "ffn_mult", where), config.hidden, where);
    else
        width = requireInteger(ffn, "intermediate_size", where);
    if (width < 1 || width > kMostWidth)
        throw badInput(where + " gives an FFN of " + std::to_string(width) + "; it must be between 1 and " + std::to_string(kMostWidth));
    return ffnWidth(width);
}

LayerChoice parseBlockConfig(const Json &block, const ModelConfig &config, const std::string &where)
{
    requireObject(block, where);
    auto parallel = block.find("parallel_blocks");
    if (parallel != block.end() && !parallel->is_null() && !parallel->empty())
        throw badInput(where + " has \"parallel_blocks\", which Tessera does not support");
    if (!block.contains("attention") || !block.contains("ffn"))
        throw badInput(where + " must have \"attention\" and \"ffn\"");
    return {parseAttentionConfig(block["attention"], config, "\"attention\" of " + where),
            parseFfnConfig(block["ffn"], config, "\"ffn\" of " + where)};
}

ModelArchitecture parseBlockConfigs(const Json &blocks, ModelConfig config, const std::string &where)
{
    if (!blocks.is_array() || blocks.size() != static_cast<std::size_t>(config.layers))
        throw badInput(where + " must be a list with one entry for each of the " + std::to_string(config.layers) + " layers");
    ModelArchitecture model{config, {}};
    std::int64_t kvHeads = 0, width = 0;
    for (const Json &block : blocks) {
        model.layers.push_back(parseBlockConfig(block, config, "layer " + std::to_string(model.layers.size()) + " of " + where));
        kvHeads = std::max(kvHeads, model.layers.back().attention.size);
        width = std::max(width, model.layers.back().ffn.size);
    }
    if (kvHeads > 0)
        model.config.kvHeads = kvHeads;
    if (width > 0)
        model.config.ffnWidth = width;
    checkLimits(model.config, where);
    return model;
}

} // namespace tessera
