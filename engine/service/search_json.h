// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/base/json.h"
#include "engine/search/front.h"
#include "engine/search/solution.h"
#include "engine/store/project.h"
#include "engine/store/solutions.h"

#include <cstdint>
#include <string>
#include <vector>

namespace tessera {

// What commands and the service print and store of the search's answers.

/// {"limits","status","objective","bound","gap","seconds","costs","prices","choices"}
Json toJson(const Front::Point &point, const std::vector<CostAxis> &axes, const BlockLibrary &library);
/// {"points","baselines","complete"}, each baseline with the number of its "point"; without points also {"status","conflict","relaxations"}.
Json toJson(const Front &front, const BlockLibrary &library);

/// A solution with its scenario as it is stored.
SolutionRecord recordOf(const Scenario &scenario, const Solution &solution, const std::string &libraryHash);
/// Stores a solution with its scenario; libraryHash is hashOf() the library that it was found on. Returns its number.
std::int64_t storeSolution(Project &project, const Scenario &scenario, const Solution &solution, const std::string &libraryHash);
/// The same for a front, front being as toJson(front) gives it. axes are as they were asked for.
std::int64_t storeFront(Project &project, const Scenario &scenario, const std::vector<std::string> &axes, const Json &front,
                        const std::string &libraryHash);

} // namespace tessera
