// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/nn/model.h"
#include "engine/nn/streamed_model.h"
#include "engine/protocol/requests.h"
#include "engine/protocol/work_context.h"

#include <cstdint>
#include <functional>
#include <map>
#include <vector>

namespace tessera::nn {

/// model with the given sub-blocks in place of its own; nothing is written. A source with a file is read from it, its hash
/// checked; one of origin paper without a file is initialised from the parent's sub-block, the channels of a narrower FFN
/// ranked on tokens (int64 [windows, length]). Throws Error (BadInput) for layers that do not exist, variants that are impossible
/// and files that do not fit.
Model replaceSubBlocks(const Model &model, const Model &parent, const std::vector<SubBlockSource> &sources,
                       const Tensor &tokens, const WorkContext &context);

/// Channels of FFNs from the most to the least important, by layer.
using ChannelOrders = std::map<std::int64_t, std::vector<std::int64_t>>;

// The same, sub-block by sub-block, for a parent that need not be on the device as a whole.

/// Throws as replaceSubBlocks() does for layers and variants.
void checkReplacements(const std::vector<SubBlockSource> &sources, const ModelArchitecture &model, const ModelArchitecture &parent);

/// The orders that replacementFor() needs, by mean |input of the FFN's last matrix| over all positions of tokens. together: batches of
/// about 512 tokens that pass a layer before the next one is asked for; it changes no bit of the result.
ChannelOrders channelOrders(const std::vector<SubBlockSource> &sources, StreamedModel &parent, const Tensor &tokens,
                            std::int64_t together, const WorkContext &context);

/// What stands in a model of the configuration config. own: the parent's sub-block, called where the source has no file.
SubBlock replacementFor(const SubBlockSource &source, const ModelConfig &config, const ModelConfig &parent,
                        const std::function<SubBlock()> &own, const ChannelOrders &orders, at::ScalarType dtype);

} // namespace tessera::nn
