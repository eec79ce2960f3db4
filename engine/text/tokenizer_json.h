// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/base/json.h"
#include "engine/text/added_tokens.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace tessera {

/// What a byte-level BPE tokenizer is made of, for writing its tokenizer.json.
struct TokenizerRecipe {
    std::vector<std::string> tokens; ///< By id, in the byte alphabet; unique.
    std::vector<std::pair<std::string, std::string>> merges;
    std::vector<AddedToken> added;
    Json normalizer;   ///< As in tokenizer.json; null: none.
    Json preTokenizer; ///< As in tokenizer.json.
    bool ignoreMerges = false;
    std::optional<TokenId> before, behind; ///< Put around a text by post-processing.
};

/// tokenizer.json in the format of Hugging Face's tokenizers library.
std::string writeTokenizerJson(const TokenizerRecipe &recipe);

} // namespace tessera
