// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/base/json.h"
#include "engine/protocol/requests.h"
#include "engine/store/project.h"
#include "engine/store/scores.h"

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace tessera {

/// Both sub-blocks of one layer, replaced together.
struct PairAt {
    std::int64_t layer = 0;
    Variant attention, ffn;
    auto operator<=>(const PairAt &) const = default;
    LayerChoice choice() const { return {attention, ffn}; }
};

/// A pair whose halves were trained as one (coupled). Losses are the pair's, on held-out tokens.
struct PairRecord {
    PairSource weights; ///< A half that is none has no file.
    std::optional<double> lossBefore, lossAfter, incrementBefore, incrementAfter;
    std::optional<std::int64_t> tokens; ///< Trained on.
    Json curve;                         ///< [[tokens, loss, increment loss], ...] or null.

    PairAt at() const { return {weights.attention.layer, weights.attention.variant, weights.ffn.variant}; }
};

/// Whether the files of both halves are there.
bool isPresent(const PairSource &pair);

/// All trained pairs, in order of layers.
std::map<PairAt, PairRecord> pairsOf(const Project &project);
/// Adds or replaces, both halves or none, and makes the library's entry where it is new; the scores of other weights are
/// forgotten. Throws Error (Failed) when the project has no such layer.
void savePair(Project &project, const PairRecord &record);

/// As scoresOf() and saveScores() for single variants. Throws Error (Failed) for a pair that was not saved.
std::map<PairAt, SamplesByMetric> pairScoresOf(const Project &project);
void savePairScores(Project &project, const PairAt &at, std::int64_t firstWindow,
                    const std::map<std::string, std::vector<double>> &values);

} // namespace tessera
