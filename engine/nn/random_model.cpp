// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/nn/random_model.h"

#include "engine/nn/device.h"

namespace tessera::nn {
namespace {

Tensor randomTensor(const TensorSpec &spec, at::ScalarType dtype, double deviation)
{
    if (spec.shape.size() > 1)
        return (at::randn(spec.shape, at::kFloat) * deviation).to(device(), dtype);
    bool bias = spec.name.ends_with(".bias");
    return bias ? at::zeros(spec.shape, onDevice(dtype)) : at::ones(spec.shape, onDevice(dtype));
}

} // namespace

SubBlock randomSubBlock(const ModelConfig &config, const Variant &variant, at::ScalarType dtype, double deviation)
{
    at::NoGradGuard noGrad;
    SubBlock block{variant, {}};
    for (const TensorSpec &spec : tensorsOf(config, variant))
        block.tensors[spec.name] = randomTensor(spec, dtype, deviation);
    return block;
}

Layer randomLayer(const ModelConfig &config, const LayerChoice &choice, at::ScalarType dtype, double deviation)
{
    SubBlock attention = randomSubBlock(config, choice.attention, dtype, deviation);
    return {attention, randomSubBlock(config, choice.ffn, dtype, deviation)};
}

Model randomModel(const ModelArchitecture &architecture, at::ScalarType dtype, double deviation)
{
    at::NoGradGuard noGrad;
    Model model;
    model.config = architecture.config;
    model.dtype = dtype;
    for (const LayerChoice &choice : architecture.layers)
        model.layers.push_back(randomLayer(model.config, choice, dtype, deviation));
    model.embedding = randomTensor({"", {model.config.vocabulary, model.config.hidden}}, dtype, deviation);
    model.finalNorm = randomTensor({"", {model.config.hidden}}, dtype, deviation);
    model.head = model.config.tiedEmbeddings ? model.embedding
                                             : randomTensor({"", {model.config.vocabulary, model.config.hidden}}, dtype,
                                                            deviation);
    return model;
}

} // namespace tessera::nn
