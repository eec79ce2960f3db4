// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/search/scenario.h"
#include "engine/search/solve.h"
#include "engine/service/call.h"

#include <cstdint>
#include <memory>
#include <vector>

namespace tessera {

// What the methods of the search share.

/// The open project, its library, and the scenario of the request, which is the project's present one where it gives none: as it is
/// searched, with bans and rules in the place of a runtime, and as it was stated.
struct Asked {
    std::shared_ptr<OpenProject> open;
    std::shared_ptr<const LibraryView> view;
    Scenario scenario, stated;
};
Asked askedOf(Call &call);
/// The child of a stored solution. Throws Error (BadInput) where there is no such solution, or no child that it found.
std::vector<LayerChoice> choicesOfSolution(const Project &project, std::int64_t id);
/// Solves until the request is to stop.
SolveOptions solveOptionsOf(const Call &call);
/// Adds "revision" and "library" to an answer of the search.
Json withOrigin(Json answer, const Call &call, const LibraryView &view);

} // namespace tessera
