// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/base/json.h"
#include "engine/protocol/requests.h"
#include "engine/protocol/work_context.h"

#include <cstdint>
#include <string>
#include <vector>

namespace tessera {

/// How well a model predicts a text, and how far it is from its parent.
struct Evaluation {
    std::string model;
    std::string parent;                ///< Empty: none to compare with.
    std::string text;                  ///< A UTF-8 file; or empty, and then
    std::string tokenFile;             ///< its tokens.
    std::int64_t window = 512;
    std::int64_t maxTokens = 0;        ///< 0: all
    std::vector<std::string> replacements; ///< LAYERS:BLOCK to try with the paper's initialisation.
    RunSettings run;
    std::string workerCommand;
};

/// As EvaluateRequest's result, plus "comparisons": the model against its parent where it has one, a list of {"a","b","figure",
/// "difference","se","low","high","confidence","pairs"} with a - b of each window's nll and next_token_accuracy. Throws Error
/// (BadInput) for a text of fewer tokens than one window, and for replacements that the model cannot have.
Json evaluateModel(const Evaluation &evaluation, const WorkContext &context);

/// Several models on the same windows: what evaluateModel says of the first, plus "models", the same of each with its "model" as it was
/// given, and "comparisons" of every two of them (kl and top1_agreement too where there is a parent) and of each with the parent.
/// evaluation.model is ignored. Throws Error (BadInput) for models whose tokenizers cut the text differently.
Json evaluateModels(const Evaluation &evaluation, const std::vector<std::string> &models, const WorkContext &context);

} // namespace tessera
