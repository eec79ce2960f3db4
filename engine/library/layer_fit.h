// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/library/least_squares.h"
#include "engine/nn/forward.h"

#include <functional>
#include <string>
#include <vector>

namespace tessera {

enum class ChannelRanking { Elimination, Contribution, Iterative };
/// "elimination", "contribution", "iterative"; throws Error (BadInput).
ChannelRanking parseChannelRanking(const std::string &word);

/// How the variants of a layer are fitted.
struct FitSettings {
    double ridge = 1e-3;
    ChannelRanking ranking = ChannelRanking::Elimination;
    bool bestKvHeads = false; ///< Keep the kv heads that say most; otherwise their mean.
    bool closedForm = true;   ///< false: the paper's initialisation, with ranking and kv heads as above.
};

/// A fitted variant with its normalised errors: sum |difference|^2 / sum |parent's|^2, of the whole layer's output (over at
/// most kLossTokens tokens for attention) and of the sub-block's own increment (over all tokens). before is the paper's
/// start: mean kv heads, channels by contribution, products of matrices.
struct FittedVariant {
    nn::SubBlock block;
    double lossBefore = 0, lossAfter = 0, incrementBefore = 0, incrementAfter = 0;
};
inline constexpr std::int64_t kLossTokens = 4096;
/// Rows that the iterative ranking looks at, and its rounds.
inline constexpr std::int64_t kRankingTokens = 4096;
inline constexpr std::int64_t kRankingRounds = 32;

/// Fits all wanted variants of one layer in one pass over its inputs (two where the best kv heads are asked for).
/// stream: the parent's residual stream before the layer [windows, window, hidden]; afterwards it is the one behind the
/// layer. between is called between batches with the tokens done, and may throw: the stream is then as it was. Where the
/// device has too little memory for a batch, the layer is looked at again in smaller ones; returns what there is to note about
/// that, empty where all went well. fitted is called for every variant in the order wanted; the variants do not depend on which
/// others are wanted.
/// Memory besides the stream: a second one, float64 moments, 8 * (width^2 + (2 + number of kv-head variants) * 2 * hidden^2) bytes and
/// about three times the first term while solving.
std::string fitLayer(const ModelConfig &config, const nn::Layer &parent, const std::vector<Variant> &wanted,
                     const FitSettings &settings, const nn::Rope &rope, at::Tensor &stream,
                     const std::function<void(std::int64_t tokens)> &between,
                     const std::function<void(const FittedVariant &)> &fitted);

} // namespace tessera
