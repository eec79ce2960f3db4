// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/architecture/model_architecture.h"
#include "engine/checkpoint/stored_tensor.h"
#include "engine/library/inputs.h"
#include "engine/protocol/work_context.h"
#include "tests/base/temporary_folder.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace tessera::test {

inline constexpr std::int64_t kToyLayers = 3, kToyVocabulary = 61;

struct ToyShape {
    std::string name = "parent"; ///< Of its folder.
    std::int64_t layers = kToyLayers;
    bool biases = false;
    bool tied = true; ///< Whether the head is the embedding.
    StoredType storedAs = StoredType::F32;
};
/// A random parent of hidden 32, 4 heads, 2 kv heads and FFN width 48 as a checkpoint in the Hugging Face layout; its path.
std::string writeToyParent(const TemporaryFolder &folder, const ToyShape &shape);
inline std::string writeToyParent(const TemporaryFolder &folder, bool biases) { return writeToyParent(folder, ToyShape{.biases = biases}); }

/// A random model of any architecture, for a child of it; its path.
std::string writeToyModel(const TemporaryFolder &folder, const std::string &name, const ModelArchitecture &architecture);

/// count random tokens of its vocabulary in a token file; its path.
std::string writeToyTokens(const TemporaryFolder &folder, const std::string &name, std::int64_t count, std::uint64_t seed);

/// A context that collects items.
struct Collected {
    std::vector<Json> items;
    WorkContext context;
    Collected() { context.item = [this](const Json &item) { items.push_back(item); }; }
    Collected(const Collected &) = delete;
    Collected &operator=(const Collected &) = delete;
    /// "LAYER VARIANT" to the hash of its file.
    std::map<std::string, std::string> hashes() const;
};

/// The items' sub-blocks as sources of a next step.
std::vector<SubBlockSource> sourcesOf(const ModelConfig &config, const std::vector<Json> &items);

/// A variant of every kind in every layer but the parent's.
std::vector<SubBlockSource> allToyVariants(const ModelConfig &config);

} // namespace tessera::test
