// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/service/distill_methods.h"

#include "engine/architecture/dtype.h"
#include "engine/base/error.h"
#include "engine/jobs/project_distillation.h"
#include "engine/service/run_settings.h"

#include <cstdint>

namespace tessera {
namespace {

constexpr std::int64_t kMostWindow = 1 << 20, kMostBatch = 1 << 30;

/// How long: neither tokens nor minutes is the usual number of tokens.
void readBudget(DistillChildrenRequest &request, const Params &params)
{
    if (params.has("tokens") && params.has("minutes"))
        throw badInput("give a budget of either \"tokens\" or \"minutes\"");
    request.tokens = params.integerOr("tokens", request.tokens, 1, std::int64_t{1} << 50);
    if (auto minutes = params.numberIf("minutes", 0.001, 1e6)) {
        request.minutes = *minutes;
        request.tokens = 0;
    }
}

Distillation orderOf(const Call &call)
{
    const Params &params = call.params;
    Distillation order;
    order.children = params.textsOr("children", {});
    order.out = params.text("out");
    order.texts = params.textsOr("texts", {});
    order.loss = params.textOr("loss", order.loss);
    order.train = params.textOr("train", order.train);
    order.heldOutPercent = params.numberOr("held_out", order.heldOutPercent, 0.1, 50);
    if (params.has("store_as")) {
        order.storedAs = parseDType(params.text("store_as"));
        if (*order.storedAs != DType::F32 && *order.storedAs != DType::F16 && *order.storedAs != DType::BF16)
            throw badInput("\"store_as\" of a child is f32, f16 or bf16");
    }
    DistillChildrenRequest &request = order.request;
    readBudget(request, params);
    request.learningRate = params.numberOr("learning_rate", request.learningRate, 1e-12, 1e6);
    request.warmup = params.numberOr("warmup", request.warmup, 0, 1);
    request.weightDecay = params.numberOr("weight_decay", request.weightDecay, 0, 1);
    request.clipNorm = params.numberOr("clip", request.clipNorm, 0, 1e9);
    request.window = params.integerOr("window", 0, 2, kMostWindow);
    request.batchTokens = params.integerOr("batch_tokens", request.batchTokens, 2, kMostBatch);
    request.tokensAtOnce = params.integerOr("tokens_at_once", request.tokensAtOnce, 2, kMostBatch);
    request.heldOutTokens = params.integerOr("held_out_tokens", request.heldOutTokens, 2, kMostBatch);
    request.evaluationSteps = params.integerOr("evaluate_every", request.evaluationSteps, 1, kMostBatch);
    request.run = runSettingsOf(params);
    order.workerCommand = call.session.options().workerCommand;
    return order;
}

} // namespace

namespace methods {

Json distill(Call &call)
{
    auto open = call.session.project(call.stop);
    return distillProjectChildren(open->project, orderOf(call), call.context());
}

Json distillOptions(Call &call)
{
    auto open = call.session.project(call.stop);
    return distillationChoices(open->project, call.params.text("child"));
}

} // namespace methods
} // namespace tessera
