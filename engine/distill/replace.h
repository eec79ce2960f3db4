// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/distill/evaluate.h"

namespace tessera::distill {

/// model with the given sub-blocks in place of its own; nothing is written. A source with a file is read from it, its hash
/// checked; one of origin paper without a file is initialised from the parent's sub-block, the channels of a narrower FFN
/// ranked on the windows. Throws Error (BadInput) for layers that do not exist, variants that are impossible and files that do not fit.
nn::Model replaceSubBlocks(const nn::Model &model, const nn::Model &parent, const std::vector<SubBlockSource> &sources,
                           const Windows &windows, const WorkContext &context);

/// Mean |input of the FFN's last matrix| per channel over all positions of all windows, float64 [width], for each of the
/// given layers (ascending) of a model.
std::vector<at::Tensor> meanAbsFeatures(const nn::Model &model, const std::vector<std::int64_t> &layers, const Windows &windows,
                                        const WorkContext &context);

} // namespace tessera::distill
