// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/service/methods.h"

#include "engine/base/error.h"
#include "engine/search/explain.h"
#include "engine/search/pool.h"
#include "engine/service/asked.h"
#include "engine/service/search_json.h"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace tessera {
namespace {

/// The block that explain asks about, if any.
std::optional<LayerBlock> blockAsked(const Params &params, const BlockLibrary &library)
{
    if (params.has("layer") != params.has("block"))
        throw badInput("\"layer\" and \"block\" belong together");
    if (!params.has("layer"))
        return std::nullopt;
    const std::int64_t layer = params.integer("layer", 0, static_cast<std::int64_t>(library.layers.size()) - 1);
    return parseLayerBlock(std::to_string(layer) + ":" + params.text("block"));
}

void addRegret(Json &answer, const Regret &regret)
{
    const Json json = toJson(regret);
    answer["regret"] = json.at("force");
    answer["regret_of_ban"] = json.at("ban");
    for (const char *key : {"layer", "block", "chosen", "proved"})
        answer[key] = json.at(key);
}

} // namespace

namespace methods {

Json pool(Call &call)
{
    const Asked asked = askedOf(call);
    PoolRequest request;
    request.count = static_cast<int>(call.params.integer("k", 1, 10'000));
    request.distance = call.params.integerOr("distance", 1, 1, INT64_MAX);
    const bool store = call.params.flagOr("store", false) && asked.open->project.writable();
    std::int64_t done = 0;
    const Pool found = findPool(makeProblem(asked.view->library, asked.scenario), request, solveOptionsOf(call),
                                [&](const Solution &solution) {
                                    call.item(toJson(solution));
                                    call.progress({"pool", ++done, request.count, "children", ""});
                                });
    call.stop.throwIfRequested();
    Json ids = Json::array();
    if (store)
        for (const Solution &solution : found.solutions)
            ids.push_back(storeSolution(asked.open->project, asked.stated, solution, asked.view->hash));
    const Json json = toJson(found);
    return withOrigin({{"solutions", found.solutions.size()}, {"consensus", json.at("consensus")}, {"complete", found.complete}, {"ids", ids}},
                      call, *asked.view);
}

Json explain(Call &call)
{
    const Asked asked = askedOf(call);
    const SolveOptions how = solveOptionsOf(call);
    const Problem problem = makeProblem(asked.view->library, asked.scenario);
    const std::optional<LayerBlock> block = blockAsked(call.params, *asked.view->library);
    const ProgramResult best = solveProgram(problem.program, how);
    call.stop.throwIfRequested();
    const Json solution = toJson(describeAnswer(problem, best, how));
    Json answer = Json::object();
    for (const char *key : {"status", "metric", "objective", "bound", "gap", "prices", "slack", "limits", "conflict", "relaxations", "remarks"})
        answer[key] = solution.at(key);
    answer["regret"] = nullptr;
    if (block)
        addRegret(answer, regretOf(problem, best, *block, how));
    const std::vector<Reach> reaches = reachableCosts(asked.view->library, asked.scenario, how);
    call.stop.throwIfRequested();
    answer["reachable"] = reachToJson(reaches, *asked.view->library, false);
    answer["reachable_within_limits"] = reachToJson(reaches, *asked.view->library, true);
    return withOrigin(std::move(answer), call, *asked.view);
}

} // namespace methods
} // namespace tessera
