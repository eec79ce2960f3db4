// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/checkpoint/numbers.h"
#include "engine/nn/adamw.h"
#include "engine/nn/trained_model.h"

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace tessera::nn {

/// What a training has reached: enough to go on with the same bits.
struct TrainingState {
    std::int64_t step = 0; ///< Steps done.
    double bestLoss = 0;   ///< Held-out loss of best; meaningless while best is empty.
    std::vector<at::Tensor> best; ///< Parameters with the best held-out loss; empty before the first evaluation.
    std::map<std::string, std::string> notes; ///< What else the training wants to know again.
};

/// Writes parameters, moments, best state, counters and notes to one safetensors file, atomically. purpose tells runs apart.
void saveState(const std::filesystem::path &path, const TrainedModel &trained, const AdamW &optimiser,
               const TrainingState &state, const std::string &purpose);

/// Fills parameters and moments from a checkpoint of the same purpose; false where there is none or it is of another run.
bool loadState(const std::filesystem::path &path, TrainedModel &trained, AdamW &optimiser, TrainingState &state,
               const std::string &purpose);

/// Writes float32 tensors as another type, atomically.
void writeTensors(const std::filesystem::path &path, const std::vector<std::string> &names,
                  const std::vector<at::Tensor> &tensors, StoredType type);

} // namespace tessera::nn
