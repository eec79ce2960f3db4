// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/library/training_memory.h"

#include "engine/base/byte_size.h"
#include "engine/base/error.h"
#include "engine/nn/memory_budget.h"
#include "engine/nn/streamed_model.h"

#include <algorithm>

namespace tessera {

TrainingMemory trainingMemory(const ModelArchitecture &parent, at::ScalarType dtype, const TrainingSize &size,
                              std::optional<std::int64_t> budget, std::int64_t free)
{
    const auto layers = static_cast<std::int64_t>(parent.layers.size());
    const auto each = static_cast<std::int64_t>(c10::elementSize(dtype));
    const std::int64_t stream = size.windows * size.length * parent.config.hidden * each;
    // What a training step keeps for its way back is about three times what a pass takes; gradients and weights in the network's type
    // are half of what a trainee keeps.
    const std::int64_t work =
        3 * nn::activationBytes(parent.config, size.windows, size.length, each) + 6 * stream + size.largestJob / 2;
    const std::int64_t whole = nn::StreamedModel::bytes(parent, dtype, layers);
    TrainingMemory memory{layers, 0, 0};
    if (!budget) {
        memory.group = size.asked > 0 ? size.asked : std::max<std::int64_t>(0, free - whole) / 2;
    } else if (whole + work + size.largestJob <= *budget) {
        memory.group = size.asked > 0 ? size.asked : std::max(size.largestJob, (*budget - whole - work) / 2);
    } else {
        memory.residentLayers = std::clamp<std::int64_t>(layers - 1, 1, 2);
        const std::int64_t there = nn::StreamedModel::bytes(parent, dtype, memory.residentLayers);
        if (there + size.largestJob > *budget)
            throw failed("training takes at least " + bytesText(there + size.largestJob) + ", but of " + nn::memoryName() + " "
                         + bytesText(*budget) + " may be used; use --device cpu, a larger --device-memory, or smaller variants");
        memory.group = size.asked > 0 ? size.asked : std::max(size.largestJob, *budget - there - work);
        memory.bytes = there + work;
    }
    if (memory.bytes == 0)
        memory.bytes = whole + work;
    memory.bytes += std::min(size.allJobs, std::max(memory.group, size.largestJob));
    return memory;
}

std::string describe(const TrainingMemory &memory, const ModelArchitecture &parent)
{
    const auto layers = static_cast<std::int64_t>(parent.layers.size());
    const std::string text = nn::peakText(memory.bytes);
    if (memory.residentLayers >= layers)
        return text;
    return text + ": layer by layer, " + nn::residentText(memory.residentLayers, layers, "parent");
}

} // namespace tessera
