// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/checkpoint/child_writer.h"
#include "engine/nn/model.h"

#include <filesystem>
#include <map>
#include <string>

namespace tessera::test {

/// Every tensor of a model by its full name.
inline std::map<std::string, at::Tensor> tensorsByName(const nn::Model &model)
{
    std::map<std::string, at::Tensor> tensors{{kEmbeddingName, model.embedding}, {kFinalNormName, model.finalNorm}};
    if (!model.config.tiedEmbeddings)
        tensors[kHeadName] = model.head;
    for (std::size_t layer = 0; layer < model.layers.size(); ++layer)
        for (Part part : {Part::Attention, Part::Ffn})
            for (const auto &[name, tensor] : model.layers[layer].of(part).tensors)
                tensors[tensorName(static_cast<std::int64_t>(layer), name)] = tensor;
    return tensors;
}

inline void writeModel(const std::filesystem::path &folder, const nn::Model &model)
{
    std::map<std::string, at::Tensor> tensors = tensorsByName(model);
    writeChild(folder, model.architecture(), StoredType::F32,
               [&](const TensorSpec &spec, const FloatSink &sink) {
                   at::Tensor values = tensors.at(spec.name).contiguous();
                   sink({values.data_ptr<float>(), static_cast<std::size_t>(values.numel())});
               },
               "");
}

} // namespace tessera::test
