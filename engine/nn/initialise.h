// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/nn/forward.h"

namespace tessera::nn {

/// The paper's initialisations (puzzle.md 2.2), from the parent's sub-block; computed in float32, returned in its type.

/// Narrower FFN from chosen channels (ascending), rows of gate and up, columns of down, biases likewise.
SubBlock keepChannels(const ModelConfig &config, const SubBlock &parent, const std::vector<std::int64_t> &channels);
/// kv heads mean-pooled in consecutive groups: k and v rows (and biases) averaged; q and o unchanged.
SubBlock poolKvHeads(const ModelConfig &config, const SubBlock &parent, std::int64_t kvHeads);
/// The kv heads to keep, one of each consecutive group: chosen[g] lies in group g.
SubBlock keepKvHeads(const ModelConfig &config, const SubBlock &parent, const std::vector<std::int64_t> &chosen);
/// attention: W_O W_V with V rows repeated per query group; FFN: W_down W_up, gate ignored. Biases are dropped.
SubBlock linearFromParent(const ModelConfig &config, const SubBlock &parent, Part part);

/// Any variant from its parent. channelOrder: all channels from most to least important, needed for a narrower FFN only.
/// The parent's own variant is returned unchanged.
SubBlock initialise(const ModelConfig &config, const SubBlock &parent, const Variant &variant,
                    const std::vector<std::int64_t> &channelOrder = {});

/// The channels in descending order of mean |x_i| * norm2(W_down[:, i]) (ICML App.; ties to the lower index).
/// meanAbs: mean |features| per channel over tokens, float64 [width].
std::vector<std::int64_t> rankByContribution(const SubBlock &parent, const Tensor &meanAbs);

} // namespace tessera::nn
