// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/base/json.h"
#include "engine/text/tokenizer.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tessera {

/// A piece of a SentencePiece vocabulary. Types are those of the format, which GGUF shares: 1 normal, 2 unknown, 3 control, 4 user
/// defined, 5 unused, 6 byte.
struct SentencePiece {
    std::string text;
    float score = 0;
    std::int64_t type = 1;
};

/// A SentencePiece model of kind BPE without normalisation, as Llama and Mistral have it.
struct SentencePieces {
    std::vector<SentencePiece> pieces; ///< By id.
    bool prefixSpace = true;
    std::optional<TokenId> before, behind; ///< Put around a text by post-processing.
};

/// Reads a tokenizer.model (a ModelProto of protocol buffers). Throws Error (BadInput) for what is malformed or unsupported: models that
/// are not BPE, normalisation other than identity, white space that is removed.
SentencePieces parseSentencePieces(std::string_view bytes, const std::string &where);

/// tokenizer.json that gives the same tokens: merges in order of the scores of what they make, bytes as a fall-back. Throws Error
/// (BadInput) for pieces that are repeated or no UTF-8.
std::string tokenizerJsonOf(const SentencePieces &model, const std::string &where);

/// Whether a tokenizer.json is of this kind: bytes are a fall-back, and nothing cuts the text into words.
bool worksOnCharacters(const Json &tokenizer);

} // namespace tessera
