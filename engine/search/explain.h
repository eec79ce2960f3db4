// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/search/solve.h"

#include <optional>
#include <string>
#include <vector>

namespace tessera {

/// What it costs to have a block in a layer, and what not to have it.
struct Regret {
    std::int64_t layer = 0;
    std::string block;           ///< "attention=gqa:2", "attention=none+ffn=none".
    bool chosen = false;         ///< The best child has it.
    std::optional<double> force; ///< The best objective with it, less the optimum; nothing where no child within the scenario has it.
    std::optional<double> ban;   ///< The best objective without it, less the optimum; nothing where no child can do without.
    bool proved = true;          ///< Both objectives and the optimum are proved.
};

/// block must name one layer. best is the answer to the problem; where it found nothing both regrets are missing. Throws
/// Error (BadInput) for a layer or a block that the library does not have.
Regret regretOf(const Problem &problem, const ProgramResult &best, const LayerBlock &block, const SolveOptions &options);

/// The regrets of forcing every variant of every sub-block that the problem can choose, in the order of layers; those of
/// banning are computed for the chosen ones alone and are 0 for all others.
std::vector<Regret> allRegrets(const Problem &problem, const ProgramResult &best, const SolveOptions &options);

/// Between which totals one cost of the whole child can lie, fixed part included: what its slider can reach.
struct Reach {
    CostAxis axis;
    std::string key; ///< "COST", or "COST@WORKLOAD" for other workloads than the first.
    std::optional<Amount> least, most; ///< Under pins, bans and rules alone; nothing where some block's figure is missing.
    std::optional<Amount> leastWithin, mostWithin; ///< Under all limits of other costs too; nothing where they cannot hold.
    bool proved = true;                            ///< Every figure is the extreme; otherwise the best found.
};

/// The reach of every cost that the library knows of the whole parent, or of one alone. The totals within the limits of
/// other costs are found to a relative 1e-6.
std::vector<Reach> reachableCosts(const std::shared_ptr<const BlockLibrary> &library, const Scenario &scenario,
                                  const SolveOptions &options);
Reach reachableCost(const std::shared_ptr<const BlockLibrary> &library, const Scenario &scenario, const CostAxis &axis,
                    const SolveOptions &options);

/// {key: [least, most]}, in the units of JSON; throughput follows from the run time.
Json reachToJson(const std::vector<Reach> &reaches, const BlockLibrary &library, bool withinLimits);
Json toJson(const Regret &regret);

} // namespace tessera
