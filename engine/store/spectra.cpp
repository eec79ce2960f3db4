// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/store/spectra.h"

#include "engine/base/error.h"

namespace tessera {
namespace {

constexpr const char *kColumns = "SELECT id, kind, name, estimator, probe_hash, seeds, json, created FROM spectrum ";

SpectrumRecord recordIn(const Project &project, SQLite::Statement &row)
{
    const std::string where = "a spectrum of " + project.path().string();
    return {row.getColumn(0).getInt64(),
            row.getColumn(1).getString(),
            row.getColumn(2).getString(),
            row.getColumn(3).getString(),
            optionalText(row.getColumn(4)),
            parseJson(row.getColumn(5).getString(), where),
            parseJson(row.getColumn(6).getString(), where),
            row.getColumn(7).getString()};
}

Error missing(const Project &project, std::int64_t id)
{
    return badInput(project.path().string() + " has no spectrum " + std::to_string(id) + "; tessera spectra list shows those it has");
}

} // namespace

std::int64_t saveSpectrum(Project &project, const SpectrumRecord &record)
{
    std::int64_t id = 0;
    project.database().transaction([&] {
        project.database().run("INSERT INTO spectrum (kind, name, estimator, probe_hash, seeds, json, created) VALUES (?, ?, ?, ?, ?, ?, ?)",
                               record.kind, record.name, record.estimator, record.probeHash, record.seeds.dump(), record.result.dump(), utcNow());
        id = project.database().lastInsertId();
    });
    return id;
}

std::vector<SpectrumRecord> spectraOf(const Project &project, const std::string &kind)
{
    std::vector<SpectrumRecord> all;
    project.database().each((std::string(kColumns) + "WHERE ?1 = '' OR kind = ?1 ORDER BY id").c_str(),
                            [&](SQLite::Statement &row) { all.push_back(recordIn(project, row)); }, kind);
    return all;
}

SpectrumRecord loadSpectrum(const Project &project, std::int64_t id)
{
    std::optional<SpectrumRecord> found;
    project.database().each((std::string(kColumns) + "WHERE id = ?").c_str(),
                            [&](SQLite::Statement &row) { found = recordIn(project, row); }, id);
    if (!found)
        throw missing(project, id);
    return *found;
}

void forgetSpectrum(Project &project, std::int64_t id)
{
    project.database().transaction([&] {
        project.database().run("DELETE FROM spectrum WHERE id = ?", id);
        if (project.database().changes() != 1)
            throw missing(project, id);
    });
}

} // namespace tessera
