// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/store/job_log.h"

namespace tessera {

std::int64_t beginJob(Project &project, const std::string &stage, std::int64_t attempt, std::int64_t done, std::int64_t total)
{
    Database &database = project.database();
    std::int64_t id = 0;
    database.transaction([&] {
        database.run("UPDATE job SET state = 'interrupted', note = 'the process ended' WHERE state = 'running'");
        database.run("INSERT INTO job (stage, attempt, state, done, total, seconds, note, started) VALUES (?, ?, 'running', ?, ?, 0, "
                     "'', ?)",
                     stage, attempt, done, total, utcNow());
        id = database.lastInsertId();
    });
    return id;
}

void updateJob(Project &project, std::int64_t id, const std::string &state, std::int64_t done, double seconds, const std::string &note)
{
    project.database().run("UPDATE job SET state = ?, done = ?, seconds = ?, note = ? WHERE id = ?", state, done, seconds, note, id);
}

std::vector<JobRecord> jobsOf(const Project &project)
{
    std::vector<JobRecord> jobs;
    project.database().each("SELECT id, stage, attempt, state, done, total, seconds, note, started FROM job ORDER BY id",
                            [&](SQLite::Statement &row) {
                                jobs.push_back({row.getColumn(0).getInt64(), row.getColumn(1).getString(),
                                                row.getColumn(2).getInt64(), row.getColumn(3).getString(),
                                                row.getColumn(4).getInt64(), row.getColumn(5).getInt64(),
                                                row.getColumn(6).getDouble(), row.getColumn(7).getString(),
                                                row.getColumn(8).getString()});
                            });
    return jobs;
}

std::optional<Json> stageOptions(const Project &project, const std::string &stage)
{
    std::optional<Json> options;
    project.database().each(
        "SELECT json FROM stage_option WHERE stage = ?",
        [&](SQLite::Statement &row) {
            options = parseJson(row.getColumn(0).getString(), "the options of " + stage + " in " + project.path().string());
        },
        stage);
    return options;
}

void saveStageOptions(Project &project, const std::string &stage, const Json &options)
{
    project.database().run("INSERT OR REPLACE INTO stage_option (stage, json) VALUES (?, ?)", stage, options.dump());
}

void saveProvenance(Project &project, const std::string &what, const Json &json)
{
    project.database().run("INSERT OR IGNORE INTO provenance (what, json, created) VALUES (?, ?, ?)", what, json.dump(), utcNow());
}

std::vector<std::pair<std::string, Json>> provenanceOf(const Project &project)
{
    std::vector<std::pair<std::string, Json>> notes;
    project.database().each("SELECT what, json FROM provenance ORDER BY id", [&](SQLite::Statement &row) {
        notes.emplace_back(row.getColumn(0).getString(),
                           parseJson(row.getColumn(1).getString(), "the provenance in " + project.path().string()));
    });
    return notes;
}

} // namespace tessera
