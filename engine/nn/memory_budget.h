// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/architecture/model_architecture.h"

#include <cstdint>
#include <optional>
#include <string>

namespace tessera::nn {

// How much of the device networks may take, and how much they will. What has to be chosen to fit is chosen before anything is loaded.

/// Bytes that this process may take of the device: what limitMemory() said, but no more than is free; else what is free less a
/// twentieth of the device and 512 MiB, for libraries and for what lies between tensors. Nothing: no limit, which is main memory's
/// without limitMemory().
std::optional<std::int64_t> memoryBudget();
/// For the whole process; nothing takes an earlier limit back.
void limitMemory(std::optional<std::int64_t> bytes);

inline constexpr std::int64_t kCacheLine = 64;
/// Bytes of one layer's weights, every tensor at a whole number of cache lines.
std::int64_t layerBytes(const ModelConfig &config, const LayerChoice &layer, std::int64_t elementBytes);
/// The largest layer.
std::int64_t largestLayerBytes(const ModelArchitecture &model, std::int64_t elementBytes);

/// Bytes of everything that is there at once while a layer of the parent's shapes looks at windows of so many tokens, without a
/// gradient, its input and output not counted. An estimate.
std::int64_t activationBytes(const ModelConfig &config, std::int64_t windows, std::int64_t length, std::int64_t elementBytes);

/// "the memory of cuda:0", "main memory"
std::string memoryName();
/// "takes about 1.5 GiB of main memory at its peak"
std::string peakText(std::int64_t bytes);
/// "2 of the parent's 30 layers at once"
std::string residentText(std::int64_t resident, std::int64_t layers, const std::string &whose);

/// Throws Error (Failed) where memoryBudget() is less than what cannot do with less: the sentence "WHAT, but of ... may be used; ..."
/// names both. what: "generating takes at least".
void requireMemory(const std::string &what, std::int64_t bytes);

} // namespace tessera::nn
