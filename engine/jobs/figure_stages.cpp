// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
// The stages that find figures: score, score-paper, measure.
#include "engine/base/error.h"
#include "engine/jobs/stage.h"
#include "engine/store/pairs.h"

#include <algorithm>
#include <filesystem>
#include <limits>
#include <map>
#include <set>
#include <utility>

namespace tessera {
namespace {

const std::vector<std::string> kMetrics{"kl_div", "lm_loss", "hidden_cosine", "accuracy_loss"};

/// The variant "PART=NAME" under a key of a worker's item.
Variant variantIn(const Json &item, const std::string &key, const std::string &where)
{
    return parseSubBlockSource({{"layer", 0}, {"variant", requireString(item, key, where)}, {"origin", "paper"}, {"file", ""},
                                {"hash", ""}},
                               where)
        .variant;
}

std::int64_t commitScore(Project &project, const Json &item)
{
    const std::string where = "a score of the worker";
    std::int64_t layer = requireInteger(item, "layer", where);
    std::int64_t first = requireInteger(item, "window", where);
    std::map<std::string, std::vector<double>> values;
    std::size_t windows = 0;
    if (first < 0 || !item.contains("scores") || !item["scores"].is_object())
        throw failed(where + " lacks its windows or values");
    for (const auto &[metric, list] : item["scores"].items()) {
        for (const Json &value : list)
            values[metric].push_back(value.is_number() ? value.get<double>() : std::numeric_limits<double>::quiet_NaN());
        windows = std::max(windows, values[metric].size());
    }
    if (item.contains("variant"))
        saveScores(project, {{layer, variantIn(item, "variant", where)}, parseOrigin(requireString(item, "origin", where))}, first,
                   values);
    else
        savePairScores(project, {layer, variantIn(item, "attention", where), variantIn(item, "ffn", where)}, first, values);
    return static_cast<std::int64_t>(windows);
}

/// How many windows of a candidate or pair are there from the first on, in every metric.
template <typename Scored>
std::int64_t windowsDone(const std::map<Scored, SamplesByMetric> &scores, const Scored &scored, std::int64_t windows)
{
    auto found = scores.find(scored);
    if (found == scores.end())
        return 0;
    std::int64_t done = windows;
    for (const std::string &metric : kMetrics) {
        auto samples = found->second.find(metric);
        std::int64_t have = 0;
        while (samples != found->second.end() && have < windows && samples->second.contains(have))
            ++have;
        done = std::min(done, have);
    }
    return done;
}

/// What is to be scored, singly and in pairs.
struct Scorings {
    std::vector<SubBlockSource> candidates;
    std::vector<PairSource> pairs;
};

/// What lacks windows, by the first window that it lacks; counts all windows in plan.
std::map<std::int64_t, Scorings> missingScores(const Project &project, const Scorings &asked, std::int64_t windows, StagePlan &plan)
{
    std::map<std::int64_t, Scorings> missing;
    auto count = [&](std::int64_t done) {
        plan.total += windows;
        plan.done += done;
        return done < windows;
    };
    auto scores = scoresOf(project);
    for (const SubBlockSource &source : asked.candidates)
        if (std::int64_t done = windowsDone(scores, {{source.layer, source.variant}, source.origin}, windows); count(done))
            missing[done].candidates.push_back(source);
    auto pairScores = pairScoresOf(project);
    for (const PairSource &pair : asked.pairs)
        if (std::int64_t done = windowsDone(pairScores, {pair.attention.layer, pair.attention.variant, pair.ffn.variant}, windows);
            count(done))
            missing[done].pairs.push_back(pair);
    return missing;
}

StagePlan planScoring(const StageInput &input, const Scorings &asked)
{
    StageOptions options(input.project, "score");
    std::int64_t windows = options.value<std::int64_t>("windows", input.options.scoreWindows, 8);
    StagePlan plan;
    if (asked.candidates.empty() && asked.pairs.empty())
        return plan;
    const TokenSplit &split = input.split("score");
    windows = std::min(windows, split.tokens / input.window);
    auto missing = missingScores(input.project, asked, windows, plan);
    if (!missing.empty())
        options.save();
    Project &project = input.project;
    for (auto &[first, left] : missing) {
        ScoreRequest request;
        request.parent = input.parent;
        request.tokenFile = split.file;
        request.window = input.window;
        request.firstWindow = first;
        request.windows = windows - first;
        request.metrics = kMetrics;
        request.candidates = std::move(left.candidates);
        request.pairs = std::move(left.pairs);
        request.run = input.run();
        plan.calls.push_back({"score", toJson(request), [&project](const Json &item) { return commitScore(project, item); }});
    }
    return plan;
}

/// Workload and subject of everything that has both run times.
std::set<std::pair<std::size_t, std::string>> measured(const Project &project)
{
    std::map<std::pair<std::size_t, std::string>, int> found;
    for (const CostRecord &record : costsOf(project))
        if (record.source != CostSource::Estimated && record.layer < 0 && (record.name == "prefill" || record.name == "decode"))
            found[{record.workload, record.subject}] |= record.name == "prefill" ? 1 : 2;
    std::set<std::pair<std::size_t, std::string>> whole;
    for (const auto &[key, parts] : found)
        if (parts == 3)
            whole.insert(key);
    return whole;
}

std::int64_t commitTimes(Project &project, const std::vector<Workload> &workloads, const Json &item)
{
    const std::string where = "a run time of the worker";
    std::string subject = item.contains("fixed") ? "fixed"
        : item.contains("model")                 ? "model:" + requireString(item, "model", where)
                                                 : requireString(item, "variant", where);
    auto workload = std::ranges::find(workloads, requireString(item, "workload", where), &Workload::name);
    if (workload == workloads.end())
        throw failed(where + " is of a workload that the project does not have");
    std::vector<CostRecord> records;
    for (const char *name : {"prefill", "decode"})
        records.push_back({subject, -1, static_cast<std::size_t>(workload - workloads.begin()), name, CostSource::Measured,
                           requireInteger(item, name, where), numberOr(item, std::string(name) + "_spread", 0, where),
                           integerOr(item, "repeats", 0, where)});
    saveCosts(project, records);
    return 1;
}

} // namespace

StagePlan planScore(const StageInput &input)
{
    auto weights = presentWeights(input.project);
    Scorings asked;
    for (const VariantAt &at : input.variants) {
        if (at.variant.kind == VariantKind::None)
            asked.candidates.push_back({at.layer, at.variant, Origin::Paper, "", ""});
        bool fitted = false;
        for (Origin origin : {Origin::Closed, Origin::Distilled, Origin::Paper})
            if (auto found = weights.find({at, origin}); found != weights.end() && !(origin == Origin::Paper && fitted)) {
                asked.candidates.push_back(found->second.source());
                fitted = true;
            }
    }
    for (const auto &[at, record] : pairsOf(input.project))
        if (isPresent(record.weights))
            asked.pairs.push_back(record.weights);
    return planScoring(input, asked);
}

StagePlan planScorePaper(const StageInput &input)
{
    auto weights = presentWeights(input.project);
    Scorings asked;
    for (const VariantAt &at : input.variants) {
        if (at.variant.kind == VariantKind::None)
            continue;
        auto found = weights.find({at, Origin::Paper});
        asked.candidates.push_back(found != weights.end() ? found->second.source()
                                                    : SubBlockSource{at.layer, at.variant, Origin::Paper, "", ""});
    }
    return planScoring(input, asked);
}

StagePlan planMeasure(const StageInput &input)
{
    StagePlan plan;
    std::vector<Workload> workloads = input.project.workloads();
    std::vector<LayerChoice> parent = input.project.parentLayers();
    std::set<Variant> shapes;
    for (const LayerChoice &layer : parent)
        shapes.insert({layer.attention, layer.ffn});
    for (const VariantAt &at : input.variants)
        shapes.insert(at.variant);
    auto known = measured(input.project);
    Project &project = input.project;
    for (std::size_t w = 0; w < workloads.size(); ++w) {
        const bool gpu = workloads[w].device == "cuda" || workloads[w].device.starts_with("cuda:");
        if (workloads[w].device != "cpu" && !gpu) {
            plan.remarks.push_back("the workload " + workloads[w].name + " is of the device " + workloads[w].device
                                   + ", which is not measured here: its run times stay estimates, or import them");
            continue;
        }
        // All shapes of a workload are measured together, repeats interleaved: only so can they be compared.
        bool complete = known.contains({w, "fixed"}) && known.contains({w, "model:parent"});
        for (const Variant &shape : shapes)
            complete = complete && known.contains({w, toString(shape)});
        auto subjects = static_cast<std::int64_t>(shapes.size()) + 2;
        plan.total += subjects;
        if (complete && !input.options.measureAgain) {
            plan.done += subjects;
            continue;
        }
        MeasureRequest request;
        request.parent = input.parent;
        request.workloads = {workloads[w]};
        request.variants = {shapes.begin(), shapes.end()};
        request.models = {{"parent", "", parent}};
        request.maxSeconds = input.options.measureSeconds;
        request.run = input.run();
        plan.calls.push_back({"measure", toJson(request),
                              [&project, workloads](const Json &item) { return commitTimes(project, workloads, item); },
                              gpu ? "cuda" : "",
                              "the workload " + workloads[w].name + " is of a GPU, which this worker does not use: its run times stay as they are"});
    }
    return plan;
}

} // namespace tessera
