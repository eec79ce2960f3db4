// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/service/methods.h"

#include "engine/service/bulk.h"
#include "engine/store/solutions.h"

#include <utility>

namespace tessera {
namespace {

Json orNull(const std::optional<double> &number) { return number ? Json(*number) : Json(); }

} // namespace

namespace methods {

Json listSolutions(Call &call)
{
    auto open = call.session.project(call.stop);
    auto view = open->library();
    const std::vector<SolutionRecord> all = solutionsOf(open->project);
    return rowsJson(rangeOf(call.params, all.size(), 1), [&](std::size_t row) -> Json {
        const SolutionRecord &record = all[row];
        return {{"id", record.id},
                {"status", record.status},
                {"metric", record.metric},
                {"objective", orNull(record.objective)},
                {"bound", orNull(record.bound)},
                {"scenario", record.scenario},
                {"created", record.created},
                {"current", record.libraryHash == view->hash}};
    });
}

Json getSolution(Call &call)
{
    auto open = call.session.project(call.stop);
    const SolutionRecord record = loadSolution(open->project, call.params.integer("id", 1, INT64_MAX));
    Json json = record.solution;
    json["id"] = record.id;
    json["scenario"] = record.scenario;
    json["created"] = record.created;
    json["current"] = record.libraryHash == open->library()->hash;
    return json;
}

} // namespace methods
} // namespace tessera
