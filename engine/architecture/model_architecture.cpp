// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/architecture/model_architecture.h"

#include <algorithm>
#include <iterator>

namespace tessera {
namespace {

std::int64_t elements(const std::vector<TensorSpec> &specs)
{
    std::int64_t sum = 0;
    for (const TensorSpec &spec : specs) {
        std::int64_t product = 1;
        for (std::int64_t dimension : spec.shape)
            product *= dimension;
        sum += product;
    }
    return sum;
}

} // namespace

ModelArchitecture parentArchitecture(const ModelConfig &config)
{
    LayerChoice layer{parentVariant(config, Part::Attention), parentVariant(config, Part::Ffn)};
    return {config, std::vector<LayerChoice>(static_cast<std::size_t>(config.layers), layer)};
}

bool isUniform(const std::vector<LayerChoice> &layers)
{
    return !layers.empty() && layers.front().attention.kind == VariantKind::Gqa && layers.front().ffn.kind == VariantKind::Width
        && std::all_of(layers.begin(), layers.end(), [&](const LayerChoice &layer) { return layer == layers.front(); });
}

bool isEmpty(const LayerChoice &layer)
{
    return layer.attention.kind == VariantKind::None && layer.ffn.kind == VariantKind::None;
}

std::vector<LayerChoice> withoutEmptyLayers(const std::vector<LayerChoice> &layers)
{
    std::vector<LayerChoice> kept;
    std::copy_if(layers.begin(), layers.end(), std::back_inserter(kept), [](const LayerChoice &layer) { return !isEmpty(layer); });
    return kept;
}

std::string tensorName(std::int64_t layer, const std::string &name)
{
    return "model.layers." + std::to_string(layer) + "." + name;
}

std::vector<TensorSpec> fixedTensors(const ModelConfig &config)
{
    std::vector<TensorSpec> specs{{kEmbeddingName, {config.vocabulary, config.hidden}},
                                  {kFinalNormName, {config.hidden}}};
    if (!config.tiedEmbeddings)
        specs.push_back({kHeadName, {config.vocabulary, config.hidden}});
    return specs;
}

std::vector<TensorSpec> tensorsOf(const ModelArchitecture &model)
{
    std::vector<TensorSpec> all;
    std::vector<TensorSpec> fixed = fixedTensors(model.config);
    all.push_back(fixed.front());
    for (std::size_t layer = 0; layer < model.layers.size(); ++layer)
        for (Part part : {Part::Attention, Part::Ffn})
            for (TensorSpec spec : tensorsOf(model.config, model.layers[layer].of(part))) {
                spec.name = tensorName(static_cast<std::int64_t>(layer), spec.name);
                all.push_back(std::move(spec));
            }
    all.insert(all.end(), fixed.begin() + 1, fixed.end());
    return all;
}

std::int64_t parametersOf(const ModelConfig &config, const Variant &variant)
{
    return elements(tensorsOf(config, variant));
}

std::int64_t fixedParameters(const ModelConfig &config) { return elements(fixedTensors(config)); }

std::int64_t parametersOf(const ModelArchitecture &model) { return elements(tensorsOf(model)); }

} // namespace tessera
