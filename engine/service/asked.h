// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/search/scenario.h"
#include "engine/search/solve.h"
#include "engine/service/call.h"

#include <string>

namespace tessera {

// What the methods of the search share.

/// The scenario of the request, or the present one of the open project where it gives none.
Scenario scenarioAsked(Call &call);
/// Solves until the request is to stop.
SolveOptions solveOptionsOf(const Call &call);
/// Adds "revision" and "library" to an answer of the search.
Json withOrigin(Json answer, const Call &call, const LibraryView &view);

} // namespace tessera
