// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/service/asked.h"

namespace tessera {

Scenario scenarioAsked(Call &call)
{
    if (call.params.has("scenario"))
        return parseScenario(call.params.json("scenario"), "the scenario");
    return call.session.project(call.stop)->history.present();
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
