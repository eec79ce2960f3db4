// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/store/pairs.h"

#include "engine/store/loss_columns.h"

#include <filesystem>
#include <limits>

namespace tessera {
namespace {

/// An entry's columns layer, attention, ffn from the first on.
PairAt pairIn(SQLite::Statement &row)
{
    return {row.getColumn(0).getInt64(), parseVariant(Part::Attention, row.getColumn(1).getString()),
            parseVariant(Part::Ffn, row.getColumn(2).getString())};
}

std::optional<std::int64_t> findEntry(const Project &project, const PairAt &at)
{
    std::optional<std::int64_t> id;
    project.database().each(
        "SELECT id FROM entry WHERE layer = ? AND attention = ? AND ffn = ?",
        [&](SQLite::Statement &row) { id = row.getColumn(0).getInt64(); }, at.layer, shortName(at.attention), shortName(at.ffn));
    return id;
}

std::int64_t entryOf(Project &project, const PairAt &at)
{
    if (auto id = findEntry(project, at))
        return *id;
    if (at.layer < 0 || at.layer >= static_cast<std::int64_t>(project.parentLayers().size()))
        throw failed(project.path().string() + " has no layer " + std::to_string(at.layer));
    project.database().run("INSERT INTO entry (layer, attention, ffn) VALUES (?, ?, ?)", at.layer, shortName(at.attention),
                           shortName(at.ffn));
    return project.database().lastInsertId();
}

void insertHalf(Project &project, std::int64_t entry, const SubBlockSource &half, const PairRecord &record)
{
    auto curve = record.curve.is_null() ? std::nullopt : std::optional(record.curve.dump());
    project.database().run(
        "INSERT INTO pair_weights (entry, part, file, hash, loss_before, loss_after, increment_before, increment_after, tokens, "
        "curve) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        entry, half.variant.part == Part::Attention ? "attention" : "ffn", FilesOfProject::relative(project, half.file), half.hash,
        record.lossBefore, record.lossAfter, record.incrementBefore, record.incrementAfter, record.tokens, curve);
}

} // namespace

bool isPresent(const PairSource &pair)
{
    for (const SubBlockSource *half : {&pair.attention, &pair.ffn})
        if (!half->file.empty() && !std::filesystem::exists(half->file))
            return false;
    return true;
}

std::map<PairAt, PairRecord> pairsOf(const Project &project)
{
    std::map<PairAt, PairRecord> pairs;
    project.database().each(
        "SELECT e.layer, e.attention, e.ffn, p.part, p.file, p.hash, p.loss_before, p.loss_after, p.increment_before, "
        "p.increment_after, p.tokens, p.curve FROM pair_weights p JOIN entry e ON e.id = p.entry",
        [&](SQLite::Statement &row) {
            PairAt at = pairIn(row);
            auto [place, isNew] = pairs.try_emplace(at);
            PairRecord &record = place->second;
            PairSource &weights = record.weights;
            if (isNew)
                weights = {{at.layer, at.attention, Origin::Paper, "", ""}, {at.layer, at.ffn, Origin::Paper, "", ""}};
            SubBlockSource &half = row.getColumn(3).getString() == "attention" ? weights.attention : weights.ffn;
            half.origin = Origin::Distilled;
            half.file = FilesOfProject::absolute(project, row.getColumn(4).getString());
            half.hash = row.getColumn(5).getString();
            readLossColumns(row, 6, project.path().string(), record);
        });
    return pairs;
}

void savePair(Project &project, const PairRecord &record)
{
    Database &database = project.database();
    database.transaction([&] {
        std::int64_t entry = entryOf(project, record.at());
        database.run("DELETE FROM score WHERE entry = ?", entry);
        database.run("DELETE FROM pair_weights WHERE entry = ?", entry);
        for (const SubBlockSource *half : {&record.weights.attention, &record.weights.ffn})
            if (!half->file.empty())
                insertHalf(project, entry, *half, record);
    });
}

std::map<PairAt, SamplesByMetric> pairScoresOf(const Project &project)
{
    std::map<PairAt, SamplesByMetric> scores;
    project.database().each(
        "SELECT e.layer, e.attention, e.ffn, s.metric, s.window, s.value FROM score s JOIN entry e ON e.id = s.entry "
        "WHERE s.origin = 'distilled' AND e.attention <> '' AND e.ffn <> '' ORDER BY s.entry, s.metric, s.window",
        [&](SQLite::Statement &row) {
            scores[pairIn(row)][row.getColumn(3).getString()][row.getColumn(4).getInt64()]
                = optionalDouble(row.getColumn(5)).value_or(std::numeric_limits<double>::quiet_NaN());
        });
    return scores;
}

void savePairScores(Project &project, const PairAt &at, std::int64_t firstWindow,
                    const std::map<std::string, std::vector<double>> &values)
{
    auto entry = findEntry(project, at);
    if (!entry)
        throw failed(project.path().string() + " has no pair " + toString(at.attention) + "+" + toString(at.ffn) + " in layer "
                     + std::to_string(at.layer));
    saveSamples(project, *entry, Origin::Distilled, firstWindow, values);
}

} // namespace tessera
