// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/distill/evaluation_memory.h"

#include "engine/distill/evaluate.h"
#include "engine/nn/memory_budget.h"
#include "engine/nn/streamed_model.h"
#include "engine/nn/token_losses.h"

#include <algorithm>

namespace tessera::distill {
namespace {

std::int64_t layersOf(const ModelArchitecture &model) { return static_cast<std::int64_t>(model.layers.size()); }

class Plan {
public:
    Plan(const ModelArchitecture &model, const ModelArchitecture *parent, at::ScalarType dtype, const EvaluationSize &size)
        : m_model(model), m_parent(parent), m_dtype(dtype), m_size(size), m_each(static_cast<std::int64_t>(c10::elementSize(dtype))),
          m_atOnce(std::min(size.windows, windowsAtOnce(size.length)))
    {
    }

    std::int64_t batches() const { return (m_size.windows + m_atOnce - 1) / m_atOnce; }
    /// Residual streams of a batch.
    std::int64_t streams() const { return (m_size.compared ? 2 : 1) * streamOf(m_model.config); }

    std::int64_t bytes(const EvaluationMemory &memory) const
    {
        std::int64_t sum = nn::StreamedModel::bytes(m_model, m_dtype, memory.layers);
        if (m_parent)
            sum += nn::StreamedModel::bytes(*m_parent, m_dtype, memory.parentLayers);
        sum += memory.whole ? m_size.allReplaced : m_size.largestReplaced;
        return sum + memory.together * streams() + std::max(passBytes(), lossBytes());
    }

private:
    std::int64_t streamOf(const ModelConfig &config) const { return m_atOnce * m_size.length * config.hidden * m_each; }
    std::int64_t passBytes() const
    {
        const auto of = [&](const ModelConfig &config) {
            return streamOf(config) + nn::activationBytes(config, m_atOnce, m_size.length, m_each);
        };
        return m_parent ? std::max(of(m_model.config), of(m_parent->config)) : of(m_model.config);
    }
    /// Hidden states behind the final norm, one more with what the norm takes, and logits.
    std::int64_t lossBytes() const
    {
        const std::int64_t rows = m_atOnce * (m_size.length - 1);
        return rows * m_model.config.hidden * ((m_size.compared ? 3 : 2) * m_each + 8)
            + nn::logitBytes(m_model.config.vocabulary, rows, m_each, m_size.compared);
    }

    const ModelArchitecture &m_model;
    const ModelArchitecture *m_parent;
    at::ScalarType m_dtype;
    const EvaluationSize &m_size;
    std::int64_t m_each, m_atOnce;
};

} // namespace

EvaluationMemory evaluationMemory(const ModelArchitecture &model, const ModelArchitecture *parent, at::ScalarType dtype,
                                  const EvaluationSize &size)
{
    const std::int64_t layers = layersOf(model), parentLayers = parent ? layersOf(*parent) : 0;
    const Plan plan(model, parent, dtype, size);
    EvaluationMemory memory{true, layers, parentLayers, 1, 0};
    const std::optional<std::int64_t> budget = nn::memoryBudget();
    memory.bytes = plan.bytes(memory);
    if (!budget || memory.bytes <= *budget)
        return memory;
    memory = {false, 1, std::min<std::int64_t>(1, parentLayers), 1, 0};
    nn::requireMemory("embedding, head and one layer of the model" + std::string(parent ? " and of its parent" : "")
                          + ", with what a batch of windows takes, need",
                      plan.bytes(memory));
    const auto fits = [&](const EvaluationMemory &other) { return plan.bytes(other) <= *budget; };
    // A second place lets a layer come while the one before works.
    EvaluationMemory overlapping = memory;
    overlapping.layers = std::min<std::int64_t>(2, layers);
    overlapping.parentLayers = std::min<std::int64_t>(2, parentLayers);
    if (fits(overlapping))
        memory = overlapping;
    const std::int64_t more = (*budget - plan.bytes(memory)) / std::max<std::int64_t>(1, plan.streams());
    const std::int64_t most = std::clamp<std::int64_t>(1 + more, 1, plan.batches());
    const std::int64_t sweeps = (plan.batches() + most - 1) / most;
    memory.together = (plan.batches() + sweeps - 1) / sweeps;
    const auto addLayers = [&](std::int64_t EvaluationMemory::*which, std::int64_t all) {
        for (EvaluationMemory next = memory; next.*which < all; memory = next) {
            ++(next.*which);
            if (!fits(next))
                return;
        }
    };
    addLayers(&EvaluationMemory::layers, layers);
    addLayers(&EvaluationMemory::parentLayers, parentLayers);
    memory.bytes = plan.bytes(memory);
    return memory;
}

std::string describe(const EvaluationMemory &memory, const ModelArchitecture &model, const ModelArchitecture *parent,
                     const EvaluationSize &size)
{
    std::string text = nn::peakText(memory.bytes);
    if (memory.whole)
        return text;
    text += ": " + nn::residentText(memory.layers, layersOf(model), "model");
    if (parent)
        text += " and " + nn::residentText(memory.parentLayers, layersOf(*parent), "parent");
    const bool allThere = memory.layers == layersOf(model) && (!parent || memory.parentLayers == layersOf(*parent));
    const std::int64_t windows = std::min(size.windows, memory.together * windowsAtOnce(size.length));
    return text + (allThere ? ", replacements" : ", the others") + " read once for every " + std::to_string(windows) + " windows";
}

} // namespace tessera::distill
