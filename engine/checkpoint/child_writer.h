// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/architecture/model_architecture.h"
#include "engine/checkpoint/stored_tensor.h"

#include <filesystem>
#include <functional>
#include <span>
#include <string>

namespace tessera {

/// Takes the values of a tensor, row by row, in pieces of any length.
using FloatSink = std::function<void(std::span<const float>)>;
/// Hands a tensor's values, all of them, to the sink. Called once for every tensor of tensorsOf(model), in that order.
using ProduceFloats = std::function<void(const TensorSpec &tensor, const FloatSink &sink)>;

/// Writes a model as a checkpoint folder in the Hugging Face layout that Checkpoint::open reads: config.json, model.safetensors
/// with all weights as type (F32, F16 or BF16), and tokenizer.json and chat_template.jinja where their texts are not empty. The folder appears under
/// its name only when it is complete and on disk. No more weights are in memory than produce hands over at once. Throws Error
/// (BadInput) when the folder exists and is not empty, Error (Failed) when it cannot be written; nothing is left then.
void writeChild(const std::filesystem::path &folder, const ModelArchitecture &model, StoredType type,
                const ProduceFloats &produce, const std::string &tokenizerJson, const std::string &chatTemplate = {});

} // namespace tessera
