// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
// The stages that make weights: init, fit, distill.
#include "engine/base/error.h"
#include "engine/jobs/promise.h"
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

StageCall call(const StageInput &input, const std::string &method, Json request, Origin origin)
{
    Project &project = input.project;
    std::string folder = input.folder("weights");
    return {method, std::move(request), [&project, folder, origin](const Json &item) -> std::int64_t {
                saveWeights(project, weightsRecordOf(item, origin, folder));
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

std::vector<SubBlockSource> inOrderOfPromise(const Project &project, std::vector<SubBlockSource> start)
{
    Promise promise(loadLibrary(project));
    std::vector<std::pair<double, SubBlockSource>> ranked;
    for (SubBlockSource &source : start)
        ranked.emplace_back(promise.of({{source.layer, source.variant}}), std::move(source));
    std::ranges::stable_sort(ranked, {}, [](const auto &pair) { return pair.first; });
    start.clear();
    for (auto &[value, source] : ranked)
        start.push_back(std::move(source));
    return start;
}

} // namespace

StagePlan planInit(const StageInput &input) { return planFitting(input, "init", Origin::Paper); }

StagePlan planFit(const StageInput &input) { return planFitting(input, "fit", Origin::Closed); }

DistillRequest distillRequest(const StageInput &input, StageOptions &options)
{
    DistillRequest request;
    request.learningRate = options.value<double>("learning_rate", input.options.learningRate, request.learningRate);
    request.tokensPerVariant = input.options.budgetTokens.value_or(request.tokensPerVariant);
    return request;
}

void addPlaces(DistillRequest &request, const StageInput &input, const std::string &scratch)
{
    request.parent = input.parent;
    request.tokenFile = input.split("distil").file;
    request.heldOutTokenFile = input.split("score").file;
    request.window = input.window;
    request.outFolder = input.folder("weights");
    request.scratchFolder = input.folder(scratch);
    request.run = input.run();
}

StagePlan planDistill(const StageInput &input)
{
    StageOptions options(input.project, "distill");
    DistillRequest request = distillRequest(input, options);
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
    addPlaces(request, input, "scratch/distill");
    plan.calls.push_back(call(input, "distill", toJson(request), Origin::Distilled));
    return plan;
}

} // namespace tessera
