// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/pretrain/parameters.h"

#include "engine/nn/device.h"
#include "engine/nn/forward.h"

#include <cmath>
#include <map>

namespace tessera::pretrain {
namespace {

constexpr double kDeviation = 0.02;

at::Tensor initial(const TensorSpec &spec, bool lastMatrix, std::int64_t layers, at::Generator generator)
{
    auto options = at::TensorOptions().dtype(at::kFloat);
    bool bias = spec.name.ends_with(".bias");
    if (spec.shape.size() == 1)
        return nn::here(bias ? at::zeros(spec.shape, options) : at::ones(spec.shape, options));
    double deviation = lastMatrix ? kDeviation / std::sqrt(2.0 * static_cast<double>(layers)) : kDeviation;
    // Drawn in main memory: the same numbers on every device.
    return nn::here(at::empty(spec.shape, options).normal_(0, deviation, generator));
}

/// Builds the model's structure over tensors that are looked up by full name.
nn::Model assemble(const ModelConfig &config, const std::map<std::string, at::Tensor> &tensors)
{
    ModelArchitecture architecture = parentArchitecture(config);
    nn::Model model;
    model.config = config;
    model.embedding = tensors.at(kEmbeddingName);
    model.finalNorm = tensors.at(kFinalNormName);
    model.head = config.tiedEmbeddings ? model.embedding : tensors.at(kHeadName);
    for (std::int64_t layer = 0; layer < config.layers; ++layer) {
        nn::Layer built;
        for (Part part : {Part::Attention, Part::Ffn}) {
            nn::SubBlock &block = built.of(part);
            block.variant = architecture.layers[static_cast<std::size_t>(layer)].of(part);
            for (const TensorSpec &spec : tensorsOf(config, block.variant))
                block.tensors[spec.name] = tensors.at(tensorName(layer, spec.name));
        }
        model.layers.push_back(std::move(built));
    }
    return model;
}

} // namespace

nn::TrainedModel randomModel(const ModelConfig &config, std::uint64_t seed)
{
    at::Generator generator = at::make_generator<at::CPUGeneratorImpl>(seed);
    std::string lastOfAttention = nn::lastMatrixOf(parentVariant(config, Part::Attention));
    std::string lastOfFfn = nn::lastMatrixOf(parentVariant(config, Part::Ffn));
    nn::TrainedModel trained;
    std::map<std::string, at::Tensor> byName;
    for (const TensorSpec &spec : tensorsOf(parentArchitecture(config))) {
        bool last = spec.name.ends_with(lastOfAttention) || spec.name.ends_with(lastOfFfn);
        at::Tensor tensor = initial(spec, last, config.layers, generator);
        tensor.set_requires_grad(true);
        trained.names.push_back(spec.name);
        trained.parameters.push_back(tensor);
        byName[spec.name] = tensor;
    }
    trained.model = assemble(config, byName);
    return trained;
}

} // namespace tessera::pretrain
