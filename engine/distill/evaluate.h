// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/nn/forward.h"
#include "engine/protocol/requests.h"
#include "engine/protocol/work_context.h"

#include <cstdint>
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
struct Evaluation {
    std::int64_t predictions = 0;
    std::vector<double> nll;      ///< by window
    std::vector<double> accuracy; ///< by window
    // By window; empty without a parent:
    std::vector<double> kl, parentNll, parentAccuracy;
    std::string note; ///< What its reader should know, such as a batch that memory made smaller; usually empty.
};
/// Evaluates model on windows as cli.md defines it; with a parent the KL towards it too.
Evaluation evaluate(const nn::Model &model, const nn::Model *parent, const Windows &windows, const WorkContext &context);

/// Mean and standard error (sample standard deviation / sqrt n); no error for fewer than two values.
struct MeanAndError {
    double mean = 0;
    std::optional<double> standardError;
};
MeanAndError meanAndError(std::span<const double> values);

/// {"tokens","nll","nll_se","perplexity","next_token_accuracy","kl_to_parent","kl_se","parent":{"nll","nll_se","perplexity",
/// "next_token_accuracy"} or null,"windows":{"nll","kl"}}
Json toJson(const Evaluation &evaluation);

} // namespace distill

/// The method "evaluate".
Json runEvaluate(const EvaluateRequest &request, const WorkContext &context);

} // namespace tessera
