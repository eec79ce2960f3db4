// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/store/library_rows.h"

#include "engine/base/hash.h"
#include "engine/cost/cost_names.h"
#include "engine/cost/formulas.h"
#include "engine/cost/score_summary.h"
#include "engine/cost/totals.h"
#include "engine/store/results.h"
#include "engine/store/scores.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <map>
#include <tuple>
#include <utility>

namespace tessera {
namespace {

std::string subjectOf(const LibraryEntry &entry)
{
    std::string attention = entry.attention ? toString(*entry.attention) : "";
    std::string ffn = entry.ffn ? toString(*entry.ffn) : "";
    return entry.isPair() ? attention + "+" + ffn : attention + ffn;
}

/// Costs that somebody stated or measured, to be laid over those that follow from shapes.
class StatedCosts {
public:
    explicit StatedCosts(const Project &project)
    {
        // Later ones win: of all layers before a layer's own, estimated before measured before imported, sums after their parts.
        std::vector<CostRecord> records = costsOf(project);
        std::ranges::stable_sort(records, std::greater<>(),
                                 [](const CostRecord &r) { return std::tuple(r.layer < 0, r.source, r.name != kRuntime); });
        for (const CostRecord &r : records)
            lay(m_costs[{r.subject, r.layer, r.workload}], r.name, {r.amount, r.source == CostSource::Estimated});
    }

    void layOver(Costs &costs, const std::string &subject, std::int64_t layer, std::size_t workload) const
    {
        for (std::int64_t of : {std::int64_t{-1}, layer})
            if (auto stated = m_costs.find({subject, of, workload}); stated != m_costs.end())
                for (const auto &[name, value] : stated->second) // In order of names: prefill and decode before their sum.
                    lay(costs, name, value);
    }

private:
    /// A part that is better known takes its old sum away.
    static void lay(Costs &costs, const std::string &name, const CostValue &value)
    {
        if (name == kPrefill || name == kDecode)
            costs.erase(kRuntime);
        costs.insert_or_assign(name, value);
    }

    std::map<std::tuple<std::string, std::int64_t, std::size_t>, Costs> m_costs;
};

LibraryEntry entryOf(const std::string &attention, const std::string &ffn)
{
    LibraryEntry entry;
    if (!attention.empty())
        entry.attention = parseVariant(Part::Attention, attention);
    if (!ffn.empty())
        entry.ffn = parseVariant(Part::Ffn, ffn);
    return entry;
}

std::vector<Costs> costsOfEntry(const LibraryEntry &entry, std::int64_t layer, const std::optional<ModelConfig> &config,
                                const std::vector<Workload> &workloads, const StatedCosts &stated)
{
    std::vector<Costs> all;
    for (std::size_t w = 0; w < workloads.size(); ++w) {
        Costs costs;
        if (config && !entry.isPair())
            costs = exactCosts(*config, entry.attention ? *entry.attention : *entry.ffn, workloads[w]);
        stated.layOver(costs, subjectOf(entry), layer, w);
        completeCosts(costs);
        all.push_back(std::move(costs));
    }
    return all;
}

/// Scores that came with an imported library, by entry row.
std::map<std::int64_t, std::map<std::string, Score>> importedScores(const Project &project)
{
    std::map<std::int64_t, std::map<std::string, std::vector<double>>> samples;
    project.database().each("SELECT entry, metric, value FROM score WHERE origin = 'imported' ORDER BY entry, metric, window",
                            [&](SQLite::Statement &row) {
                                samples[row.getColumn(0).getInt64()][row.getColumn(1).getString()].push_back(
                                    row.getColumn(2).getDouble());
                            });
    std::map<std::int64_t, std::map<std::string, Score>> scores;
    for (auto &[entry, byMetric] : samples)
        for (auto &[metric, values] : byMetric)
            scores[entry][metric] = summariseScore(std::move(values));
    project.database().each("SELECT entry, metric, mean, standard_error FROM score_mean", [&](SQLite::Statement &row) {
        scores[row.getColumn(0).getInt64()][row.getColumn(1).getString()] = {row.getColumn(2).getDouble(),
                                                                            optionalDouble(row.getColumn(3)),
                                                                            {}};
    });
    return scores;
}

std::vector<double> valuesOf(const Samples &samples)
{
    std::vector<double> values;
    for (const auto &[window, value] : samples)
        values.push_back(value);
    return values;
}

/// A metric with a value that is not finite is unknown.
void addFinite(std::map<std::string, Score> &scores, const SamplesByMetric &byMetric)
{
    for (const auto &[metric, samples] : byMetric) {
        std::vector<double> values = valuesOf(samples);
        if (std::ranges::all_of(values, [](double value) { return std::isfinite(value); }))
            scores[metric] = summariseScore(std::move(values));
    }
}

/// Gives every entry of a project with a parent the scores of its best weights.
void addOwnScores(BlockLibrary &library, const Project &project)
{
    std::map<Candidate, SamplesByMetric> scores = scoresOf(project);
    std::map<VariantAt, Origin> chosen = chosenOrigins(project);
    std::map<std::string, std::size_t> windows;
    for (const auto &[candidate, byMetric] : scores)
        for (const auto &[metric, samples] : byMetric)
            windows[metric] = std::max(windows[metric], samples.size());
    for (std::size_t layer = 0; layer < library.layers.size(); ++layer)
        for (LibraryEntry &entry : library.layers[layer].entries) {
            VariantAt at{static_cast<std::int64_t>(layer), entry.attention ? *entry.attention : *entry.ffn};
            auto origin = chosen.find(at);
            if (entry.isPair() || origin == chosen.end())
                continue;
            if (origin->second == Origin::Parent)
                for (const auto &[metric, count] : windows)
                    entry.scores[metric] = summariseScore(std::vector<double>(count, 0.0));
            else if (auto found = scores.find({at, origin->second}); found != scores.end())
                addFinite(entry.scores, found->second);
        }
}

void insertScore(Database &database, std::int64_t entry, const std::string &metric, const Score &score)
{
    if (score.samples.empty())
        database.run("INSERT INTO score_mean (entry, metric, mean, standard_error) VALUES (?, ?, ?, ?)", entry, metric, score.mean,
                     score.standardError);
    for (std::size_t i = 0; i < score.samples.size(); ++i)
        database.run("INSERT INTO score (entry, origin, metric, window, value) VALUES (?, 'imported', ?, ?, ?)", entry, metric,
                     static_cast<std::int64_t>(i), score.samples[i]);
}

void addCosts(std::vector<CostRecord> &records, const std::string &subject, std::int64_t layer, const std::vector<Costs> &costs)
{
    for (std::size_t w = 0; w < costs.size(); ++w)
        for (const auto &[name, value] : costs[w])
            records.push_back({subject, layer, w, name, value.estimated ? CostSource::Estimated : CostSource::Imported, value.amount,
                               {}, {}});
}

void insertEntries(Project &project, const BlockLibrary &library)
{
    Database &database = project.database();
    std::vector<CostRecord> costs;
    addCosts(costs, "fixed", -1, library.fixed);
    database.transaction([&] {
        for (std::size_t i = 0; i < library.layers.size(); ++i)
            for (const LibraryEntry &entry : library.layers[i].entries) {
                auto layer = static_cast<std::int64_t>(i);
                database.run("INSERT INTO entry (layer, attention, ffn) VALUES (?, ?, ?)", layer,
                             entry.attention ? shortName(*entry.attention) : "", entry.ffn ? shortName(*entry.ffn) : "");
                std::int64_t id = database.lastInsertId();
                for (const auto &[metric, score] : entry.scores)
                    insertScore(database, id, metric, score);
                addCosts(costs, subjectOf(entry), layer, entry.costs);
            }
    });
    saveCosts(project, costs);
}

} // namespace

BlockLibrary loadLibrary(const Project &project)
{
    BlockLibrary library;
    project.database().snapshot([&] {
        ProjectSettings settings = project.settings();
        StatedCosts stated(project);
        library.name = settings.name;
        library.objectiveDefault = settings.objective;
        library.workloads = project.workloads();
        for (std::size_t w = 0; w < library.workloads.size(); ++w) {
            Costs fixed = settings.config ? exactFixedCosts(*settings.config, library.workloads[w]) : Costs();
            stated.layOver(fixed, "fixed", -1, w);
            completeCosts(fixed);
            library.fixed.push_back(std::move(fixed));
        }
        for (const LayerChoice &parent : project.parentLayers())
            library.layers.push_back({parent, {}});
        auto imported = importedScores(project);
        project.database().each("SELECT id, layer, attention, ffn FROM entry ORDER BY id", [&](SQLite::Statement &row) {
            LibraryEntry entry = entryOf(row.getColumn(2).getString(), row.getColumn(3).getString());
            std::int64_t layer = row.getColumn(1).getInt64();
            entry.costs = costsOfEntry(entry, layer, settings.config, library.workloads, stated);
            entry.scores = imported[row.getColumn(0).getInt64()];
            library.layers.at(static_cast<std::size_t>(layer)).entries.push_back(std::move(entry));
        });
        addOwnScores(library, project);
    });
    return library;
}

Project saveLibrary(const std::filesystem::path &path, const BlockLibrary &library)
{
    ProjectSettings settings;
    settings.name = library.name;
    settings.objective = library.objectiveDefault;
    std::vector<LayerChoice> parent;
    for (const BlockLibrary::Layer &layer : library.layers)
        parent.push_back(layer.parent);
    return Project::create(path, settings, library.workloads, parent, [&](Project &project) { insertEntries(project, library); });
}

std::string hashOf(const BlockLibrary &library)
{
    std::string text = library.objectiveDefault + "\n";
    auto add = [&text](const Costs &costs) {
        for (const auto &[name, value] : costs)
            text += name + "=" + std::to_string(value.amount) + (value.estimated ? "~ " : " ");
        text += "\n";
    };
    for (const Workload &workload : library.workloads)
        text += toJson(workload).dump() + "\n";
    std::ranges::for_each(library.fixed, add);
    for (const BlockLibrary::Layer &layer : library.layers) {
        text += toString(layer.parent.attention) + "+" + toString(layer.parent.ffn) + "\n";
        for (const LibraryEntry &entry : layer.entries) {
            text += subjectOf(entry) + "\n";
            std::ranges::for_each(entry.costs, add);
            for (const auto &[metric, score] : entry.scores)
                text += metric + "=" + std::to_string(std::bit_cast<std::uint64_t>(score.mean)) + " "
                    + std::to_string(std::bit_cast<std::uint64_t>(score.standardError.value_or(-1))) + " ";
        }
    }
    return hashText(text);
}

} // namespace tessera
