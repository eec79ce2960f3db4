// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/nn/training_state.h"

#include "engine/checkpoint/safetensors.h"
#include "engine/nn/device.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace tessera::nn {
namespace {

const std::string kNotePrefix = "note.";

std::span<const float> floatsOf(const at::Tensor &tensor)
{
    return {tensor.data_ptr<float>(), static_cast<std::size_t>(tensor.numel())};
}

TensorToWrite toWrite(const std::string &name, const at::Tensor &tensor, StoredType type)
{
    return {name, tensor.sizes().vec(), type, [tensor = tensor.detach(), type](const auto &sink) {
                at::Tensor plain = nn::inMainMemory(tensor);
                sink(encodeFloats(floatsOf(plain), type));
            }};
}

void addAll(std::vector<TensorToWrite> &list, const std::string &prefix, const std::vector<std::string> &names,
            const std::vector<at::Tensor> &tensors)
{
    for (std::size_t i = 0; i < tensors.size(); ++i)
        list.push_back(toWrite(prefix + names[i], tensors[i], StoredType::F32));
}

bool fill(const SafetensorsFile &file, const std::string &name, at::Tensor tensor)
{
    const StoredTensor *stored = file.find(name);
    if (!stored || stored->type != StoredType::F32 || stored->shape != tensor.sizes().vec())
        return false;
    at::Tensor values = at::empty(stored->shape, at::kFloat);
    std::memcpy(values.data_ptr<float>(), stored->bytes.data(), stored->bytes.size());
    tensor.copy_(values);
    return true;
}

} // namespace

void saveState(const std::filesystem::path &path, const TrainedModel &trained, const AdamW &optimiser,
               const TrainingState &state, const std::string &purpose)
{
    std::vector<TensorToWrite> list;
    addAll(list, "w.", trained.names, trained.parameters);
    addAll(list, "m.", trained.names, optimiser.firstMoments());
    addAll(list, "v.", trained.names, optimiser.secondMoments());
    addAll(list, "best.", trained.names, state.best);
    char loss[32];
    std::snprintf(loss, sizeof loss, "%a", state.bestLoss);
    std::map<std::string, std::string> metadata{
        {"purpose", purpose}, {"step", std::to_string(state.step)}, {"best_loss", loss}};
    for (const auto &[key, value] : state.notes)
        metadata[kNotePrefix + key] = value;
    writeSafetensors(path, list, metadata);
}

bool loadState(const std::filesystem::path &path, TrainedModel &trained, AdamW &optimiser, TrainingState &state,
               const std::string &purpose)
{
    if (!std::filesystem::exists(path))
        return false;
    SafetensorsFile file = SafetensorsFile::open(path);
    const auto &metadata = file.metadata();
    auto found = metadata.find("purpose");
    if (found == metadata.end() || found->second != purpose || !metadata.contains("step") || !metadata.contains("best_loss"))
        return false;
    torch::NoGradGuard noGradients;
    bool hasBest = file.find("best." + trained.names.front()) != nullptr;
    for (std::size_t i = 0; i < trained.names.size(); ++i) {
        const std::string &name = trained.names[i];
        if (!fill(file, "w." + name, trained.parameters[i]) || !fill(file, "m." + name, optimiser.firstMoments()[i])
            || !fill(file, "v." + name, optimiser.secondMoments()[i]))
            return false;
        if (hasBest) {
            state.best.push_back(at::empty_like(trained.parameters[i], at::TensorOptions().requires_grad(false)));
            if (!fill(file, "best." + name, state.best.back()))
                return false;
        }
    }
    state.step = std::strtoll(metadata.at("step").c_str(), nullptr, 10);
    state.bestLoss = std::strtod(metadata.at("best_loss").c_str(), nullptr);
    for (const auto &[key, value] : metadata)
        if (key.starts_with(kNotePrefix))
            state.notes[key.substr(kNotePrefix.size())] = value;
    optimiser.resumeAt(state.step);
    return true;
}

void writeTensors(const std::filesystem::path &path, const std::vector<std::string> &names,
                  const std::vector<at::Tensor> &tensors, StoredType type)
{
    std::vector<TensorToWrite> list;
    for (std::size_t i = 0; i < tensors.size(); ++i)
        list.push_back(toWrite(names[i], tensors[i], type));
    writeSafetensors(path, list, {{"format", "pt"}});
}

} // namespace tessera::nn
