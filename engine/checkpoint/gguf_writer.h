// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/checkpoint/child_writer.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace tessera {

/// One metadata value.
using GgufMetadata = std::variant<std::string, std::uint32_t, float, bool, std::vector<std::string>, std::vector<std::int32_t>,
                                  std::vector<float>>;
using GgufMetadataList = std::vector<std::pair<std::string, GgufMetadata>>;

/// A tensor to be written: produce hands over its values row by row, in pieces of any length.
struct GgufTensorToWrite {
    std::string name;
    std::vector<std::int64_t> shape; ///< Outermost first.
    StoredType type = StoredType::F32;
    std::function<void(const FloatSink &sink)> produce;
};

/// Writes a GGUF file (version 3) atomically. Throws Error (Failed) when a tensor hands over another number of values, has
/// rows that are no whole blocks of its type, or the disk is full; nothing is left then.
void writeGguf(const std::filesystem::path &path, const GgufMetadataList &metadata, const std::vector<GgufTensorToWrite> &tensors);

/// Writes a model as a GGUF file in the layout of childLayout(), matrices as type (F32, F16, BF16 or Q8_0), all else as F32. Metadata
/// of the tokenizer is added as given. Checkpoint::open gives the model back, with exactly these weights. Throws Error (BadInput) for
/// a model that GGUF cannot hold or not as this type.
void writeGgufModel(const std::filesystem::path &path, const ModelArchitecture &model, StoredType type, const ProduceFloats &produce,
                    const GgufMetadataList &tokenizer, const std::string &name);

} // namespace tessera
