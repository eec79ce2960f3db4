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

/// As EvaluateRequest's result. Throws Error (BadInput) for a text of fewer tokens than one window, and for replacements that
/// the model cannot have.
Json evaluateModel(const Evaluation &evaluation, const WorkContext &context);

} // namespace tessera
