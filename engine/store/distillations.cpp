// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/store/distillations.h"

#include <cstdint>
#include <utility>

namespace tessera {
namespace {

/// Which rows of provenance say how a child was distilled.
constexpr const char *kDistilledChild = "distilled child";

} // namespace

void saveDistilledChild(Project &project, const ChildRecord &child, const Json &how)
{
    project.database().transaction([&] {
        Json note = how;
        note["path"] = child.path;
        note["child"] = saveChild(project, child);
        project.database().run("DELETE FROM provenance WHERE what = ? AND CASE WHEN json_valid(json) THEN json_extract(json, '$.path') END = ?",
                               kDistilledChild, child.path);
        project.database().run("INSERT INTO provenance (what, json, created) VALUES (?, ?, ?)", kDistilledChild, note.dump(), utcNow());
    });
}

std::map<std::string, Json> distillationsOf(const Project &project)
{
    const std::string where = "the provenance in " + project.path().string();
    std::map<std::string, Json> all;
    // A child that is built in the place of another gets a number of its own.
    project.database().each("SELECT p.json, c.path FROM provenance p JOIN child c ON CASE WHEN json_valid(p.json) THEN "
                            "json_extract(p.json, '$.child') END = c.id WHERE p.what = ? ORDER BY p.id",
                            [&](SQLite::Statement &row) {
                                Json json = parseJson(row.getColumn(0).getString(), where);
                                json.erase("path");
                                json.erase("child");
                                all.insert_or_assign(row.getColumn(1).getString(), std::move(json));
                            },
                            kDistilledChild);
    return all;
}

} // namespace tessera
