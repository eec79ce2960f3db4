// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/architecture/model_architecture.h"

#include <cstdint>
#include <optional>
#include <string>

#include <torch/torch.h>

namespace tessera {

/// What is to be trained, as far as memory depends on it.
struct TrainingSize {
    std::int64_t windows = 1, length = 1; ///< That go through a network at once.
    std::int64_t largestJob = 0;          ///< Trainee::bytes() of the largest job, and of all.
    std::int64_t allJobs = 0;
    std::int64_t asked = 0; ///< For a group of them, as the request says; 0: as much as there is.
};

/// How a parent and the variants in training share the device.
struct TrainingMemory {
    std::int64_t residentLayers = 0; ///< All where they fit beside the largest job.
    std::int64_t group = 0;          ///< For the weights and moments of a group.
    std::int64_t bytes = 0;          ///< The most that is taken at once, predicted.
};

/// free: bytes of main memory, shared where there is no budget. Throws Error (Failed) where not even a layer and a job fit.
TrainingMemory trainingMemory(const ModelArchitecture &parent, at::ScalarType dtype, const TrainingSize &size,
                              std::optional<std::int64_t> budget, std::int64_t free);

/// "takes about 31.0 GiB of the memory of cuda:0 at its peak: ..."
std::string describe(const TrainingMemory &memory, const ModelArchitecture &parent);

/// Free bytes of main memory that are counted on where the system does not say.
inline constexpr std::int64_t kLeastMainMemory = std::int64_t{4} << 30;

} // namespace tessera
