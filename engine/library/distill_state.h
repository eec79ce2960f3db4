// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/base/json.h"
#include "engine/library/block_training.h"

#include <filesystem>
#include <string>
#include <vector>

namespace tessera {

/// A trainee in a checkpoint: identity names its layer, its variants and the hashes of what it started from.
struct NamedTrainee {
    std::string identity;
    Trainee *trainee = nullptr;
};

/// Checkpoints of a group in training. A checkpoint is a safetensors file and, written after it, distill-state.json, which
/// names it; so there is a whole one at every instant.
class DistillState {
public:
    /// key: everything that all variants' results depend on. A checkpoint of another key is not used.
    DistillState(std::filesystem::path folder, std::string key);
    /// The identities in the checkpoint; empty where there is none.
    std::vector<std::string> identities() const;
    void save(const std::vector<NamedTrainee> &group);
    /// Fills a trainee from the checkpoint; false where it is not there or does not fit.
    bool restore(const NamedTrainee &named) const;
    void remove();

private:
    std::filesystem::path stateFile() const;
    std::filesystem::path m_folder;
    std::string m_key;
    Json m_state; ///< What distill-state.json holds; null where there is no usable checkpoint.
};

} // namespace tessera
