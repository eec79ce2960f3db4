// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/search/solve.h"

#include <cstdint>
#include <string>
#include <vector>

namespace tessera {

/// A simple way to choose a child, to hold the optimum against. Each is a plain function from a problem to a selection
/// within its limits, empty where it finds none.

/// Layer by layer, the most replaceable first (least mean score of its options): the best-scored option within the slot's
/// share of what is left of every limit, shares in proportion to the parent's costs; what a slot leaves goes on to the rest.
/// (After the greedy search that the Puzzle paper compares with, ICML 2025, F.2.2, whose description leaves details open.)
Selection greedyBaseline(const Problem &problem);
/// The best among the children whose layers are all alike.
Selection uniformBaseline(const Problem &problem);
/// A random child: from a random start, random changes that lower the excess, until it is within the limits.
Selection randomBaseline(const Problem &problem, std::uint64_t seed);
/// The optimum when every sub-block is either the parent's or removed.
Selection noOpBaseline(const Problem &problem, const SolveOptions &options);
/// The most parameters within the limits; empty where parameters are unknown.
Selection mostParametersBaseline(const Problem &problem, const SolveOptions &options);
/// Truncation selection, uniform crossover and mutation over the given number of generations.
Selection evolutionaryBaseline(const Problem &problem, std::uint64_t seed, int generations = 200);

struct Baseline {
    std::string name;
    std::vector<LayerChoice> choices;
    double objective = 0;
    Costs costs;         ///< Of the first workload.
    double distance = 0; ///< Its objective less the optimum's.
};

/// All of them under the limits of one problem; those that find nothing are left out.
std::vector<Baseline> baselinesOf(const Problem &problem, double optimum, std::uint64_t seed, const SolveOptions &options);
Json toJson(const Baseline &baseline, const Workload &workload);

} // namespace tessera
