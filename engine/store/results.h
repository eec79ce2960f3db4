// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/base/json.h"
#include "engine/cost/block_library.h"
#include "engine/protocol/requests.h"
#include "engine/store/project.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tessera {

/// Weights of a sub-block that a worker has finished. Losses are normalised squared errors on held-out tokens.
struct WeightsRecord {
    std::int64_t layer = 0;
    Variant variant;
    Origin origin = Origin::Closed;
    std::string file; ///< Absolute.
    std::string hash;
    std::optional<double> lossBefore, lossAfter, incrementBefore, incrementAfter;
    std::optional<std::int64_t> tokens; ///< Trained on.
    Json curve;                         ///< [[tokens, loss, increment loss], ...] or null.

    SubBlockSource source() const { return {layer, variant, origin, file, hash}; }
};

/// In order of layer, attention before FFN, wide before narrow, and origin.
std::vector<WeightsRecord> weightsOf(const Project &project);
/// Adds or replaces; scores of other weights of the same origin are forgotten. Throws Error (Failed) when the project has no such variant in this layer.
void saveWeights(Project &project, const WeightsRecord &record);

enum class CostSource { Imported, Measured, Estimated };
std::string toString(CostSource source);

/// A cost that does not follow from shapes.
struct CostRecord {
    std::string subject;     ///< "attention=gqa:3", "attention=...+ffn=...", "fixed", "model:NAME"
    std::int64_t layer = -1; ///< -1: the same in every layer.
    std::size_t workload = 0;
    std::string name;
    CostSource source = CostSource::Measured;
    Amount amount = 0;
    std::optional<double> spread; ///< Half the interquartile range over the median.
    std::optional<std::int64_t> repeats;
};

std::vector<CostRecord> costsOf(const Project &project);
/// Adds or replaces, all or none.
void saveCosts(Project &project, const std::vector<CostRecord> &records);

/// Row number of an option of a layer. Throws Error (Failed) when the project has none such.
std::int64_t entryId(const Project &project, std::int64_t layer, const Variant &variant);

} // namespace tessera
