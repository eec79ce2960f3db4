// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/nn/trained_model.h"

#include "engine/base/error.h"

#include <map>
#include <set>

namespace tessera::nn {

Model withTensors(Model model, const std::vector<std::string> &names, const std::vector<at::Tensor> &tensors)
{
    std::map<std::string, at::Tensor> left;
    for (std::size_t i = 0; i < names.size(); ++i)
        left.emplace(names[i], tensors.at(i));
    auto replace = [&](const std::string &name, at::Tensor &tensor) {
        if (auto found = left.find(name); found != left.end()) {
            tensor = found->second;
            left.erase(found);
        }
    };
    for (std::size_t layer = 0; layer < model.layers.size(); ++layer)
        for (Part part : {Part::Attention, Part::Ffn})
            for (auto &[name, tensor] : model.layers[layer].of(part).tensors)
                replace(tensorName(static_cast<std::int64_t>(layer), name), tensor);
    replace(kEmbeddingName, model.embedding);
    replace(kFinalNormName, model.finalNorm);
    if (model.config.tiedEmbeddings)
        model.head = model.embedding;
    else
        replace(kHeadName, model.head);
    if (!left.empty())
        throw badInput("the model has no tensor " + left.begin()->first);
    return model;
}

TrainedModel trainTensors(const Checkpoint &checkpoint, const std::vector<std::string> &names, at::ScalarType dtype)
{
    std::set<std::string> present;
    for (const TensorSpec &spec : tensorsOf(checkpoint.architecture()))
        present.insert(spec.name);
    TrainedModel trained;
    for (const std::string &name : names) {
        if (present.erase(name) == 0)
            throw badInput(checkpoint.path().string() + " has no tensor " + name + " to train, or it is named twice");
        trained.names.push_back(name);
        trained.parameters.push_back(loadTensor(checkpoint, name, at::kFloat).set_requires_grad(true));
    }
    trained.model = withTensors(loadModel(checkpoint, dtype), trained.names, trained.parameters);
    return trained;
}

Model castModel(const TrainedModel &trained, at::ScalarType dtype)
{
    if (dtype == at::kFloat)
        return trained.model;
    std::vector<at::Tensor> cast;
    for (const at::Tensor &parameter : trained.parameters)
        cast.push_back(parameter.to(dtype));
    Model model = withTensors(trained.model, trained.names, cast);
    model.dtype = dtype;
    return model;
}

} // namespace tessera::nn
