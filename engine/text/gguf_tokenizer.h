// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/architecture/model_config.h"
#include "engine/checkpoint/gguf_writer.h"
#include "engine/text/tokenizer_json.h"

#include <array>
#include <string>
#include <string_view>

namespace tessera {

class GgufFile;

/// Names of tokenizer.ggml.pre that are known, and what each of them means, as the models of these names publish it.
inline constexpr std::array<std::string_view, 4> kPreTokenizers{"smollm", "llama-bpe", "qwen2", "gpt-2"};
/// Sets pre-tokenizer, normalizer and ignoreMerges of a recipe. Throws Error (BadInput) for an unknown name.
void choosePreTokenizer(std::string_view pre, TokenizerRecipe &recipe, const std::string &where);

/// tokenizer.json of the tokenizer that GGUF metadata describe. Throws Error (BadInput) that names what is unsupported.
std::string tokenizerJsonOf(const GgufFile &file);

/// The reverse: metadata for a model of this configuration. The vocabulary is filled up to the model's with unused tokens. Throws
/// Error (BadInput) where GGUF has no name for how the tokenizer cuts text, or where it has more tokens than the model.
GgufMetadataList ggufTokenizerOf(const std::string &tokenizerJson, const ModelConfig &config, const std::string &where);

} // namespace tessera
