// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/search/problem.h"

#include <cstddef>
#include <vector>

namespace tessera {

/// Whether a rule speaks of whole layers, so that each layer must be one slot.
bool needsWholeLayers(const Rule &rule);

/// The cost whose row a rule needs, if any. Throws Error (BadInput) where the library does not know it.
std::optional<CostAxis> axisOf(const Rule &rule, const BlockLibrary &library, std::size_t workload);

/// Adds what problem.rules demand to problem.program, whose slots and rows are complete: counts of attention layers, stages
/// and distances become rows (behind those of problem.rows), all others general rules. Throws Error (BadInput) for layers
/// that the library does not have, choices of another number of layers, and sums that do not fit.
void addRules(Problem &problem);

} // namespace tessera
