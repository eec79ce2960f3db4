// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/architecture/variant.h"

#include "engine/base/error.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace tessera {
namespace {

using Specs = std::vector<TensorSpec>;

constexpr const char *kAttentionNorm = "input_layernorm.weight";
constexpr const char *kFfnNorm = "post_attention_layernorm.weight";

void addLinear(Specs &specs, const std::string &name, std::int64_t rows, std::int64_t columns, bool bias)
{
    specs.push_back({name + ".weight", {rows, columns}});
    if (bias)
        specs.push_back({name + ".bias", {rows}});
}

Specs gqaTensors(const ModelConfig &c, std::int64_t kvHeads)
{
    Specs specs{{kAttentionNorm, {c.hidden}}};
    addLinear(specs, "self_attn.q_proj", c.heads * c.headDim, c.hidden, c.qkvBias);
    addLinear(specs, "self_attn.k_proj", kvHeads * c.headDim, c.hidden, c.qkvBias);
    addLinear(specs, "self_attn.v_proj", kvHeads * c.headDim, c.hidden, c.qkvBias);
    addLinear(specs, "self_attn.o_proj", c.hidden, c.heads * c.headDim, c.outputBias);
    if (c.qkNorm) {
        specs.push_back({"self_attn.q_norm.weight", {c.headDim}});
        specs.push_back({"self_attn.k_norm.weight", {c.headDim}});
    }
    return specs;
}

Specs widthTensors(const ModelConfig &c, std::int64_t width)
{
    Specs specs{{kFfnNorm, {c.hidden}}};
    addLinear(specs, "mlp.gate_proj", width, c.hidden, c.mlpBias);
    addLinear(specs, "mlp.up_proj", width, c.hidden, c.mlpBias);
    addLinear(specs, "mlp.down_proj", c.hidden, width, c.mlpBias);
    return specs;
}

Specs attentionLinearTensors(const ModelConfig &c, std::int64_t)
{
    return {{kAttentionNorm, {c.hidden}}, {"self_attn.linear_attn.weight", {c.hidden, c.hidden}}};
}

Specs ffnLinearTensors(const ModelConfig &c, std::int64_t)
{
    return {{kFfnNorm, {c.hidden}}, {"mlp.linear_mlp.weight", {c.hidden, c.hidden}}};
}

Specs noTensors(const ModelConfig &, std::int64_t) { return {}; }

std::string whyNotGqa(const ModelConfig &c, std::int64_t kvHeads)
{
    if (c.heads % kvHeads == 0)
        return {};
    return std::to_string(kvHeads) + " kv heads do not divide the " + std::to_string(c.heads) + " query heads";
}

std::string alwaysPossible(const ModelConfig &, std::int64_t) { return {}; }

/// The table of all kinds of variants: a new kind adds a row here and its forward in engine/nn.
struct KindRow {
    Part part;
    VariantKind kind;
    const char *word;
    bool sized;
    Specs (*tensors)(const ModelConfig &, std::int64_t size);
    std::string (*whyImpossible)(const ModelConfig &, std::int64_t size);
};
constexpr std::array kKinds{
    KindRow{Part::Attention, VariantKind::Gqa, "gqa", true, gqaTensors, whyNotGqa},
    KindRow{Part::Attention, VariantKind::Linear, "linear", false, attentionLinearTensors, alwaysPossible},
    KindRow{Part::Attention, VariantKind::None, "none", false, noTensors, alwaysPossible},
    KindRow{Part::Ffn, VariantKind::Width, "width", true, widthTensors, alwaysPossible},
    KindRow{Part::Ffn, VariantKind::Linear, "linear", false, ffnLinearTensors, alwaysPossible},
    KindRow{Part::Ffn, VariantKind::None, "none", false, noTensors, alwaysPossible},
};

const KindRow &rowOf(const Variant &variant)
{
    for (const KindRow &row : kKinds)
        if (row.part == variant.part && row.kind == variant.kind)
            return row;
    throw badInput("a " + toString(variant.part) + " cannot be of this kind");
}

std::int64_t parsePositive(std::string_view digits, const std::string &what)
{
    std::int64_t value = 0;
    auto [end, code] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (code != std::errc() || end != digits.data() + digits.size() || value < 1)
        throw badInput("\"" + std::string(digits) + "\" is no positive whole number in \"" + what + "\"");
    return value;
}

std::int64_t parseLayer(std::string_view digits, const std::string &what, std::int64_t layers)
{
    std::int64_t value = -1;
    auto [end, code] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (code != std::errc() || end != digits.data() + digits.size() || value < 0)
        throw badInput("\"" + what + "\" names no layers: write a number, a range like 3-7, or all");
    if (value >= layers)
        throw badInput("layer " + std::to_string(value) + " does not exist: the model has layers 0 to "
                       + std::to_string(layers - 1));
    return value;
}

} // namespace

Variant parentVariant(const ModelConfig &config, Part part)
{
    return part == Part::Attention ? gqa(config.kvHeads) : ffnWidth(config.ffnWidth);
}

std::string toString(Part part) { return part == Part::Attention ? "attention" : "ffn"; }

std::string shortName(const Variant &variant)
{
    const KindRow &row = rowOf(variant);
    return row.sized ? std::string(row.word) + ":" + std::to_string(variant.size) : row.word;
}

std::string toString(const Variant &variant) { return toString(variant.part) + "=" + shortName(variant); }

Variant parseVariant(Part part, std::string_view text)
{
    std::string_view word = text.substr(0, text.find(':'));
    for (const KindRow &row : kKinds) {
        if (row.part != part || word != row.word)
            continue;
        if (row.sized != (word.size() < text.size()))
            break;
        std::int64_t size = row.sized ? parsePositive(text.substr(word.size() + 1), std::string(text)) : 0;
        return {part, row.kind, size};
    }
    std::string choices = part == Part::Attention ? "gqa:K, linear, none or parent" : "width:W, linear, none or parent";
    throw badInput("\"" + std::string(text) + "\" is no variant of " + toString(part) + ": use " + choices);
}

std::vector<TensorSpec> tensorsOf(const ModelConfig &config, const Variant &variant)
{
    return rowOf(variant).tensors(config, variant.size);
}

std::string whyImpossible(const ModelConfig &config, const Variant &variant)
{
    const KindRow &row = rowOf(variant);
    if (row.sized && variant.size < 1)
        return toString(variant) + " has no positive size";
    return row.whyImpossible(config, variant.size);
}

std::vector<Variant> parseBlock(const ModelConfig &config, std::string_view text)
{
    std::vector<Variant> variants;
    std::size_t end = 0;
    for (std::size_t begin = 0; end != std::string_view::npos; begin = end + 1) {
        end = text.find('+', begin);
        std::string_view piece = text.substr(begin, end == std::string_view::npos ? end : end - begin);
        std::size_t equals = piece.find('=');
        std::string_view half = piece.substr(0, equals);
        if (equals == std::string_view::npos || (half != "attention" && half != "ffn"))
            throw badInput("\"" + std::string(text) + "\" is no block: write attention=... or ffn=..., joined by +");
        Part part = half == "attention" ? Part::Attention : Part::Ffn;
        std::string_view name = piece.substr(equals + 1);
        Variant variant = name == "parent" ? parentVariant(config, part) : parseVariant(part, name);
        if (!variants.empty() && (variants.size() > 1 || variants.front().part == part))
            throw badInput("\"" + std::string(text) + "\" names its " + toString(part) + " twice");
        variants.push_back(variant);
    }
    return variants;
}

std::vector<std::int64_t> parseLayers(std::string_view text, std::int64_t layers)
{
    std::string what(text);
    std::size_t dash = text.find('-');
    bool all = text == "all";
    std::int64_t first = all ? 0 : parseLayer(text.substr(0, dash), what, layers);
    std::int64_t last = all ? layers - 1
        : dash == std::string_view::npos ? first
                                         : parseLayer(text.substr(dash + 1), what, layers);
    if (last < first && !all)
        throw badInput("\"" + what + "\" runs backwards: write " + std::to_string(last) + "-" + std::to_string(first));
    std::vector<std::int64_t> numbers;
    for (std::int64_t layer = first; layer <= last; ++layer)
        numbers.push_back(layer);
    return numbers;
}

} // namespace tessera
