// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/nn/adamw.h"
#include "engine/pretrain/parameters.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace tessera::pretrain {

/// What a run of pretraining has reached: enough to go on with the same bits.
struct TrainingState {
    std::int64_t step = 0; ///< Steps done.
    double bestLoss = 0;   ///< Held-out loss of best; meaningless while best is empty.
    std::vector<at::Tensor> best; ///< Parameters with the best held-out loss; empty before the first evaluation.
};

/// Writes parameters, moments, best state and counters to one safetensors file, atomically. purpose tells runs apart.
void saveState(const std::filesystem::path &path, const TrainedModel &trained, const nn::AdamW &optimiser,
               const TrainingState &state, const std::string &purpose);

/// Fills parameters and moments from a checkpoint of the same purpose; false where there is none or it is of another run.
bool loadState(const std::filesystem::path &path, TrainedModel &trained, nn::AdamW &optimiser, TrainingState &state,
               const std::string &purpose);

/// A float32 tensor's bytes as a tensor to write in another type.
void writeParameters(const std::filesystem::path &path, const std::vector<std::string> &names,
                     const std::vector<at::Tensor> &tensors);

} // namespace tessera::pretrain
