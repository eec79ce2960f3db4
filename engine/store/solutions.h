// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/base/json.h"
#include "engine/store/project.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tessera {

/// A scenario, a solution and a front are JSON here, as the command line prints them: what they mean is the search's
/// business. The columns are what is asked for.

/// Row of the scenario; the same value is stored once. A name that another scenario has moves to this one.
std::int64_t saveScenario(Project &project, const Json &scenario, const std::string &name);
/// Throws Error (BadInput) when there is none of this name.
Json loadScenario(const Project &project, const std::string &name);

struct ScenarioRecord {
    std::string name;
    Json scenario;
    std::string created;
};
/// Those that have a name, by name.
std::vector<ScenarioRecord> scenariosOf(const Project &project);
/// Takes a scenario's name away; its solutions stay. Throws Error (BadInput) when there is none of this name.
void forgetScenarioName(Project &project, const std::string &name);

struct SolutionRecord {
    std::int64_t id = 0; ///< Given by saveSolution.
    Json scenario;
    std::string scenarioName;
    std::string status;
    std::string metric;
    std::optional<double> objective, bound;
    Json solution;           ///< As "tessera solve" prints it, without id.
    std::string libraryHash; ///< Of the library that it was found on: see hashOf(BlockLibrary).
    std::string created;
};
std::int64_t saveSolution(Project &project, const SolutionRecord &record);
/// Throws Error (BadInput) when there is none of this number.
SolutionRecord loadSolution(const Project &project, std::int64_t id);
std::vector<SolutionRecord> solutionsOf(const Project &project);

struct FrontRecord {
    std::int64_t id = 0;
    Json scenario;
    Json axes;  ///< ["memory"]
    Json front; ///< As "tessera front" prints it.
    std::string libraryHash;
    std::string created;
};
std::int64_t saveFront(Project &project, const FrontRecord &record);
std::vector<FrontRecord> frontsOf(const Project &project);
/// Throws Error (BadInput) when there is none of this number.
FrontRecord loadFront(const Project &project, std::int64_t id);

/// A child that was built. predicted and measured: {metric: value, COST: value}; measured null until somebody looked.
struct ChildRecord {
    std::int64_t id = 0;
    std::optional<std::int64_t> solution;
    std::string path;
    Json choices;
    bool refitted = false;
    std::int64_t parameters = 0;
    Json predicted = Json::object();
    Json measured;
    std::string created;
};
/// One child a path: building another there replaces the record.
std::int64_t saveChild(Project &project, const ChildRecord &record);
/// Throws Error (Failed) when the project built no child at this path.
void saveMeasured(Project &project, const std::string &path, const Json &measured);
std::vector<ChildRecord> childrenOf(const Project &project);

} // namespace tessera
