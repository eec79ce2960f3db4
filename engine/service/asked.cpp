// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/service/asked.h"

#include <utility>

namespace tessera {

Asked askedOf(Call &call)
{
    auto open = call.session.project(call.stop);
    Scenario scenario = call.params.has("scenario") ? parseScenario(call.params.json("scenario"), "the scenario")
                                                    : open->history.present();
    auto view = open->library();
    return {std::move(open), std::move(view), std::move(scenario)};
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
