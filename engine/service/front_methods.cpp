// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/service/methods.h"

#include "engine/base/error.h"
#include "engine/search/front.h"
#include "engine/service/asked.h"
#include "engine/service/bulk.h"
#include "engine/service/references.h"
#include "engine/service/search_json.h"
#include "engine/store/solutions.h"

#include <utility>

namespace tessera {
namespace {

constexpr std::int64_t kMostPoints = 1024;

Json withBaselines(Json point, const std::vector<Baseline> &baselines, const Workload &workload)
{
    point["baselines"] = Json::array();
    for (const Baseline &baseline : baselines)
        point["baselines"].push_back(toJson(baseline, workload));
    return point;
}

std::int64_t pointsAsked(const FrontRequest &request)
{
    return request.axes.size() == 2 && !request.exact ? std::int64_t{request.points} * request.points : request.points;
}

FrontRequest requestOf(const Call &call, const Scenario &scenario, const BlockLibrary &library, const std::vector<std::string> &axes)
{
    FrontRequest request;
    request.scenario = scenario;
    for (const std::string &axis : axes)
        request.axes.push_back(parseAxis(axis, library));
    request.points = static_cast<int>(call.params.integerOr("points", 20, 2, 1000));
    request.exact = call.params.flagOr("exact", false);
    const std::int64_t total = pointsAsked(request);
    if (total > kMostPoints)
        throw badInput("a front has at most " + std::to_string(kMostPoints) + " points, not " + std::to_string(total));
    request.baselines = call.params.flagOr("baselines", true);
    request.seed = static_cast<std::uint64_t>(call.params.integerOr("seed", 1, 0, INT64_MAX));
    return request;
}

/// The points of a stored front, each with its baselines.
std::vector<Json> pointsOf(const FrontRecord &record)
{
    std::vector<Json> points;
    for (const Json &stored : record.front.at("points")) {
        points.push_back(stored);
        points.back()["baselines"] = Json::array();
    }
    for (Json baseline : record.front.at("baselines")) {
        const auto point = baseline.value("point", std::size_t{0});
        baseline.erase("point");
        if (point < points.size())
            points[point]["baselines"].push_back(std::move(baseline));
    }
    return points;
}

} // namespace

namespace methods {

Json front(Call &call)
{
    const Asked asked = askedOf(call);
    const BlockLibrary &library = *asked.view->library;
    const std::vector<std::string> axes = call.params.textsOr("axes", {});
    const FrontRequest request = requestOf(call, asked.scenario, library, axes);
    const std::int64_t total = pointsAsked(request);
    std::int64_t done = 0;
    const Front traced = traceFront(asked.view->library, request, solveOptionsOf(call), [&](const Front::Point &point) {
        call.item(withBaselines(toJson(point, request.axes, library), point.baselines, library.workloads.front()));
        call.progress({"front", ++done, total, "points", ""});
    });
    call.stop.throwIfRequested();
    Json answer{{"front", nullptr}, {"points", traced.points.size()}, {"status", "optimal"}, {"conflict", Json::array()},
                {"relaxations", Json::array()}};
    const Json json = toJson(traced, library);
    if (traced.points.empty())
        for (const char *key : {"status", "conflict", "relaxations"})
            answer[key] = json.at(key);
    else if (call.params.flagOr("store", true) && asked.open->project.writable())
        answer["front"] = storeFront(asked.open->project, asked.stated, axes, json, asked.view->hash);
    answer["references"] = referencesOf(asked.open->project, asked.view->library, asked.scenario);
    return withOrigin(std::move(answer), call, *asked.view);
}

Json listFronts(Call &call)
{
    auto open = call.session.project(call.stop);
    auto view = open->library();
    Json fronts = Json::array();
    for (const FrontRecord &record : frontsOf(open->project))
        fronts.push_back({{"front", record.id},
                          {"axes", record.axes},
                          {"points", record.front.at("points").size()},
                          {"scenario", record.scenario},
                          {"created", record.created},
                          {"current", record.libraryHash == view->hash}});
    return {{"fronts", std::move(fronts)}};
}

Json getFront(Call &call)
{
    auto open = call.session.project(call.stop);
    const FrontRecord record = loadFront(open->project, call.params.integer("front", 1, INT64_MAX));
    const std::vector<Json> points = pointsOf(record);
    Json json = rowsJson(rangeOf(call.params, points.size(), 1), [&](std::size_t row) { return points[row]; });
    json["front"] = record.id;
    json["axes"] = record.axes;
    json["scenario"] = record.scenario;
    return json;
}

} // namespace methods
} // namespace tessera
