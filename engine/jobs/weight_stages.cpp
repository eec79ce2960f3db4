// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
// The stages that make weights: init, fit, distill.
#include "engine/base/error.h"
#include "engine/cost/totals.h"
#include "engine/jobs/stage.h"
#include "engine/store/library_rows.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>
#include <tuple>
#include <utility>

namespace tessera {
namespace {

std::optional<double> optionalNumber(const Json &item, const char *key)
{
    auto value = item.find(key);
    return value == item.end() || !value->is_number() ? std::nullopt : std::optional(value->get<double>());
}

/// Reads an item and checks that it is what was asked for and lies where it should.
WeightsRecord recordOf(const Json &item, Origin origin, const std::string &folder)
{
    const std::string where = "an item of the worker";
    SubBlockSource source = parseSubBlockSource({{"layer", requireInteger(item, "layer", where)},
                                                 {"variant", requireString(item, "variant", where)},
                                                 {"origin", requireString(item, "origin", where)},
                                                 {"file", requireString(item, "file", where)},
                                                 {"hash", requireString(item, "hash", where)}},
                                                where);
    if (source.origin != origin || std::filesystem::path(source.file).parent_path() != folder
        || !std::filesystem::exists(source.file))
        throw failed("the worker says it wrote " + source.file + " (" + toString(source.origin) + "), which was not asked for");
    WeightsRecord record{source.layer, source.variant, origin, source.file, source.hash, {}, {}, {}, {}, {}, nullptr};
    record.lossBefore = optionalNumber(item, "loss_before");
    record.lossAfter = optionalNumber(item, "loss_after");
    record.incrementBefore = optionalNumber(item, "increment_before");
    record.incrementAfter = optionalNumber(item, "increment_after");
    if (item.contains("tokens"))
        record.tokens = requireInteger(item, "tokens", where);
    if (item.contains("curve"))
        record.curve = item["curve"];
    return record;
}

/// Weights that are recorded and whose file is still there.
std::map<Candidate, WeightsRecord> presentWeights(const Project &project)
{
    std::map<Candidate, WeightsRecord> present;
    for (const WeightsRecord &record : weightsOf(project))
        if (std::filesystem::exists(record.file))
            present.insert({{{record.layer, record.variant}, record.origin}, record});
    return present;
}

StageCall call(const StageInput &input, const std::string &method, Json request, Origin origin)
{
    Project &project = input.project;
    std::string folder = input.folder("weights");
    return {method, std::move(request), [&project, folder, origin](const Json &item) -> std::int64_t {
                saveWeights(project, recordOf(item, origin, folder));
                return 1;
            }};
}

StagePlan planFitting(const StageInput &input, const std::string &stage, Origin origin)
{
    bool closed = origin == Origin::Closed;
    StageOptions options(input.project, stage);
    FitRequest request;
    request.maxTokens = options.value<std::int64_t>("tokens", input.options.fitTokens, 32768);
    request.channelRanking
        = options.value<std::string>("channel_ranking", input.options.channelRanking, closed ? "elimination" : "contribution");
    request.kvHeads = options.value<std::string>("kv_heads", input.options.kvHeads, "mean");
    request.closedForm = closed;
    StagePlan plan;
    auto present = presentWeights(input.project);
    for (const VariantAt &at : input.variants) {
        if (at.variant.kind == VariantKind::None)
            continue;
        ++plan.total;
        if (present.contains({at, origin}))
            ++plan.done;
        else
            request.wanted.push_back({at.layer, at.variant, origin, "", ""});
    }
    if (request.wanted.empty())
        return plan;
    options.save();
    request.parent = input.parent;
    request.tokenFile = input.split("distil").file;
    request.window = input.window;
    request.outFolder = input.folder("weights");
    request.scratchFolder = input.folder("scratch/" + stage);
    request.run = input.run();
    plan.calls.push_back(call(input, "fit", toJson(request), origin));
    return plan;
}

/// Spends the budget where a search will look first: on variants that do little damage for the bytes that they save.
std::vector<SubBlockSource> inOrderOfPromise(const Project &project, std::vector<SubBlockSource> start)
{
    BlockLibrary library = loadLibrary(project);
    auto promise = [&](const SubBlockSource &source) {
        const BlockLibrary::Layer &layer = library.layers.at(static_cast<std::size_t>(source.layer));
        const LibraryEntry *entry = findEntry(layer, source.variant);
        const LibraryEntry *parent = findEntry(layer, layer.parent.of(source.variant.part));
        if (!entry || !parent || !entry->scores.contains(library.objectiveDefault))
            return 0.0;
        auto bytes = [](const LibraryEntry &e) { return static_cast<double>(e.costs.front().at("memory").amount); };
        return std::max(0.0, entry->scores.at(library.objectiveDefault).mean) / std::max(1.0, bytes(*parent) - bytes(*entry));
    };
    std::vector<std::pair<double, SubBlockSource>> ranked;
    for (SubBlockSource &source : start)
        ranked.emplace_back(promise(source), std::move(source));
    std::ranges::stable_sort(ranked, {}, [](const auto &pair) { return pair.first; });
    start.clear();
    for (auto &[value, source] : ranked)
        start.push_back(std::move(source));
    return start;
}

} // namespace

StagePlan planInit(const StageInput &input) { return planFitting(input, "init", Origin::Paper); }

StagePlan planFit(const StageInput &input) { return planFitting(input, "fit", Origin::Closed); }

StagePlan planDistill(const StageInput &input)
{
    StageOptions options(input.project, "distill");
    DistillRequest request;
    request.learningRate = options.value<double>("learning_rate", input.options.learningRate, request.learningRate);
    request.tokensPerVariant = input.options.budgetTokens.value_or(request.tokensPerVariant);
    StagePlan plan;
    auto present = presentWeights(input.project);
    for (const VariantAt &at : input.variants) {
        if (at.variant.kind == VariantKind::None)
            continue;
        ++plan.total;
        auto distilled = present.find({at, Origin::Distilled});
        if (distilled != present.end() && distilled->second.tokens.value_or(0) >= request.tokensPerVariant) {
            ++plan.done;
            continue;
        }
        auto start = present.find({at, Origin::Closed});
        if (start == present.end())
            start = present.find({at, Origin::Paper});
        if (start != present.end())
            request.start.push_back(start->second.source());
    }
    if (plan.done + static_cast<std::int64_t>(request.start.size()) < plan.total)
        plan.remarks.push_back("variants without weights to start from are not trained; the stage fit makes them");
    if (request.start.empty())
        return plan;
    options.save();
    request.start = inOrderOfPromise(input.project, std::move(request.start));
    request.parent = input.parent;
    request.tokenFile = input.split("distil").file;
    request.heldOutTokenFile = input.split("score").file;
    request.window = input.window;
    request.outFolder = input.folder("weights");
    request.scratchFolder = input.folder("scratch/distill");
    request.run = input.run();
    plan.calls.push_back(call(input, "distill", toJson(request), Origin::Distilled));
    return plan;
}

} // namespace tessera
