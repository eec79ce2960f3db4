// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/store/scores.h"

#include "engine/store/results.h"

#include <cmath>
#include <limits>
#include <optional>
#include <set>

namespace tessera {
namespace {

Variant variantIn(const SQLite::Column &attention, const SQLite::Column &ffn)
{
    std::string word = attention.getString();
    return word.empty() ? parseVariant(Part::Ffn, ffn.getString()) : parseVariant(Part::Attention, word);
}

std::vector<VariantAt> allVariants(const Project &project)
{
    std::vector<VariantAt> all;
    project.database().each(
        "SELECT layer, attention, ffn FROM entry WHERE attention = '' OR ffn = '' ORDER BY id", [&](SQLite::Statement &row) {
            all.push_back({row.getColumn(0).getInt64(), variantIn(row.getColumn(1), row.getColumn(2))});
        });
    return all;
}

bool worseThanItsStart(const WeightsRecord &record)
{
    return record.lossBefore && record.lossAfter && *record.lossAfter > *record.lossBefore;
}

/// usable: whether the weights of a candidate are at least as good as what they started from.
std::optional<Origin> bestOrigin(const VariantAt &at, const std::map<Candidate, bool> &usable, const std::set<Candidate> &scored)
{
    for (bool mustBeScored : {true, false})
        for (bool mustBeUsable : {true, false})
            for (Origin origin : {Origin::Distilled, Origin::Closed, Origin::Paper}) {
                auto weights = usable.find({at, origin});
                if (weights != usable.end() && (weights->second || !mustBeUsable) && (scored.contains({at, origin}) || !mustBeScored))
                    return origin;
            }
    return std::nullopt;
}

} // namespace

std::map<Candidate, SamplesByMetric> scoresOf(const Project &project)
{
    std::map<Candidate, SamplesByMetric> scores;
    project.database().each(
        "SELECT e.layer, e.attention, e.ffn, s.origin, s.metric, s.window, s.value FROM score s JOIN entry e ON e.id = s.entry "
        "WHERE s.origin <> 'imported' AND (e.attention = '' OR e.ffn = '') ORDER BY s.entry, s.origin, s.metric, s.window",
        [&](SQLite::Statement &row) {
            Candidate candidate{{row.getColumn(0).getInt64(), variantIn(row.getColumn(1), row.getColumn(2))},
                                parseOrigin(row.getColumn(3).getString())};
            scores[candidate][row.getColumn(4).getString()][row.getColumn(5).getInt64()]
                = optionalDouble(row.getColumn(6)).value_or(std::numeric_limits<double>::quiet_NaN());
        });
    return scores;
}

void saveScores(Project &project, const Candidate &candidate, std::int64_t firstWindow,
                const std::map<std::string, std::vector<double>> &values)
{
    saveSamples(project, entryId(project, candidate.at.layer, candidate.at.variant), candidate.origin, firstWindow, values);
}

void saveSamples(Project &project, std::int64_t entry, Origin origin, std::int64_t firstWindow,
                 const std::map<std::string, std::vector<double>> &values)
{
    project.database().transaction([&] {
        for (const auto &[metric, samples] : values)
            for (std::size_t i = 0; i < samples.size(); ++i) {
                // SQLite keeps "not a number" as NULL.
                double value = std::isfinite(samples[i]) ? samples[i] : std::numeric_limits<double>::quiet_NaN();
                project.database().run("INSERT OR REPLACE INTO score (entry, origin, metric, window, value) VALUES (?, ?, ?, ?, ?)",
                                       entry, toString(origin), metric, firstWindow + static_cast<std::int64_t>(i),
                                       value);
            }
    });
}

std::map<VariantAt, Origin> chosenOrigins(const Project &project)
{
    std::map<Candidate, bool> usable;
    for (const WeightsRecord &record : weightsOf(project))
        usable[{{record.layer, record.variant}, record.origin}] = !worseThanItsStart(record);
    std::set<Candidate> scored;
    for (const auto &[candidate, samples] : scoresOf(project))
        scored.insert(candidate);

    std::vector<LayerChoice> parent = project.parentLayers();
    std::map<VariantAt, Origin> chosen;
    for (const VariantAt &at : allVariants(project)) {
        if (at.variant == parent.at(static_cast<std::size_t>(at.layer)).of(at.variant.part)) {
            chosen[at] = Origin::Parent;
            continue;
        }
        if (at.variant.kind == VariantKind::None) {
            chosen[at] = Origin::Paper;
            continue;
        }
        if (auto best = bestOrigin(at, usable, scored))
            chosen[at] = *best;
    }
    return chosen;
}

} // namespace tessera
