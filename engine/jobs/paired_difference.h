// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/base/json.h"

#include <cstdint>
#include <optional>
#include <span>

namespace tessera {

/// The mean of the differences a - b of values that belong together pair by pair (the same window, say), and the confidence
/// interval of Student's t distribution: mean +- t(n - 1) * standard deviation / sqrt n. Pairing takes out what both have in common.
struct PairedDifference {
    std::int64_t pairs = 0;
    double mean = 0;
    std::optional<double> standardError, low, high; ///< Nothing for fewer than two pairs.
};
inline constexpr double kConfidence = 0.95;

/// As many values in a as in b, at least one: Error (Failed) otherwise.
PairedDifference pairedDifference(std::span<const double> a, std::span<const double> b, double confidence = kConfidence);

/// {"difference","se","low","high","confidence","pairs"}
Json toJson(const PairedDifference &difference, double confidence = kConfidence);

/// The value that Student's t with so many degrees of freedom (at least 1) stays below with the given probability, in (0, 1).
double studentQuantile(double probability, double freedom);

} // namespace tessera
