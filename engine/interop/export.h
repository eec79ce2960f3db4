// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/base/progress.h"
#include "engine/base/stop_token.h"
#include "engine/checkpoint/checkpoint.h"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace tessera {

enum class ExportFormat {
    Hf,         ///< A folder that transformers loads by itself where the child is uniform; otherwise DeciLm.
    DeciLm,     ///< A nemotron-nas folder: block_configs, widths padded with zeros to multiples of 256.
    Puzzletron, ///< A folder with one weight file a sub-block, block_configs and solutions.json.
    Gguf        ///< One file for llama.cpp.
};

/// Reads hf, decilm, puzzletron, gguf. Throws Error (BadInput) for another word.
ExportFormat parseExportFormat(std::string_view word);
/// Reads f32, f16, bf16, q8_0. Throws Error (BadInput) for another word.
StoredType parseExportType(std::string_view word);

struct ExportOptions {
    ExportFormat format = ExportFormat::Hf;
    std::filesystem::path out;
    std::optional<StoredType> type; ///< F32, F16, BF16; Gguf also Q8_0. Missing: as stored, or F16 for quantised models.
    bool tokenizer = true;          ///< With it, a model whose tokenizer the format has no name for is refused.
    StopToken stop;
    ProgressSink progress = [](const Progress &) {};
};

/// What was written: "llama" (or mistral, qwen2, qwen3), "nemotron-nas", "puzzletron", "gguf llama", "gguf deci" and so on.
struct Exported {
    std::filesystem::path path;
    std::string kind;
};

/// Writes a parent or child for other programs. Whatever the format, the model computes what it computed before: padding is zeros, and
/// layers that hold nothing are left out where the format's models are uniform. The output appears under its name when it is complete; a
/// failed export leaves nothing. Throws Error (BadInput) where out exists, and for a model, type or tokenizer that the format cannot hold.
Exported exportModel(const Checkpoint &model, const ExportOptions &options);

} // namespace tessera
