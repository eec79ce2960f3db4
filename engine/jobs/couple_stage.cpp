// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
// The stage that trains pairs: the attention and the FFN of a layer together, each as the other's company.
#include "engine/base/error.h"
#include "engine/cost/cost_names.h"
#include "engine/cost/totals.h"
#include "engine/jobs/promise.h"
#include "engine/jobs/stage.h"
#include "engine/search/solve.h"
#include "engine/store/library_rows.h"
#include "engine/store/pairs.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <map>
#include <memory>
#include <set>
#include <utility>

namespace tessera {
namespace {

/// Limits in percent of the parent at which a search is asked which pairs it keeps.
constexpr std::array kKeptAt{90, 80, 70, 60, 50};

bool isTrainable(const PairAt &at, const LayerChoice &parent)
{
    bool nothingLeft = at.attention.kind == VariantKind::None && at.ffn.kind == VariantKind::None;
    return at.attention != parent.attention && at.ffn != parent.ffn && !nothingLeft;
}

std::set<PairAt> everyPair(const StageInput &input)
{
    std::vector<LayerChoice> parent = input.project.parentLayers();
    std::map<std::int64_t, std::vector<Variant>> byLayer;
    for (const VariantAt &at : input.variants)
        byLayer[at.layer].push_back(at.variant);
    std::set<PairAt> pairs;
    for (const auto &[layer, variants] : byLayer)
        for (const Variant &attention : variants)
            for (const Variant &ffn : variants)
                if (attention.part == Part::Attention && ffn.part == Part::Ffn
                    && isTrainable({layer, attention, ffn}, parent.at(static_cast<std::size_t>(layer))))
                    pairs.insert({layer, attention, ffn});
    return pairs;
}

/// The pairs in the best children of the library as it is, at kKeptAt of every cost that a device limits.
std::set<PairAt> pairsThatASearchKeeps(const StageInput &input)
{
    auto library = std::make_shared<const BlockLibrary>(loadLibrary(input.project));
    std::set<PairAt> pairs;
    for (const std::string &cost : {kRuntime, kMemory}) {
        if (!totalCost(*library, parentChoice(*library), cost, 0))
            continue;
        for (int percent : kKeptAt) {
            Scenario scenario;
            scenario.limits.push_back(parseLimit(cost + "=" + std::to_string(percent) + "%", LimitSense::Max));
            Problem problem = makeProblem(library, scenario);
            std::vector<LayerChoice> choices = solve(problem).choices;
            for (std::size_t layer = 0; layer < choices.size(); ++layer) {
                PairAt at{static_cast<std::int64_t>(layer), choices[layer].attention, choices[layer].ffn};
                if (isTrainable(at, library->layers[layer].parent))
                    pairs.insert(at);
            }
        }
    }
    return pairs;
}

Json toJson(const std::set<PairAt> &pairs)
{
    Json json = Json::array();
    for (const PairAt &at : pairs)
        json.push_back({at.layer, shortName(at.attention), shortName(at.ffn)});
    return json;
}

std::set<PairAt> pairsIn(const Json &json)
{
    std::set<PairAt> pairs;
    for (const Json &at : json)
        pairs.insert({at.at(0).get<std::int64_t>(), parseVariant(Part::Attention, at.at(1).get<std::string>()),
                      parseVariant(Part::Ffn, at.at(2).get<std::string>())});
    return pairs;
}

/// What the search kept when the stage was first begun: later scores do not move it, or a run would never end.
std::set<PairAt> keptPairs(const StageInput &input, StageOptions &options)
{
    return pairsIn(options.fixed("kept", [&] { return toJson(pairsThatASearchKeeps(input)); }));
}

/// Takes the halves of pairs as the worker says them and saves a pair when it is whole.
class PairCollector {
public:
    PairCollector(Project &project, std::string folder) : m_project(project), m_folder(std::move(folder)) {}

    std::int64_t take(const Json &item)
    {
        WeightsRecord half = weightsRecordOf(item, Origin::Distilled, m_folder);
        PairAt at = pairOf(item, half.layer);
        auto [place, isNew] = m_waiting.try_emplace(at);
        PairRecord &record = place->second;
        if (isNew)
            record.weights = {{at.layer, at.attention, Origin::Paper, "", ""}, {at.layer, at.ffn, Origin::Paper, "", ""}};
        (half.variant.part == Part::Attention ? record.weights.attention : record.weights.ffn) = half.source();
        record.lossBefore = half.lossBefore;
        record.lossAfter = half.lossAfter;
        record.incrementBefore = half.incrementBefore;
        record.incrementAfter = half.incrementAfter;
        record.tokens = half.tokens;
        record.curve = half.curve;
        for (const SubBlockSource *source : {&record.weights.attention, &record.weights.ffn})
            if (source->file.empty() && source->variant.kind != VariantKind::None)
                return 0;
        savePair(m_project, record);
        m_waiting.erase(place);
        return 1;
    }

private:
    static PairAt pairOf(const Json &item, std::int64_t layer)
    {
        const std::string where = "an item of the worker";
        std::string pair = requireString(item, "pair", where);
        const std::string attention = "attention=", ffn = "+ffn=";
        std::size_t cut = pair.find(ffn);
        if (!pair.starts_with(attention) || cut == std::string::npos)
            throw failed("the worker says it trained the pair \"" + pair + "\", which is none");
        return {layer, parseVariant(Part::Attention, pair.substr(attention.size(), cut - attention.size())),
                parseVariant(Part::Ffn, pair.substr(cut + ffn.size()))};
    }

    Project &m_project;
    std::string m_folder;
    std::map<PairAt, PairRecord> m_waiting;
};

/// Orders pairs by promise and gives each its start; pairs without weights to start from are left out.
std::vector<SubBlockSource> startsOf(const StageInput &input, const std::vector<PairAt> &pairs)
{
    Promise promise(loadLibrary(input.project));
    auto chosen = chosenOrigins(input.project);
    auto present = presentWeights(input.project);
    std::vector<std::pair<double, PairSource>> ranked;
    for (const PairAt &at : pairs) {
        auto attention = chosenSource({at.layer, at.attention}, chosen, present);
        auto ffn = chosenSource({at.layer, at.ffn}, chosen, present);
        if (attention && ffn)
            ranked.push_back({promise.of({{at.layer, at.attention}, {at.layer, at.ffn}}), {*attention, *ffn}});
    }
    std::ranges::stable_sort(ranked, {}, [](const auto &pair) { return pair.first; });
    std::vector<SubBlockSource> starts;
    for (const auto &[value, pair] : ranked) {
        starts.push_back(pair.attention);
        starts.push_back(pair.ffn);
    }
    return starts;
}

} // namespace

StagePlan planCouple(const StageInput &input)
{
    StageOptions options(input.project, "couple");
    DistillRequest request = distillRequest(input, options);
    request.mode = "coupled";
    std::set<PairAt> wanted = input.options.mode == "coupled" ? everyPair(input) : keptPairs(input, options);
    auto trained = pairsOf(input.project);
    StagePlan plan;
    plan.total = static_cast<std::int64_t>(wanted.size());
    std::vector<PairAt> missing;
    for (const PairAt &at : wanted) {
        auto found = trained.find(at);
        if (found != trained.end() && found->second.tokens.value_or(0) >= request.tokensPerVariant
            && isPresent(found->second.weights))
            ++plan.done;
        else
            missing.push_back(at);
    }
    if (missing.empty())
        return plan;
    request.start = startsOf(input, missing);
    if (request.start.size() < 2 * missing.size())
        plan.remarks.push_back("pairs without weights to start from are not trained; the stage fit makes them");
    if (request.start.empty())
        return plan;
    options.save();
    addPlaces(request, input, "scratch/couple");
    auto collector = std::make_shared<PairCollector>(input.project, request.outFolder);
    plan.calls.push_back({"distill", toJson(request), [collector](const Json &item) { return collector->take(item); }});
    return plan;
}

} // namespace tessera
