// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/architecture/model_architecture.h"
#include "engine/nn/model.h"
#include "tests/base/temporary_folder.h"

#include <map>
#include <string>
#include <vector>

namespace tessera::test {

/// A random parent of 3 layers with grouped-query attention; the vocabulary is no multiple of a vector.
ModelConfig toyConfig();

/// Writes it as a checkpoint and some random tokens as a token file.
struct ToyParent {
    TemporaryFolder folder;
    std::string model, tokenFile;
    std::vector<std::int32_t> tokens;
    explicit ToyParent(std::int64_t tokenCount = 300);
};

/// Random weights for a variant, written as a sub-block file; its path.
std::string writeRandomSubBlock(const TemporaryFolder &folder, const ModelConfig &config, const Variant &variant, std::uint64_t seed);

/// Everything about one window that scores are made of, from a forward in float64 that shares nothing with engine/nn but the
/// weights.
struct ReferenceWindow {
    at::Tensor logProbabilities; ///< float64 [window - 1, vocabulary]
    at::Tensor hidden;           ///< float64 [window - 1, hidden], after the final norm
    double loss = 0, accuracy = 0;
};
ReferenceWindow referenceForward(const nn::Model &model, const std::vector<std::int32_t> &window);

/// The four scores of child against parent on one window.
std::map<std::string, double> referenceScores(const ReferenceWindow &parent, const ReferenceWindow &child);

} // namespace tessera::test
