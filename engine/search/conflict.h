// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/search/solve.h"

#include <optional>

namespace tessera {

/// A minimal set of the scenario's constraints that cannot hold together (each of them can, without any one of the
/// others), limits kept rather than pins, bans and rules. The problem must be infeasible.
std::vector<std::string> minimalConflict(const Problem &problem, const SolveOptions &options);

/// For each limit the least change of it alone that makes the problem feasible.
std::vector<Solution::Relaxation> leastRelaxations(const Problem &problem, const SolveOptions &options);

/// The least (or the greatest) total of a row, fixed part included, within all other bounds of the problem; the row's own
/// bounds count only where keepOwn is true. Nothing where the others cannot hold together.
std::optional<Amount> extremeTotal(const Problem &problem, std::size_t row, bool greatest, bool keepOwn, const SolveOptions &options);

} // namespace tessera
