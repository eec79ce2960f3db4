// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/nn/model.h"
#include "engine/protocol/requests.h"
#include "engine/protocol/work_context.h"

#include <cstdint>
#include <vector>

namespace tessera::nn {

/// model with the given sub-blocks in place of its own; nothing is written. A source with a file is read from it, its hash
/// checked; one of origin paper without a file is initialised from the parent's sub-block, the channels of a narrower FFN
/// ranked on tokens (int64 [windows, length]). Throws Error (BadInput) for layers that do not exist, variants that are impossible
/// and files that do not fit.
Model replaceSubBlocks(const Model &model, const Model &parent, const std::vector<SubBlockSource> &sources,
                       const Tensor &tokens, const WorkContext &context);

/// Mean |input of the FFN's last matrix| per channel over all positions of tokens, float64 [width], for each of the
/// given layers (ascending) of a model.
std::vector<Tensor> meanAbsFeatures(const Model &model, const std::vector<std::int64_t> &layers, const Tensor &tokens,
                                    const WorkContext &context);

} // namespace tessera::nn
