// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/cli/console.h"
#include "engine/search/baseline.h"
#include "engine/search/explain.h"
#include "engine/search/front.h"
#include "engine/search/pool.h"
#include "engine/search/robustness.h"
#include "engine/search/solution.h"

namespace tessera {

/// What solve prints for a person: status, costs beside the parent's and the limits, prices, and the layers in runs.
void printSolution(const Console &console, const BlockLibrary &library, const Solution &solution);
/// Layers that follow each other and are alike, a line each: "12-19  attention gqa:8  ffn width:768".
void printLayers(const Console &console, const std::vector<LayerChoice> &choices, const BlockLibrary &library);
/// Why nothing satisfies the scenario, and what would.
void printInfeasible(const Console &console, const Solution &solution);
void printFront(const Console &console, const BlockLibrary &library, const Front &front);
void printBaselines(const Console &console, const std::vector<Baseline> &baselines, double optimum);

/// A line a child, then what they agree on.
void printPool(const Console &console, const BlockLibrary &library, const Pool &pool);
/// What forcing and banning blocks costs; what every cost can reach.
void printRegrets(const Console &console, const std::vector<Regret> &regrets);
void printReaches(const Console &console, const std::vector<Reach> &reaches);
void printRobustness(const Console &console, const Solution &solution, const Robustness &robustness);

/// "1.2 ms"
std::string secondsText(double seconds);

} // namespace tessera
