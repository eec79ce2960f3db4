// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/store/solutions.h"

#include "engine/base/error.h"

namespace tessera {
namespace {

Json jsonIn(const Project &project, const SQLite::Column &column)
{
    return column.isNull() ? Json() : parseJson(column.getString(), "a row of " + project.path().string());
}

constexpr const char *kSolutionColumns = "SELECT s.id, c.json, coalesce(c.name, ''), s.status, s.metric, s.objective, s.bound, "
                                         "s.json, s.library_hash, s.created FROM solution s JOIN scenario c ON c.id = s.scenario ";

SolutionRecord solutionIn(const Project &project, SQLite::Statement &row)
{
    return {row.getColumn(0).getInt64(),
            jsonIn(project, row.getColumn(1)),
            row.getColumn(2).getString(),
            row.getColumn(3).getString(),
            row.getColumn(4).getString(),
            optionalDouble(row.getColumn(5)),
            optionalDouble(row.getColumn(6)),
            jsonIn(project, row.getColumn(7)),
            row.getColumn(8).getString(),
            row.getColumn(9).getString()};
}

/// Inside a transaction of the caller.
std::int64_t scenarioRow(Project &project, const Json &scenario, const std::string &name)
{
    Database &database = project.database();
    std::string text = scenario.dump();
    database.run("INSERT OR IGNORE INTO scenario (json, created) VALUES (?, ?)", text, utcNow());
    if (!name.empty()) {
        database.run("UPDATE scenario SET name = NULL WHERE name = ?", name);
        database.run("UPDATE scenario SET name = ? WHERE json = ?", name, text);
    }
    std::int64_t id = 0;
    database.each("SELECT id FROM scenario WHERE json = ?", [&](SQLite::Statement &row) { id = row.getColumn(0).getInt64(); }, text);
    return id;
}

} // namespace

std::int64_t saveScenario(Project &project, const Json &scenario, const std::string &name)
{
    std::int64_t id = 0;
    project.database().transaction([&] { id = scenarioRow(project, scenario, name); });
    return id;
}

Json loadScenario(const Project &project, const std::string &name)
{
    std::optional<Json> found;
    project.database().each(
        "SELECT json FROM scenario WHERE name = ?", [&](SQLite::Statement &row) { found = jsonIn(project, row.getColumn(0)); }, name);
    if (!found)
        throw badInput(project.path().string() + " has no scenario named \"" + name + "\"");
    return *found;
}

std::vector<ScenarioRecord> scenariosOf(const Project &project)
{
    std::vector<ScenarioRecord> all;
    project.database().each("SELECT name, json, created FROM scenario WHERE name IS NOT NULL ORDER BY name",
                            [&](SQLite::Statement &row) {
                                all.push_back({row.getColumn(0).getString(), jsonIn(project, row.getColumn(1)),
                                               row.getColumn(2).getString()});
                            });
    return all;
}

void forgetScenarioName(Project &project, const std::string &name)
{
    project.database().transaction([&] {
        loadScenario(project, name);
        project.database().run("UPDATE scenario SET name = NULL WHERE name = ?", name);
    });
}

std::int64_t saveSolution(Project &project, const SolutionRecord &record)
{
    Database &database = project.database();
    std::int64_t id = 0;
    database.transaction([&] {
        std::int64_t scenario = scenarioRow(project, record.scenario, record.scenarioName);
        database.run("INSERT INTO solution (scenario, status, metric, objective, bound, json, library_hash, created) "
                     "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                     scenario, record.status, record.metric, record.objective, record.bound, record.solution.dump(),
                     record.libraryHash, utcNow());
        id = database.lastInsertId();
    });
    return id;
}

SolutionRecord loadSolution(const Project &project, std::int64_t id)
{
    std::optional<SolutionRecord> found;
    project.database().each((std::string(kSolutionColumns) + "WHERE s.id = ?").c_str(),
                            [&](SQLite::Statement &row) { found = solutionIn(project, row); }, id);
    if (!found)
        throw badInput(project.path().string() + " has no solution " + std::to_string(id) + "; tessera solve makes and numbers them");
    return *found;
}

std::vector<SolutionRecord> solutionsOf(const Project &project)
{
    std::vector<SolutionRecord> all;
    project.database().each((std::string(kSolutionColumns) + "ORDER BY s.id").c_str(),
                            [&](SQLite::Statement &row) { all.push_back(solutionIn(project, row)); });
    return all;
}

std::int64_t saveFront(Project &project, const FrontRecord &record)
{
    Database &database = project.database();
    std::int64_t id = 0;
    database.transaction([&] {
        std::int64_t scenario = scenarioRow(project, record.scenario, "");
        database.run("INSERT INTO front (scenario, axes, json, library_hash, created) VALUES (?, ?, ?, ?, ?)", scenario,
                     record.axes.dump(), record.front.dump(), record.libraryHash, utcNow());
        id = database.lastInsertId();
    });
    return id;
}

namespace {

constexpr const char *kFrontColumns = "SELECT f.id, c.json, f.axes, f.json, f.library_hash, f.created FROM front f "
                                      "JOIN scenario c ON c.id = f.scenario ";

FrontRecord frontIn(const Project &project, SQLite::Statement &row)
{
    return {row.getColumn(0).getInt64(),          jsonIn(project, row.getColumn(1)), jsonIn(project, row.getColumn(2)),
            jsonIn(project, row.getColumn(3)),    row.getColumn(4).getString(),      row.getColumn(5).getString()};
}

} // namespace

std::vector<FrontRecord> frontsOf(const Project &project)
{
    std::vector<FrontRecord> all;
    project.database().each((std::string(kFrontColumns) + "ORDER BY f.id").c_str(),
                            [&](SQLite::Statement &row) { all.push_back(frontIn(project, row)); });
    return all;
}

FrontRecord loadFront(const Project &project, std::int64_t id)
{
    std::optional<FrontRecord> found;
    project.database().each((std::string(kFrontColumns) + "WHERE f.id = ?").c_str(),
                            [&](SQLite::Statement &row) { found = frontIn(project, row); }, id);
    if (!found)
        throw badInput(project.path().string() + " has no front " + std::to_string(id) + "; tessera front makes and numbers them");
    return *found;
}

std::int64_t saveChild(Project &project, const ChildRecord &record)
{
    Database &database = project.database();
    std::int64_t id = 0;
    database.transaction([&] {
        database.run("INSERT OR REPLACE INTO child (solution, path, choices, refitted, parameters, predicted, measured, created) "
                     "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                     record.solution, record.path, record.choices.dump(), record.refitted, record.parameters,
                     record.predicted.dump(), record.measured.is_null() ? std::nullopt : std::optional(record.measured.dump()),
                     utcNow());
        id = database.lastInsertId();
    });
    return id;
}

void saveMeasured(Project &project, const std::string &path, const Json &measured)
{
    project.database().transaction([&] {
        project.database().run("UPDATE child SET measured = ? WHERE path = ?", measured.dump(), path);
        if (project.database().changes() != 1)
            throw failed(project.path().string() + " built no child at " + path);
    });
}

std::vector<ChildRecord> childrenOf(const Project &project)
{
    std::vector<ChildRecord> all;
    project.database().each(
        "SELECT id, solution, path, choices, refitted, parameters, predicted, measured, created FROM child ORDER BY id",
        [&](SQLite::Statement &row) {
            all.push_back({row.getColumn(0).getInt64(), optionalInteger(row.getColumn(1)), row.getColumn(2).getString(),
                           jsonIn(project, row.getColumn(3)), row.getColumn(4).getInt64() != 0, row.getColumn(5).getInt64(),
                           jsonIn(project, row.getColumn(6)), jsonIn(project, row.getColumn(7)), row.getColumn(8).getString()});
        });
    return all;
}

} // namespace tessera
