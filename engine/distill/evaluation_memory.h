// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/architecture/model_architecture.h"

#include <cstdint>
#include <string>

#include <torch/torch.h>

namespace tessera::distill {

/// What is to be evaluated, as far as memory depends on it.
struct EvaluationSize {
    std::int64_t windows = 1, length = 2;
    bool compared = false;             ///< With a parent, be it the model itself without its replacements.
    std::int64_t largestReplaced = 0;  ///< Bytes of the replacements of a layer, and of all.
    std::int64_t allReplaced = 0;
};

/// How a model and its parent share the device.
struct EvaluationMemory {
    bool whole = true; ///< Both are there with all layers, and all replacements.
    std::int64_t layers = 0, parentLayers = 0; ///< Resident; parentLayers 0 where the parent has no layers of its own.
    std::int64_t together = 1; ///< Batches that pass a layer before the next one comes.
    std::int64_t bytes = 0;    ///< The most that is taken at once, predicted.
};

/// parent: null where there is none besides the model. Everything resident where nn::memoryBudget() allows it. Otherwise first as many
/// batches together as there is room for, since all layers are read once for each such group, then more resident layers. Throws Error
/// (Failed) with the figures where one layer of each and one batch do not fit.
EvaluationMemory evaluationMemory(const ModelArchitecture &model, const ModelArchitecture *parent, at::ScalarType dtype,
                                  const EvaluationSize &size);

/// "takes about 4.1 GiB of the memory of cuda:0 at its peak: ..."
std::string describe(const EvaluationMemory &memory, const ModelArchitecture &model, const ModelArchitecture *parent,
                     const EvaluationSize &size);

} // namespace tessera::distill
