// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/base/json.h"
#include "engine/checkpoint/checkpoint.h"
#include "engine/interop/export.h"
#include "engine/interop/model_source.h"

#include <filesystem>
#include <string>

namespace tessera {

/// What goes along with a model: tokenizer.json, and the chat template of chat_template.h. Either may be empty.
struct TokenizerTexts {
    std::string json, chatTemplate;
};

/// The folders that exportModel writes.

/// A uniform model as its family's own class; layers that hold nothing are left out.
Exported exportPlain(const Checkpoint &model, const ModelSource &source, const std::filesystem::path &out, StoredType type,
                     const TokenizerTexts &tokenizer);
/// nemotron-nas with block_configs, and the Python code (Tessera's own) that transformers runs such a model with.
Exported exportDeciLm(const Checkpoint &model, const ModelSource &source, const std::filesystem::path &out, StoredType type,
                      const TokenizerTexts &tokenizer);
/// Puzzletron's checkpoint with solutions.json and solution_repr_0.txt.
Exported exportPuzzletron(const Checkpoint &model, const ModelSource &source, const std::filesystem::path &out, StoredType type,
                          const TokenizerTexts &tokenizer);

/// config.json of a nemotron-nas model.
Json toDeciConfig(const ModelArchitecture &model, StoredType type);
/// A block as Puzzletron's block_config has it, and all of a model's.
Json toPuzzletronBlock(const LayerChoice &layer, const ModelConfig &config, StoredType type);

/// tokenizer.json and the tokenizer_config.json that transformers asks for, with the chat template, where there is a tokenizer.
void writeTokenizerFiles(const std::filesystem::path &folder, const TokenizerTexts &tokenizer, const ModelConfig &config);

/// The two Python files beside a nemotron-nas model.
std::string deciConfigurationCode();
std::string deciModelCode();

} // namespace tessera
