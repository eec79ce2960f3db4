// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/store/steps.h"

#include <set>

namespace tessera {

StepLine stepsOf(const Project &project)
{
    StepLine line;
    project.database().each("SELECT id, scenario, label, present, created FROM step ORDER BY id", [&](SQLite::Statement &row) {
        if (row.getColumn(3).getInt64() != 0)
            line.present = line.steps.size();
        line.steps.push_back({row.getColumn(0).getInt64(),
                              parseJson(row.getColumn(1).getString(), "a step in " + project.path().string()),
                              row.getColumn(2).getString(), row.getColumn(4).getString()});
    });
    return line;
}

void saveSteps(Project &project, const StepLine &line)
{
    Database &database = project.database();
    database.transaction([&] {
        std::set<std::int64_t> stored;
        database.each("SELECT id FROM step", [&](SQLite::Statement &row) { stored.insert(row.getColumn(0).getInt64()); });
        for (const StepRecord &step : line.steps)
            if (stored.erase(step.id) == 0)
                database.run("INSERT INTO step (id, scenario, label, present, created) VALUES (?, ?, ?, 0, ?)", step.id,
                             step.scenario.dump(), step.label, step.created);
        for (std::int64_t forgotten : stored)
            database.run("DELETE FROM step WHERE id = ?", forgotten);
        std::int64_t present = line.present < line.steps.size() ? line.steps[line.present].id : 0;
        database.run("UPDATE step SET present = (id = ?) WHERE present <> (id = ?)", present, present);
    });
}

} // namespace tessera
