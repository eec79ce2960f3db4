// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/architecture/model_architecture.h"

#include <cstdint>
#include <string>
#include <vector>

#include <torch/torch.h>

namespace tessera::distill {

/// What is to be trained, as far as memory depends on it.
struct GlobalSize {
    std::int64_t windows = 1, length = 2; ///< That go through a network at once: a part.
    std::int64_t parts = 1;               ///< Of a batch.
    std::int64_t kept = 0;                ///< Of all children, from the first step to the last; see addChild().
    std::int64_t step = 0;                ///< Of the child that takes most, while it learns from a part.
};
/// Counts a child in of which the tensors with these names are trained: weights, moments, gradients and best weights in float32, the
/// others in dtype; and what a step keeps for its way back.
void addChild(GlobalSize &size, const ModelArchitecture &child, const std::vector<std::string> &trained, at::ScalarType dtype);

/// How a teacher and its students share the device. Students are there as a whole.
struct GlobalMemory {
    std::int64_t layers = 0;   ///< Of the teacher that are resident.
    std::int64_t together = 1; ///< Parts that pass the teacher's layers side by side; 1 where all are resident.
    std::int64_t bytes = 0;    ///< The most that is taken at once, predicted.
};
/// All layers resident where nn::memoryBudget() allows it. Otherwise as many parts of a batch together as there is room for, then more
/// layers. Throws Error (Failed) with the figures where the children, one layer and one part do not fit.
GlobalMemory globalMemory(const ModelArchitecture &teacher, at::ScalarType dtype, const GlobalSize &size);

/// "takes about 61.0 GiB of the memory of cuda:0 at its peak: ..."
std::string describe(const GlobalMemory &memory, const ModelArchitecture &teacher, const GlobalSize &size);

} // namespace tessera::distill
