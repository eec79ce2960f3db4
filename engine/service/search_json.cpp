// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/service/search_json.h"

#include "engine/cost/cost_names.h"
#include "engine/service/library_view.h"

#include <utility>

namespace tessera {

Json toJson(const Front::Point &point, const std::vector<CostAxis> &axes, const BlockLibrary &library)
{
    Json limits = Json::object();
    for (std::size_t axis = 0; axis < axes.size(); ++axis)
        limits[costKey(library, axes[axis].cost, axes[axis].workload)] = toJsonNumber(axes[axis].cost, point.limits[axis]);
    Json solution = toJson(point.solution);
    return {{"limits", std::move(limits)},        {"status", solution["status"]}, {"objective", solution["objective"]},
            {"bound", solution["bound"]},         {"gap", solution["gap"]},       {"seconds", solution["seconds"]},
            {"costs", std::move(solution["costs"])}, {"prices", solution["prices"]}, {"choices", std::move(solution["choices"])}};
}

Json toJson(const Front &front, const BlockLibrary &library)
{
    Json points = Json::array(), baselines = Json::array();
    for (const Front::Point &point : front.points) {
        for (const Baseline &baseline : point.baselines) {
            Json json = toJson(baseline, library.workloads.front());
            json["point"] = points.size();
            baselines.push_back(std::move(json));
        }
        points.push_back(toJson(point, front.axes, library));
    }
    Json json{{"points", std::move(points)}, {"baselines", std::move(baselines)}, {"complete", front.complete}};
    if (front.points.empty()) {
        Json why = toJson(front.unreachable);
        for (const char *key : {"status", "conflict", "relaxations"})
            json[key] = why[key];
    }
    return json;
}

SolutionRecord recordOf(const Scenario &scenario, const Solution &solution, const std::string &libraryHash)
{
    SolutionRecord record;
    record.scenario = toJson(scenario);
    record.scenarioName = scenario.name;
    record.status = toString(solution.status);
    record.metric = solution.metric;
    if (solution.found()) {
        record.objective = solution.objective;
        record.bound = solution.bound;
    }
    record.solution = toJson(solution);
    record.libraryHash = libraryHash;
    return record;
}

std::int64_t storeSolution(Project &project, const Scenario &scenario, const Solution &solution, const std::string &libraryHash)
{
    return saveSolution(project, recordOf(scenario, solution, libraryHash));
}

std::int64_t storeFront(Project &project, const Scenario &scenario, const std::vector<std::string> &axes, const Json &front,
                        const std::string &libraryHash)
{
    FrontRecord record;
    record.scenario = toJson(scenario);
    record.axes = axes;
    record.front = front;
    record.libraryHash = libraryHash;
    saveScenario(project, record.scenario, scenario.name);
    return saveFront(project, record);
}

} // namespace tessera
