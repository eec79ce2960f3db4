// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/cost/block_library.h"
#include "engine/store/project.h"
#include "engine/store/pairs.h"
#include "engine/store/results.h"
#include "engine/store/scores.h"

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace tessera {

/// What a project knows of its variants beyond what the search sees.
struct LibraryDetails {
    std::map<VariantAt, Origin> chosen; ///< As chosenOrigins() says.
    std::map<Candidate, WeightsRecord> weights;
    std::map<Candidate, SamplesByMetric> scores;
    std::map<PairAt, PairRecord> pairs; ///< That were trained.
};
LibraryDetails detailsOf(const Project &project);

/// A project's library as it was at one moment, its variants numbered through all layers. Immutable: searches go on with the
/// view they began with.
struct LibraryView {
    struct Place {
        std::size_t layer = 0, entry = 0;
    };
    std::shared_ptr<const BlockLibrary> library;
    std::string hash;
    std::optional<ModelConfig> config; ///< Of the parent; missing for imported libraries.
    LibraryDetails details;
    std::vector<CostRecord> statedCosts;
    std::vector<Place> variants;
    std::vector<std::size_t> begin; ///< Variants of layer l: begin[l] ... begin[l + 1] - 1.
    std::size_t scored = 0;         ///< Variants with any score.

    const LibraryEntry &entry(std::size_t variant) const
    {
        return library->layers[variants[variant].layer].entries[variants[variant].entry];
    }
    /// Null for pairs that were not trained and for variants without weights.
    const Origin *origin(std::size_t variant) const;
    /// The weights that the search uses; null where there are none.
    const WeightsRecord *weights(std::size_t variant) const;
    const PairRecord *pair(std::size_t variant) const;
};
std::shared_ptr<const LibraryView> viewOf(const Project &project);

/// Names of all metrics that any variant has.
std::set<std::string> metricsOf(const BlockLibrary &library);
/// "memory", or "memory@chat" for another workload than the first.
std::string costKey(const BlockLibrary &library, const std::string &cost, std::size_t workload);

} // namespace tessera
