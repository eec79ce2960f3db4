// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/nn/memory_budget.h"

#include "engine/base/byte_size.h"
#include "engine/base/error.h"
#include "engine/nn/device.h"
#include "engine/nn/kernels.h"

#include <algorithm>

namespace tessera::nn {
namespace {

constexpr std::int64_t kLeastReserve = std::int64_t{512} << 20;

std::optional<std::int64_t> limit;

} // namespace

std::optional<std::int64_t> memoryBudget()
{
    const auto memory = deviceMemory();
    if (!memory)
        return limit;
    if (limit)
        return std::min(*limit, memory->free);
    return std::max<std::int64_t>(0, memory->free - memory->total / 20 - kLeastReserve);
}

void limitMemory(std::optional<std::int64_t> bytes) { limit = bytes; }

std::int64_t layerBytes(const ModelConfig &config, const LayerChoice &layer, std::int64_t elementBytes)
{
    std::int64_t sum = 0;
    for (Part part : {Part::Attention, Part::Ffn})
        for (const TensorSpec &spec : tensorsOf(config, layer.of(part))) {
            std::int64_t bytes = elementBytes;
            for (std::int64_t dimension : spec.shape)
                bytes *= dimension;
            sum += (bytes + kCacheLine - 1) / kCacheLine * kCacheLine;
        }
    return sum;
}

std::int64_t largestLayerBytes(const ModelArchitecture &model, std::int64_t elementBytes)
{
    std::int64_t largest = 0;
    for (const LayerChoice &layer : model.layers)
        largest = std::max(largest, layerBytes(model.config, layer, elementBytes));
    return largest;
}

std::int64_t activationBytes(const ModelConfig &config, std::int64_t windows, std::int64_t length, std::int64_t elementBytes)
{
    const std::int64_t tokens = windows * length, queries = config.heads * config.headDim, keys = config.kvHeads * config.headDim;
    // The norm works in float32; queries, keys and values are there before and after the rotation; weights of a block of queries once
    // more in float32 while they are normalised.
    const std::int64_t norm = tokens * config.hidden * (8 + 2 * elementBytes);
    const std::int64_t heads = tokens * (4 * queries + 5 * keys) * elementBytes;
    const std::int64_t weights = windows * config.heads * std::min(kQueryBlock, length) * length * (9 + elementBytes);
    const std::int64_t ffn = tokens * (4 * config.ffnWidth + config.hidden) * elementBytes;
    return norm + std::max(heads + weights, ffn);
}

std::string memoryName() { return device().is_cpu() ? "main memory" : "the memory of " + device().str(); }

std::string peakText(std::int64_t bytes) { return "takes about " + bytesText(bytes) + " of " + memoryName() + " at its peak"; }

std::string residentText(std::int64_t resident, std::int64_t layers, const std::string &whose)
{
    return std::to_string(resident) + " of the " + whose + "'s " + std::to_string(layers) + " layers at once";
}

void requireMemory(const std::string &what, std::int64_t bytes)
{
    const std::optional<std::int64_t> budget = memoryBudget();
    if (budget && bytes > *budget)
        throw failed(what + " " + bytesText(bytes) + ", but of " + memoryName() + " " + bytesText(*budget)
                     + " may be used; use --device cpu, another GPU, or where --device-memory was given a larger one");
}

} // namespace tessera::nn
