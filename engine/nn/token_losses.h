// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/nn/forward.h"

#include <cstdint>
#include <vector>

namespace tessera::nn {

/// What a model makes of each position, in float64.
struct TokenLosses {
    std::vector<double> nll;   ///< -log probability of the target, natural logarithm
    std::vector<char> correct; ///< whether the target has the largest logit (the lowest id among equals)
    // Empty without a reference:
    std::vector<double> kl; ///< KL(reference || model) over the whole vocabulary
    std::vector<double> referenceNll;
    std::vector<char> referenceCorrect;
    std::vector<char> agree; ///< whether both have their largest logit at the same token
};

/// hidden: after the final norm, [N, hidden]; targets: int64 [N]. reference, where given, with its own hidden states at the same
/// positions and the same vocabulary and type. Never more than about 64 MB of logits exist at once (512 MB on a GPU). No gradient.
TokenLosses tokenLosses(const Model &model, const Tensor &hidden, const Tensor &targets, const Model *reference = nullptr,
                        const Tensor &referenceHidden = {});

/// The most bytes of logits that tokenLosses() has at once for so many rows on the device; compared: with a reference.
std::int64_t logitBytes(std::int64_t vocabulary, std::int64_t rows, std::int64_t elementBytes, bool compared);

} // namespace tessera::nn
