// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/distill/global_memory.h"

#include "engine/base/byte_size.h"
#include "engine/distill/losses.h"
#include "engine/nn/kernels.h"
#include "engine/nn/memory_budget.h"
#include "engine/nn/streamed_model.h"

#include <algorithm>
#include <set>

namespace tessera::distill {
namespace {

/// Weight, gradient, two moments and the best weight of a trained parameter, in float32.
constexpr std::int64_t kKeptOfTrained = 20;

std::int64_t elementBytes(at::ScalarType dtype) { return static_cast<std::int64_t>(c10::elementSize(dtype)); }

/// What a layer keeps of a part for its way back: inputs and outputs of its products, and the weights of attention.
std::int64_t keptForTheWayBack(const ModelConfig &config, const LayerChoice &layer, std::int64_t windows, std::int64_t length,
                               std::int64_t each)
{
    const std::int64_t tokens = windows * length;
    std::int64_t numbers = 0;
    if (layer.attention.kind == VariantKind::Gqa) {
        const std::int64_t queries = config.heads * config.headDim, keys = layer.attention.size * config.headDim;
        numbers += tokens * (2 * config.hidden + 2 * queries + 2 * keys);
        numbers += windows * config.heads * length * (length + std::min(length, nn::kQueryBlock)) / 2;
    } else if (layer.attention.kind == VariantKind::Linear) {
        numbers += tokens * 2 * config.hidden;
    }
    if (layer.ffn.kind == VariantKind::Width)
        numbers += tokens * (2 * config.hidden + 3 * layer.ffn.size);
    else if (layer.ffn.kind == VariantKind::Linear)
        numbers += tokens * 2 * config.hidden;
    return numbers * each;
}

std::int64_t statesOf(const ModelConfig &config, std::int64_t layers, const GlobalSize &size, std::int64_t each)
{
    return (layers + 1) * size.windows * (size.length - 1) * config.hidden * each;
}

std::int64_t bytesOf(const ModelArchitecture &teacher, at::ScalarType dtype, const GlobalSize &size, const GlobalMemory &memory)
{
    const std::int64_t each = elementBytes(dtype);
    const std::int64_t states = statesOf(teacher.config, static_cast<std::int64_t>(teacher.layers.size()), size, each);
    // The teacher's own activations and a student's step are not there at the same time.
    const std::int64_t work = std::max(size.step, nn::activationBytes(teacher.config, size.windows, size.length, each));
    return nn::StreamedModel::bytes(teacher, dtype, memory.layers) + size.kept + memory.together * states + work;
}

} // namespace

void addChild(GlobalSize &size, const ModelArchitecture &child, const std::vector<std::string> &trained, at::ScalarType dtype)
{
    const std::int64_t each = elementBytes(dtype), layers = static_cast<std::int64_t>(child.layers.size());
    const std::set<std::string> names(trained.begin(), trained.end());
    std::int64_t learning = 0, still = 0;
    for (const TensorSpec &spec : tensorsOf(child)) {
        std::int64_t numbers = 1;
        for (const std::int64_t dimension : spec.shape)
            numbers *= dimension;
        (names.contains(spec.name) ? learning : still) += numbers;
    }
    size.kept += learning * kKeptOfTrained + still * each;
    // Gradients of a part before they are added to the batch's, and weights in the network's type.
    std::int64_t step = learning * (4 + (dtype == at::kFloat ? 0 : each));
    for (const LayerChoice &layer : child.layers)
        step += keptForTheWayBack(child.config, layer, size.windows, size.length, each);
    // Gradients of the hidden states' distances, of all layers.
    step += statesOf(child.config, layers, size, each);
    const std::int64_t rows = size.windows * (size.length - 1);
    step += std::max(nn::activationBytes(child.config, size.windows, size.length, each), logitBytes(child.config.vocabulary, rows));
    size.step = std::max(size.step, step);
}

GlobalMemory globalMemory(const ModelArchitecture &teacher, at::ScalarType dtype, const GlobalSize &size)
{
    const auto layers = static_cast<std::int64_t>(teacher.layers.size());
    const auto with = [&](GlobalMemory memory) {
        memory.bytes = bytesOf(teacher, dtype, size, memory);
        return memory;
    };
    const GlobalMemory whole = with({layers, 1, 0});
    const std::optional<std::int64_t> budget = nn::memoryBudget();
    if (!budget || whole.bytes <= *budget)
        return whole;
    GlobalMemory memory = with({1, 1, 0});
    nn::requireMemory("distilling keeps the children as a whole, " + bytesText(size.kept)
                          + " with gradients and moments, and takes at least",
                      memory.bytes);
    const auto growTo = [&](const GlobalMemory &larger) {
        const GlobalMemory next = with(larger);
        if (next.bytes > *budget)
            return false;
        memory = next;
        return true;
    };
    if (layers > 2)
        growTo({2, 1, 0});
    while (memory.together < size.parts && growTo({memory.layers, memory.together + 1, 0}))
        continue;
    while (memory.layers + 1 < layers && growTo({memory.layers + 1, memory.together, 0}))
        continue;
    return memory;
}

std::string describe(const GlobalMemory &memory, const ModelArchitecture &teacher, const GlobalSize &size)
{
    const auto layers = static_cast<std::int64_t>(teacher.layers.size());
    const std::string text = nn::peakText(memory.bytes);
    if (memory.layers >= layers)
        return text;
    return text + ": " + nn::residentText(memory.layers, layers, "parent") + ", the others read again for every "
        + std::to_string(memory.together * size.windows) + " windows";
}

} // namespace tessera::distill
