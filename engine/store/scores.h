// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/protocol/requests.h"
#include "engine/store/project.h"

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace tessera {

/// A sub-block's variant of one layer.
struct VariantAt {
    std::int64_t layer = 0;
    Variant variant;
    auto operator<=>(const VariantAt &) const = default;
};

/// What was scored: a variant with the weights of one origin.
struct Candidate {
    VariantAt at;
    Origin origin = Origin::Closed;
    auto operator<=>(const Candidate &) const = default;
};

/// Values by window; not a number where the child overflowed.
using Samples = std::map<std::int64_t, double>;
/// Metric to samples.
using SamplesByMetric = std::map<std::string, Samples>;

/// All scores per window that workers have found.
std::map<Candidate, SamplesByMetric> scoresOf(const Project &project);

/// Adds or replaces values of windows firstWindow, firstWindow + 1, ...; all or none.
void saveScores(Project &project, const Candidate &candidate, std::int64_t firstWindow,
                const std::map<std::string, std::vector<double>> &values);

/// The same for the entry with this row number.
void saveSamples(Project &project, std::int64_t entry, Origin origin, std::int64_t firstWindow,
                 const std::map<std::string, std::vector<double>> &values);

/// The origin whose weights stand for each variant: distilled, closed or paper, whichever comes first in this order, has
/// weights that are not worse on held-out tokens than what they started from, and is scored if any is. None needs no
/// weights and is "paper"; the parent's own variants are "parent". Variants without any weights are missing.
std::map<VariantAt, Origin> chosenOrigins(const Project &project);

} // namespace tessera
