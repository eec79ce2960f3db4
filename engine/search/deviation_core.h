// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/cost/block_library.h"

#include <cstdint>
#include <vector>

namespace tessera {

/// The deviations from a Lagrangian minimiser that may still lead to a better selection. Slots whose every deviation is too
/// dear are not here. A selection's score is
///   bound + sum of reduced costs + sum over constraints of price * slack,   slack = left - sum of changes >= 0,
/// three terms that are never negative: that is what the enumeration below lives on.
struct DeviationCore {
    std::size_t constraints = 0;
    std::size_t growing = 0;            ///< How many of the constraints, the last ones, no change is negative in.
    std::vector<std::size_t> begin{0};  ///< By slot, into the deviations of all slots.
    std::vector<std::int32_t> option;   ///< By deviation: whatever the caller calls it.
    std::vector<double> reduced;        ///< By deviation, at least 0, ascending within a slot.
    std::vector<Amount> change;         ///< By deviation, constraints numbers each: amount less the minimiser's.
    std::vector<Amount> left;           ///< By constraint: capacity less the minimisers' amounts; may be negative.
    std::vector<double> price;          ///< By constraint, at least 0.

    std::size_t slots() const { return begin.size() - 1; }
};

} // namespace tessera
