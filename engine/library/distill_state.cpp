// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/library/distill_state.h"

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/checkpoint/safetensors.h"
#include "engine/nn/device.h"

#include <cstring>

namespace tessera {
namespace {

constexpr std::uint64_t kMaxStateBytes = 64u << 20;

std::string tensorKey(std::size_t trainee, std::size_t tensor)
{
    return std::to_string(trainee) + "." + std::to_string(tensor);
}

/// A copy in main memory.
at::Tensor valuesOf(const StoredTensor &stored)
{
    at::Tensor values = at::empty(stored.shape, at::kFloat);
    std::memcpy(values.data_ptr(), stored.bytes.data(), stored.bytes.size());
    return values;
}

Json describe(const NamedTrainee &named)
{
    const Trainee &trainee = *named.trainee;
    Json curve = Json::array();
    for (const CurvePoint &point : trainee.curve())
        curve.push_back({point.step, point.loss, point.increment});
    return {{"identity", named.identity}, {"steps", trainee.steps()}, {"scale", trainee.scale()}, {"curve", curve},
            {"best_step", trainee.bestStep()}, {"best_loss", trainee.curve().empty() ? Json() : Json(trainee.bestLoss())}};
}

} // namespace

DistillState::DistillState(std::filesystem::path folder, std::string key) : m_folder(std::move(folder)), m_key(std::move(key))
{
    if (!std::filesystem::exists(stateFile()))
        return;
    try {
        Json state = readJsonFile(stateFile(), kMaxStateBytes);
        if (stringOr(state, "key", "", "distill-state.json") == m_key && state.at("trainees").is_array())
            m_state = state;
    } catch (const std::exception &) {
        m_state = nullptr; // It only saves time: without it the group is trained again.
    }
}

std::filesystem::path DistillState::stateFile() const { return m_folder / "distill-state.json"; }

std::vector<std::string> DistillState::identities() const
{
    std::vector<std::string> names;
    if (m_state.is_object())
        for (const Json &trainee : m_state.at("trainees"))
            names.push_back(stringOr(trainee, "identity", "", "distill-state.json"));
    return names;
}

void DistillState::save(const std::vector<NamedTrainee> &group)
{
    std::string earlier = m_state.is_object() ? m_state.at("weights").get<std::string>() : std::string();
    std::string name = earlier == "distill-a.safetensors" ? "distill-b.safetensors" : "distill-a.safetensors";
    std::vector<TensorToWrite> tensors;
    Json trainees = Json::array();
    for (std::size_t i = 0; i < group.size(); ++i) {
        trainees.push_back(describe(group[i]));
        std::vector<at::Tensor> state = group[i].trainee->state();
        for (std::size_t k = 0; k < state.size(); ++k) {
            tensors.push_back({tensorKey(i, k), state[k].sizes().vec(), StoredType::F32, [tensor = state[k]](const auto &sink) {
                                   at::Tensor values = nn::inMainMemory(tensor);
                                   sink({static_cast<const std::byte *>(values.data_ptr()), values.nbytes()});
                               }});
        }
    }
    writeSafetensors(m_folder / name, tensors);
    Json state{{"key", m_key}, {"weights", name}, {"trainees", trainees}};
    writeTextFileAtomically(stateFile(), state.dump());
    m_state = state;
    if (!earlier.empty())
        std::filesystem::remove(m_folder / earlier);
}

bool DistillState::restore(const NamedTrainee &named) const
{
    std::vector<std::string> names = identities();
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (names[i] != named.identity)
            continue;
        try {
            const Json &saved = m_state.at("trainees").at(i);
            SafetensorsFile file = SafetensorsFile::open(m_folder / m_state.at("weights").get<std::string>());
            std::vector<at::Tensor> state = named.trainee->state();
            std::vector<const StoredTensor *> stored;
            for (std::size_t k = 0; k < state.size(); ++k) {
                stored.push_back(file.find(tensorKey(i, k)));
                if (!stored[k] || stored[k]->shape != state[k].sizes().vec() || stored[k]->type != StoredType::F32)
                    return false;
            }
            std::vector<CurvePoint> curve;
            for (const Json &point : saved.at("curve"))
                curve.push_back({point.at(0).get<std::int64_t>(), point.at(1).get<double>(), point.at(2).get<double>()});
            double bestLoss = saved.at("best_loss").is_null() ? 0 : saved.at("best_loss").get<double>();
            std::int64_t steps = saved.at("steps").get<std::int64_t>(), best = saved.at("best_step").get<std::int64_t>();
            double scale = saved.at("scale").get<double>();
            for (std::size_t k = 0; k < state.size(); ++k)
                state[k].copy_(valuesOf(*stored[k]));
            named.trainee->resume(steps, scale, curve, best, bestLoss);
            return true;
        } catch (const std::exception &) {
            return false; // Thrown before anything was changed.
        }
    }
    return false;
}

void DistillState::remove()
{
    std::error_code ignored;
    std::filesystem::remove(stateFile(), ignored);
    for (const char *name : {"distill-a.safetensors", "distill-b.safetensors"})
        std::filesystem::remove(m_folder / name, ignored);
    m_state = nullptr;
}

} // namespace tessera
