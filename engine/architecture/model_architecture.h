// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/architecture/variant.h"

#include <string>
#include <vector>

namespace tessera {

/// The choice for one layer.
struct LayerChoice {
    Variant attention;
    Variant ffn;
    const Variant &of(Part part) const { return part == Part::Attention ? attention : ffn; }
    Variant &of(Part part) { return part == Part::Attention ? attention : ffn; }
    bool operator==(const LayerChoice &) const = default;
};

/// A whole model, parent or child, as a value: what its layers share and what each of them is.
struct ModelArchitecture {
    ModelConfig config;
    std::vector<LayerChoice> layers;
    bool operator==(const ModelArchitecture &) const = default;
};

/// Every layer with the parent's variants.
ModelArchitecture parentArchitecture(const ModelConfig &config);

/// Whether all layers are equal and have softmax attention and a gated FFN: what a model of one kind of layer has.
bool isUniform(const std::vector<LayerChoice> &layers);
/// Whether a layer has neither attention nor an FFN, so that leaving it out changes nothing.
bool isEmpty(const LayerChoice &layer);
std::vector<LayerChoice> withoutEmptyLayers(const std::vector<LayerChoice> &layers);

/// "model.layers.N." + name
std::string tensorName(std::int64_t layer, const std::string &name);
inline const std::string kEmbeddingName = "model.embed_tokens.weight";
inline const std::string kFinalNormName = "model.norm.weight";
inline const std::string kHeadName = "lm_head.weight";

/// The tensors outside the layers: embedding, final norm and, where embeddings are not tied, the head.
std::vector<TensorSpec> fixedTensors(const ModelConfig &config);
/// Every tensor of the model under its full name, layers in order between embedding and final norm.
std::vector<TensorSpec> tensorsOf(const ModelArchitecture &model);
/// Number of elements of all tensors; tied embeddings count once.
std::int64_t parametersOf(const ModelConfig &config, const Variant &variant);
std::int64_t fixedParameters(const ModelConfig &config);
std::int64_t parametersOf(const ModelArchitecture &model);

} // namespace tessera
