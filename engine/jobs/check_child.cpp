// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/jobs/check_child.h"

#include "engine/base/error.h"
#include "engine/cost/cost_names.h"
#include "engine/jobs/parent.h"
#include "engine/protocol/requests.h"
#include "engine/store/job_log.h"
#include "engine/store/solutions.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace tessera {
namespace {

namespace fs = std::filesystem;

RunSettings settingsFor(const ChildCheck &order)
{
    RunSettings run;
    run.dtype = DType::F32;
    run.threads = order.threads;
    return run;
}

Json evaluate(Project &project, const ChildCheck &order, const Checkpoint &parent, WorkerProcess &worker, const WorkContext &context)
{
    std::vector<TokenSplit> splits = project.tokenSplits();
    auto test = std::ranges::find(splits, "test", &TokenSplit::name);
    if (test == splits.end())
        throw badInput(project.path().string() + " has no text to evaluate on; it was imported, not made by tessera new");
    std::optional<Json> made = stageOptions(project, "new");
    EvaluateRequest request;
    request.model = order.child.string();
    request.parent = parent.path().string();
    request.tokenFile = test->file;
    request.maxTokens = order.maxTokens;
    request.window = made ? integerOr(*made, "window", 512, "the project's window") : 512;
    request.run = settingsFor(order);
    return worker.call("evaluate", toJson(request), context);
}

/// Adds the run times of the parent and of the child to measured.
void addTimes(Json &measured, const Project &project, const ChildCheck &order, const Checkpoint &parent, WorkerProcess &worker,
              const WorkContext &context)
{
    std::vector<Workload> workloads = project.workloads();
    MeasureRequest request;
    request.parent = parent.path().string();
    request.fixed = false;
    request.maxSeconds = order.measureSeconds;
    request.models = {{"parent", "", parent.architecture().layers}, {"child", "", Checkpoint::open(order.child).architecture().layers}};
    request.run = settingsFor(order);
    std::ranges::copy_if(workloads, std::back_inserter(request.workloads), [&](const Workload &w) {
        return w.device == "cpu" || (w.device.starts_with("cuda") && worker.info().device.starts_with("cuda"));
    });
    if (request.workloads.empty())
        return;
    WorkContext timing = context;
    timing.item = [&](const Json &item) {
        const std::string where = "a run time of the worker";
        std::string workload = requireString(item, "workload", where);
        std::string at = workload == workloads.front().name ? "" : "@" + workload;
        Json &model = requireString(item, "model", where) == "child" ? measured : measured["parent"];
        Amount prefill = requireInteger(item, kPrefill.c_str(), where), decode = requireInteger(item, kDecode.c_str(), where);
        model[kPrefill + at] = toJsonNumber(kPrefill, prefill);
        model[kDecode + at] = toJsonNumber(kDecode, decode);
        model[kRuntime + at] = toJsonNumber(kRuntime, prefill + decode);
    };
    worker.call("measure", toJson(request), timing);
}

Json damageOf(const Json &evaluation)
{
    const Json &parent = evaluation.at("parent");
    auto difference = [](const Json &a, const Json &b) { return a.is_number() && b.is_number() ? Json(a.get<double>() - b.get<double>()) : Json(); };
    return {{"kl_div", evaluation.at("kl_to_parent")},
            {"lm_loss", difference(evaluation.at("nll"), parent.at("nll"))},
            {"accuracy_loss", difference(parent.at("next_token_accuracy"), evaluation.at("next_token_accuracy"))},
            {"perplexity", evaluation.at("perplexity")},
            {"parent", {{"perplexity", parent.at("perplexity")}}}};
}

} // namespace

Json checkChild(Project &project, const ChildCheck &asked, WorkerProcess &worker, const WorkContext &context)
{
    ChildCheck order = asked;
    order.child = fs::absolute(order.child).lexically_normal();
    if (order.child.filename().empty())
        order.child = order.child.parent_path();
    Checkpoint parent = findParent(project, order.parent);
    Json evaluation = evaluate(project, order, parent, worker, context);
    Json measured = damageOf(evaluation);
    if (order.measure)
        addTimes(measured, project, order, parent, worker, context);

    Json predicted;
    std::vector<ChildRecord> children = childrenOf(project);
    if (auto child = std::ranges::find(children, order.child.string(), &ChildRecord::path); child != children.end()) {
        predicted = child->predicted;
        if (project.writable())
            saveMeasured(project, child->path, measured);
    }
    return {{"evaluation", std::move(evaluation)}, {"measured", std::move(measured)}, {"predicted", std::move(predicted)}};
}

} // namespace tessera
