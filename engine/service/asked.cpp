// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/service/asked.h"

#include "engine/base/error.h"
#include "engine/search/solution.h"
#include "engine/service/runtime_scenario.h"
#include "engine/store/solutions.h"

#include <string>
#include <utility>

namespace tessera {

Asked askedOf(Call &call)
{
    auto open = call.session.project(call.stop);
    Scenario stated = call.params.has("scenario") ? parseScenario(call.params.json("scenario"), "the scenario")
                                                  : open->history.present();
    auto view = open->library();
    Scenario scenario = withRuntimeRules(stated, *view->library, view->config);
    return {std::move(open), std::move(view), std::move(scenario), std::move(stated)};
}

std::vector<LayerChoice> choicesOfSolution(const Project &project, std::int64_t id)
{
    const std::string who = "solution " + std::to_string(id);
    const SolutionRecord record = loadSolution(project, id);
    const Solution solution = parseSolution(record.solution, who);
    if (!solution.found())
        throw badInput(who + " is " + record.status + ": it has no child");
    return solution.choices;
}

SolveOptions solveOptionsOf(const Call &call)
{
    SolveOptions how;
    how.solver.stop = call.stop;
    return how;
}

Json withOrigin(Json answer, const Call &call, const LibraryView &view)
{
    answer["revision"] = call.revision ? Json(*call.revision) : Json();
    answer["library"] = view.hash;
    return answer;
}

} // namespace tessera
