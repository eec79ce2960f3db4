// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/store/results.h"

#include "engine/store/loss_columns.h"

#include <array>

namespace tessera {
namespace {

constexpr std::array kSources{"imported", "measured", "estimated"};

CostSource parseSource(const std::string &word)
{
    for (std::size_t i = 0; i < kSources.size(); ++i)
        if (word == kSources[i])
            return static_cast<CostSource>(i);
    throw badInput("\"" + word + "\" is no source of costs");
}

} // namespace

std::string toString(CostSource source) { return kSources[static_cast<std::size_t>(source)]; }

std::int64_t entryId(const Project &project, std::int64_t layer, const Variant &variant)
{
    std::optional<std::int64_t> id;
    bool attention = variant.part == Part::Attention;
    project.database().each(
        "SELECT id FROM entry WHERE layer = ? AND attention = ? AND ffn = ?",
        [&](SQLite::Statement &row) { id = row.getColumn(0).getInt64(); }, layer,
        attention ? shortName(variant) : std::string(), attention ? std::string() : shortName(variant));
    if (!id)
        throw failed(project.path().string() + " has no " + toString(variant) + " in layer " + std::to_string(layer));
    return *id;
}

std::vector<WeightsRecord> weightsOf(const Project &project)
{
    std::vector<WeightsRecord> records;
    project.database().each(
        "SELECT e.layer, e.attention, e.ffn, w.origin, w.file, w.hash, w.loss_before, w.loss_after, w.increment_before, "
        "w.increment_after, w.tokens, w.curve FROM weights w JOIN entry e ON e.id = w.entry ORDER BY e.id, w.origin",
        [&](SQLite::Statement &row) {
            WeightsRecord record;
            record.layer = row.getColumn(0).getInt64();
            std::string attention = row.getColumn(1).getString();
            record.variant = attention.empty() ? parseVariant(Part::Ffn, row.getColumn(2).getString())
                                               : parseVariant(Part::Attention, attention);
            record.origin = parseOrigin(row.getColumn(3).getString());
            record.file = FilesOfProject::absolute(project, row.getColumn(4).getString());
            record.hash = row.getColumn(5).getString();
            readLossColumns(row, 6, project.path().string(), record);
            records.push_back(std::move(record));
        });
    return records;
}

void saveWeights(Project &project, const WeightsRecord &record)
{
    Database &database = project.database();
    std::int64_t entry = entryId(project, record.layer, record.variant);
    std::string origin = toString(record.origin);
    auto curve = record.curve.is_null() ? std::nullopt : std::optional(record.curve.dump());
    database.transaction([&] {
        database.run("DELETE FROM score WHERE entry = ? AND origin = ? AND NOT EXISTS "
                     "(SELECT 1 FROM weights w WHERE w.entry = score.entry AND w.origin = score.origin AND w.hash = ?)",
                     entry, origin, record.hash);
        database.run("INSERT OR REPLACE INTO weights (entry, origin, file, hash, loss_before, loss_after, increment_before, "
                     "increment_after, tokens, curve) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                     entry, origin, FilesOfProject::relative(project, record.file), record.hash, record.lossBefore,
                     record.lossAfter, record.incrementBefore, record.incrementAfter, record.tokens, curve);
    });
}

std::vector<CostRecord> costsOf(const Project &project)
{
    std::vector<CostRecord> records;
    project.database().each("SELECT subject, layer, workload, name, source, amount, spread, repeats FROM cost",
                            [&](SQLite::Statement &row) {
                                records.push_back({row.getColumn(0).getString(), row.getColumn(1).getInt64(),
                                                   static_cast<std::size_t>(row.getColumn(2).getInt64()),
                                                   row.getColumn(3).getString(), parseSource(row.getColumn(4).getString()),
                                                   row.getColumn(5).getInt64(), optionalDouble(row.getColumn(6)),
                                                   optionalInteger(row.getColumn(7))});
                            });
    return records;
}

void saveCosts(Project &project, const std::vector<CostRecord> &records)
{
    project.database().transaction([&] {
        for (const CostRecord &record : records)
            project.database().run("INSERT OR REPLACE INTO cost (subject, layer, workload, name, source, amount, spread, repeats) "
                                   "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                                   record.subject, record.layer, static_cast<std::int64_t>(record.workload), record.name,
                                   toString(record.source), record.amount, record.spread, record.repeats);
    });
}

} // namespace tessera
