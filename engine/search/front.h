// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/search/baseline.h"
#include "engine/search/solve.h"

#include <functional>
#include <string>
#include <vector>

namespace tessera {

/// The exact trade of the objective against one cost, or two.
struct Front {
    struct Point {
        std::vector<Amount> limits; ///< By axis: the upper limit, fixed part included, under which this is the best.
        Solution solution;
        std::vector<Baseline> baselines; ///< Under the same limits.
    };
    std::vector<CostAxis> axes;
    std::vector<Point> points;
    Solution unreachable; ///< Where no point is: why.
    bool complete = true; ///< False where an exact front has more points than were asked for.
};

struct FrontRequest {
    Scenario scenario;
    std::vector<CostAxis> axes; ///< One or two.
    int points = 20;            ///< Limits on each axis, at least 2; of an exact front the most points.
    bool baselines = false;     ///< Compute them for every point.
    std::uint64_t seed = 1;
    bool exact = false;         ///< One axis: every Pareto-optimal child between the cheapest and the parent's value.
};

/// "COST" or "COST@WORKLOAD" of a library; throughput means the run time. Throws Error (BadInput).
CostAxis parseAxis(const std::string &text, const BlockLibrary &library);

/// points limits on each axis, evenly spaced between the cheapest that the scenario can reach and the parent's value (or the
/// cheapest alone where that is dearer); two axes give their product, combinations that nothing satisfies left out. Each
/// point is solved from its neighbour's solution and passed on as soon as it is proved.
///
/// An exact front has one point for every objective that the cost can buy: no child costs less at the same objective, and
/// none is better at the same cost; objectives that agree to a relative 1e-9 count as the same. Its points are passed on from
/// the dearest to the cheapest and returned in the other order, each under its own cost as the limit.
Front traceFront(std::shared_ptr<const BlockLibrary> library, const FrontRequest &request, const SolveOptions &options,
                 const std::function<void(const Front::Point &)> &onPoint = {});

} // namespace tessera
