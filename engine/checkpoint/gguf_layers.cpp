// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/checkpoint/gguf_model.h"

#include "engine/base/error.h"
#include "engine/checkpoint/config_limits.h"

#include <algorithm>
#include <utility>

namespace tessera {
namespace {

constexpr std::int64_t kMostHeads = 1 << 12;
constexpr std::int64_t kMostWidth = 1 << 24;

/// One number for each layer, given once or by layer.
std::vector<std::int64_t> eachLayer(const GgufFile &file, const std::string &key, std::int64_t layers, std::int64_t otherwise)
{
    auto count = static_cast<std::size_t>(layers);
    if (!file.isArray(key))
        return std::vector<std::int64_t>(count, file.integer(key).value_or(otherwise));
    std::vector<std::int64_t> values = *file.integers(key);
    if (values.size() != count)
        throw badInput("\"" + key + "\" in " + file.where() + " has " + std::to_string(values.size()) + " numbers for "
                       + std::to_string(layers) + " layers");
    return values;
}

std::vector<GgufLayer> layersOf(const GgufFile &file, const std::string &architecture, std::int64_t count)
{
    const std::string prefix = architecture + ".";
    std::vector<std::int64_t> heads = eachLayer(file, prefix + "attention.head_count", count, 0),
                              kvHeads = eachLayer(file, prefix + "attention.head_count_kv", count, heads.front()),
                              widths = eachLayer(file, prefix + "feed_forward_length", count, 0);
    std::vector<GgufLayer> layers;
    for (std::size_t i = 0; i < heads.size(); ++i)
        layers.push_back({heads[i], kvHeads[i], widths[i]});
    return layers;
}

/// What a layer of architecture deci means where the file does not say more.
LayerChoice choiceOf(const GgufLayer &layer, const ModelConfig &config, const std::string &place)
{
    LayerChoice choice{noneVariant(Part::Attention), noneVariant(Part::Ffn)};
    bool known = (layer.heads == 0 && layer.kvHeads == 0) || (layer.heads == config.heads && layer.kvHeads >= 0 && layer.kvHeads <= kMostHeads);
    if (!known || layer.width < 0 || layer.width > kMostWidth)
        throw badInput(place + " has " + std::to_string(layer.heads) + " query heads, " + std::to_string(layer.kvHeads) + " kv heads and an FFN of "
                       + std::to_string(layer.width) + ", which Tessera does not support");
    if (layer.heads > 0)
        choice.attention = layer.kvHeads > 0 ? gqa(layer.kvHeads) : linearVariant(Part::Attention);
    if (layer.width > 0)
        choice.ffn = ffnWidth(layer.width);
    else if (layer.heads > 0)
        throw badInput(place + " has attention but no FFN, which llama.cpp computes as an empty layer; Tessera does not support that");
    if (std::string why = whyImpossible(config, choice.attention); !why.empty())
        throw badInput(place + " is impossible: " + why);
    return choice;
}

std::int64_t sizeIn(const GgufFile &file, const std::string &key, std::int64_t most)
{
    std::int64_t size = file.requireInteger(key);
    if (size < 1 || size > most)
        throw badInput("\"" + key + "\" in " + file.where() + " must be between 1 and " + std::to_string(most));
    return size;
}

/// The child that a file of Tessera's own holds.
ModelArchitecture childOf(const GgufFile &file, ModelConfig config)
{
    config.heads = sizeIn(file, "tessera.heads", kMostHeads);
    config.kvHeads = sizeIn(file, "tessera.kv_heads", kMostHeads);
    config.ffnWidth = sizeIn(file, "tessera.ffn_width", kMostWidth);
    std::vector<std::string_view> texts = file.requireStrings("tessera.layers");
    config.layers = static_cast<std::int64_t>(texts.size());
    checkLimits(config, file.where());
    std::vector<LayerChoice> layers;
    for (std::string_view text : texts) {
        std::string place = "layer " + std::to_string(layers.size()) + " of \"tessera.layers\" in " + file.where();
        std::size_t plus = text.find('+');
        if (plus == std::string_view::npos)
            throw badInput(place + " is not of the form attention+ffn");
        LayerChoice choice{parseVariant(Part::Attention, text.substr(0, plus)), parseVariant(Part::Ffn, text.substr(plus + 1))};
        std::string why = whyImpossible(config, choice.attention);
        if (!why.empty() || choice.attention.size > config.heads || choice.ffn.size > kMostWidth)
            throw badInput(place + " is impossible" + (why.empty() ? "" : ": " + why));
        layers.push_back(choice);
    }
    return {std::move(config), std::move(layers)};
}

} // namespace

GgufModel readGgufModel(const GgufFile &file)
{
    ModelConfig config = readGgufConfig(file);
    std::string architecture(file.requireString("general.architecture"));
    std::vector<GgufLayer> layers = layersOf(file, architecture, config.layers);
    if (file.has("tessera.layers")) {
        GgufModel child{childOf(file, config), {}};
        child.layout = childLayout(child.model);
        if (child.layout.architecture != architecture || child.layout.layers != layers)
            throw badInput("\"tessera.layers\" in " + file.where() + " does not describe the layers that the file has");
        return child;
    }
    GgufModel plain{parentArchitecture(config), {}};
    if (architecture == "deci") {
        if (config.qkNorm)
            throw badInput(file.where() + " has norms of queries and keys, which architecture deci does not have");
        for (std::size_t i = 0; i < layers.size(); ++i)
            plain.model.layers[i] = choiceOf(layers[i], config, "layer " + std::to_string(i) + " of " + file.where());
    }
    plain.layout = plainLayout(plain.model, architecture);
    return plain;
}

} // namespace tessera
