// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/cli/console.h"
#include "engine/cost/block_library.h"
#include "engine/search/front.h"
#include "engine/search/solution.h"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace tessera {

/// What the demo found out about one model: the parent, or the proven child of one limit.
struct DemoRow {
    std::string name;                 ///< "parent", or the limit.
    std::optional<Solution> solution; ///< Missing for the parent.
    std::int64_t solutionId = 0;
    Costs costs;
    std::filesystem::path path;
    Json evaluation; ///< As evaluate prints it.
    Json measured;   ///< See checkChild().
};

struct DemoResult {
    std::filesystem::path project;
    std::shared_ptr<const BlockLibrary> library;
    std::vector<DemoRow> rows;
    Front front;
    Json stages = Json::array();
    double seconds = 0;
};

/// The whole method on the shipped parent, into a folder: project, library, scores, run times, children under several limits,
/// their evaluation, a front. What the folder already holds is kept, so that a demo that was stopped goes on.
DemoResult runDemo(const std::filesystem::path &folder, const Console &console);

} // namespace tessera
