// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/score/score_memory.h"

#include "engine/base/byte_size.h"
#include "engine/base/error.h"
#include "engine/nn/memory_budget.h"
#include "engine/nn/streamed_model.h"

#include <algorithm>

namespace tessera {
namespace {

/// What does not depend on how many layers and streams there are.
std::int64_t workBytes(const ModelConfig &config, std::int64_t each, const ScoreSize &size)
{
    const std::int64_t rows = size.windows * (size.length - 1);
    std::int64_t bytes = size.largestBlock + std::min(size.allBlocks, kMostKeptBlockBytes);
    std::int64_t ending = rows * config.hidden * 16; // Hidden states of a child in float32: itself, its norm, its difference.
    if (size.logits) {
        bytes += rows * config.vocabulary * each;
        ending += kDifferenceRows * (config.vocabulary + config.hidden) * each;
    }
    bytes += rows * config.hidden * 4; // The parent's.
    return bytes + std::max(ending, nn::activationBytes(config, size.windows, size.length, each));
}

} // namespace

ScoreMemory scoreMemory(const ModelArchitecture &parent, at::ScalarType dtype, const ScoreSize &size,
                        std::optional<std::int64_t> budget)
{
    const auto layers = static_cast<std::int64_t>(parent.layers.size());
    const auto each = static_cast<std::int64_t>(c10::elementSize(dtype));
    const std::int64_t stream = size.windows * size.length * parent.config.hidden * each;
    const std::int64_t work = workBytes(parent.config, each, size);
    const auto with = [&](std::int64_t resident) { return nn::StreamedModel::bytes(parent, dtype, resident) + work; };
    // The input of every half is kept; and a candidate's stream, before and behind a half.
    const ScoreMemory whole{layers, 1, with(layers) + (2 * layers + 3) * stream};
    if (!budget || whole.bytes <= *budget)
        return whole;
    const std::int64_t least = nn::StreamedModel::bytes(parent, dtype, 1);
    if (least > *budget)
        throw failed("embedding, head and one layer of the parent take " + bytesText(least) + ", but of " + nn::memoryName() + " "
                     + bytesText(*budget) + " may be used; use --device cpu, or a larger --device-memory");
    ScoreMemory memory{layers > 2 && with(2) + 4 * stream <= *budget ? std::int64_t{2} : std::int64_t{1}, 1, 0};
    const std::int64_t replacements = std::max<std::int64_t>(1, size.replacements);
    const std::int64_t beside = with(memory.residentLayers) + 3 * stream;
    memory.together = std::clamp<std::int64_t>((*budget - beside) / std::max<std::int64_t>(1, stream), 1, replacements);
    const std::int64_t streams = (memory.together + 3) * stream;
    if (memory.together == replacements)
        while (memory.residentLayers + 1 < layers && with(memory.residentLayers + 1) + streams <= *budget)
            ++memory.residentLayers;
    memory.bytes = with(memory.residentLayers) + streams;
    return memory;
}

std::string describe(const ScoreMemory &memory, const ModelArchitecture &parent, const ScoreSize &size)
{
    const auto layers = static_cast<std::int64_t>(parent.layers.size());
    const std::string text = nn::peakText(memory.bytes);
    if (memory.residentLayers >= layers)
        return text;
    const std::int64_t replacements = std::max<std::int64_t>(1, size.replacements);
    const std::int64_t bundles = (replacements + memory.together - 1) / memory.together;
    return text + ": " + nn::residentText(memory.residentLayers, layers, "parent") + ", the others read " + (bundles == 1 ? "once" : "up to " + std::to_string(bundles) + " times") + " for every "
         + std::to_string(size.windows) + " windows";
}

} // namespace tessera
