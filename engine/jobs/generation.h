// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/base/json.h"
#include "engine/protocol/requests.h"
#include "engine/protocol/work_context.h"
#include "engine/text/tokenizer.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tessera {

/// A text that a model is to continue.
struct Generation {
    std::string model;
    std::optional<std::string> prompt; ///< Text; or missing, and then
    std::vector<std::int64_t> tokens;  ///< ids.
    std::int64_t maxTokens = 64;
    std::optional<double> temperature; ///< Missing: the most probable token each time.
    bool ignoreEnd = false;
    RunSettings run;
    std::string workerCommand;
};

/// {"tokens","text"}, new ones only; text is null without a tokenizer, which is the model's (see tokenizerOf). Items
/// {"token": id} as they come. Throws Error (BadInput) for a prompt without tokens, or without a tokenizer.
Json generateText(const Generation &generation, const std::optional<Tokenizer> &tokenizer, const WorkContext &context);

} // namespace tessera
