// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/base/json.h"
#include "engine/text/tokenizer.h"

#include <string>
#include <vector>

namespace tessera {

/// The tokens that tokenizer.json's post_processor puts around one text. Supported: none, ByteLevel (which adds nothing),
/// TemplateProcessing, RobertaProcessing, BertProcessing, Sequence.
struct PostProcessor {
    std::vector<TokenId> before;
    std::vector<TokenId> behind;

    /// Throws Error (BadInput) that names what is unsupported.
    static PostProcessor fromJson(const Json &json, const std::string &where);
};

} // namespace tessera
