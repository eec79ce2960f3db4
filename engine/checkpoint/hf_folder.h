// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/architecture/model_architecture.h"
#include "engine/base/json.h"
#include "engine/checkpoint/safetensors.h"

#include <cstddef>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace tessera {

/// A checkpoint folder in the Hugging Face layout, its weight files mapped: config.json, generation_config.json where it is
/// there, and model.safetensors or the shards that model.safetensors.index.json lists.
class HfFolder {
public:
    /// Throws Error (BadInput) with a sentence that names file and field. Which tensors the model needs is not checked.
    static HfFolder open(const std::filesystem::path &folder);

    const ModelArchitecture &architecture() const { return m_architecture; }
    const StoredTensor *find(std::string_view name) const;
    /// Names of all tensors in the files.
    std::vector<std::string_view> names() const;

private:
    ModelArchitecture m_architecture;
    std::vector<SafetensorsFile> m_files;
    std::map<std::string, std::size_t, std::less<>> m_fileOf; ///< By tensor name; empty for a single file.
};

/// The shard of every tensor from the JSON of a model.safetensors.index.json. Shard names are plain file names, or such in
/// Puzzletron's folder subblocks_safetensors: Error (BadInput) for anything else.
std::map<std::string, std::string> parseShardIndex(const Json &index, const std::string &where);

} // namespace tessera
