// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/nn/forward.h"
#include "engine/nn/token_losses.h"
#include "engine/protocol/requests.h"
#include "engine/protocol/work_context.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

namespace tessera {
namespace distill {

/// Tokens cut into windows that do not overlap; the trailing partial window is dropped.
struct Windows {
    at::Tensor tokens; ///< int64 [windows, length]
};
/// Throws Error (BadInput) when length is below 2 or the tokens do not fill one window. maxTokens 0: all.
Windows cutWindows(std::span<const std::int32_t> tokens, std::int64_t length, std::int64_t maxTokens);

/// Means over the predictions of each window.
struct WindowMeans {
    std::vector<double> nll, accuracy; ///< by window
    // By window; empty without a parent:
    std::vector<double> kl, parentNll, parentAccuracy, agreement;
    std::vector<double> cosine; ///< 1 - cosine of hidden states, mean over layers; only where distillation measures it.
};

/// Predictions [first, last] of every window: prediction i has seen i + 1 tokens.
struct PositionRange {
    std::int64_t first = 0, last = 0;
    WindowMeans means; ///< Over these predictions.
};

struct Evaluation {
    std::int64_t predictions = 0;
    WindowMeans means;
    std::vector<PositionRange> positions;
    std::string note; ///< What its reader should know, such as a batch that memory made smaller; usually empty.
};

/// Ranges that double in length: [0, 31], [32, 63], [64, 127], ... up to the last of predictions.
std::vector<PositionRange> doublingRanges(std::int64_t predictions);

/// Adds windows of so many predictions each.
void addWindows(Evaluation &evaluation, const nn::TokenLosses &losses, std::int64_t predictions);

/// Evaluates model on windows as cli.md defines it; with a parent the KL towards it too; all of it also over doublingRanges.
Evaluation evaluate(const nn::Model &model, const nn::Model *parent, const Windows &windows, const WorkContext &context);

/// Residual streams behind the last layers, a batch each: the model's, and where there is one the parent's.
struct Streams {
    std::vector<at::Tensor> own, parent;
};
/// Takes batches of windows, int64 [windows, length], through the networks. Calls between with the share that is done, which may throw.
using PassLayers = std::function<Streams(const std::vector<at::Tensor> &batches, const std::function<void(double share)> &between)>;
/// The same for networks that are not there as a whole: model and parent hold what is behind the layers. together: batches that
/// passLayers gets at once; it changes no bit of the result.
Evaluation evaluate(const nn::Model &model, const nn::Model *parent, const Windows &windows, std::int64_t together,
                    const PassLayers &passLayers, const WorkContext &context);
/// Windows of a batch.
std::int64_t windowsAtOnce(std::int64_t length);

/// Mean and standard error (sample standard deviation / sqrt n); no error for fewer than two values.
struct MeanAndError {
    double mean = 0;
    std::optional<double> standardError;
};
MeanAndError meanAndError(std::span<const double> values);

/// {"tokens","nll","nll_se","perplexity","next_token_accuracy","next_token_accuracy_se","kl_to_parent","kl_se","top1_agreement",
/// "top1_agreement_se","parent":{"nll","nll_se","perplexity","next_token_accuracy","next_token_accuracy_se"} or null,"by_position":
/// [{"first","last", the same figures}],"windows":{"nll","next_token_accuracy","kl","top1_agreement","parent_nll",
/// "parent_next_token_accuracy"}}; what needs a parent is null without one.
Json toJson(const Evaluation &evaluation);

} // namespace distill

/// The method "evaluate". Where model and parent are larger than the device's memory their layers pass it one after the other, with the
/// same bits. The result has, beside what toJson() writes, "memory": {"predicted": bytes at the peak,"layers": resident ones of both,
/// "moved": bytes of the others that were read,"taken": on a GPU}.
Json runEvaluate(const EvaluateRequest &request, const WorkContext &context);

} // namespace tessera
