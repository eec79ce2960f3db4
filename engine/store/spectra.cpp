// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/store/spectra.h"

#include "engine/base/error.h"

#include <utility>

namespace tessera {
namespace {

constexpr const char *kColumns = "SELECT id, kind, name, estimator, probe_hash, seeds, json, created FROM spectrum ";

/// As kColumns, with the kernels of a result, or of each of its parts, in the result's place.
constexpr const char *kHeadColumns = R"(
SELECT id, kind, name, estimator, probe_hash, seeds, CASE
    WHEN NOT json_valid(json) OR kind = 'tangent' THEN '[]'
    WHEN json_type(json, '$.kernel') = 'object' THEN json_array(json(json_extract(json, '$.kernel')))
    ELSE (SELECT json_group_array(json(json_extract(part.value, '$.kernel'))) FROM json_each(spectrum.json, CASE
              WHEN json_type(spectrum.json, '$.spectra') = 'array' THEN '$.spectra'
              WHEN json_type(spectrum.json, '$.profiles') = 'array' THEN '$.profiles'
              WHEN json_type(spectrum.json, '$.descents') = 'array' THEN '$.descents'
              ELSE '$.results' END) part
          WHERE CASE part.type WHEN 'object' THEN json_type(part.value, '$.kernel') END = 'object')
    END, created FROM spectrum )";

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

std::vector<SpectrumHead> spectrumHeads(const Project &project, const std::string &kind)
{
    std::vector<SpectrumHead> all;
    project.database().each((std::string(kHeadColumns) + "WHERE ?1 = '' OR kind = ?1 ORDER BY id").c_str(),
                            [&](SQLite::Statement &row) {
                                SpectrumRecord record = recordIn(project, row);
                                Json kernels = std::exchange(record.result, nullptr);
                                all.push_back({std::move(record), std::move(kernels)});
                            },
                            kind);
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

void nameSpectrum(Project &project, std::int64_t id, const std::string &name)
{
    project.database().transaction([&] {
        project.database().run("UPDATE spectrum SET name = ? WHERE id = ?", name, id);
        if (project.database().changes() != 1)
            throw missing(project, id);
    });
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
