// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/checkpoint/hf_folder.h"

#include "engine/base/error.h"
#include "engine/checkpoint/hf_config.h"
#include "engine/checkpoint/safetensors_header.h"

#include <array>
#include <cstdint>
#include <system_error>

namespace tessera {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kMaxConfigBytes = 8u << 20;
constexpr int kMaxIndexDepth = 4;
constexpr std::size_t kMaxShards = 10000;
const char *const kSingleFile = "model.safetensors";
constexpr std::string_view kSubBlockFolder = "subblocks_safetensors/"; // Puzzletron's
const char *const kIndexFile = "model.safetensors.index.json";

bool isThere(const fs::path &path)
{
    std::error_code ignored;
    return fs::exists(path, ignored);
}

bool isPickle(const fs::path &path)
{
    static constexpr std::array<std::string_view, 6> kEndings{".bin", ".pt", ".pth", ".ckpt", ".pkl", ".pickle"};
    std::string extension = path.extension().string();
    for (std::string_view ending : kEndings)
        if (extension == ending)
            return true;
    return false;
}

/// Says what is wrong with a folder that has no safetensors file.
[[noreturn]] void refuseWithoutWeights(const fs::path &folder)
{
    std::error_code error;
    for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error))
        if (isPickle(it->path()))
            throw badInput(folder.string() + " has its weights in " + it->path().filename().string()
                           + ", a pickle file, which can run programs when it is read; Tessera does not open those: save the "
                             "model as safetensors");
    throw badInput(folder.string() + " has no weights: neither " + kSingleFile + " nor " + kIndexFile + " is there");
}

} // namespace

std::map<std::string, std::string> parseShardIndex(const Json &index, const std::string &where)
{
    if (!index.is_object() || !index.contains("weight_map") || !index["weight_map"].is_object())
        throw badInput(where + " must have the object \"weight_map\"");
    std::map<std::string, std::string> shards;
    for (const auto &[tensor, value] : index["weight_map"].items()) {
        std::string shard = value.is_string() ? value.get<std::string>() : "";
        std::string_view file = shard;
        if (file.starts_with(kSubBlockFolder))
            file.remove_prefix(kSubBlockFolder.size());
        bool plain = isPrintableName(file, 255) && file.find_first_of("/\\") == std::string_view::npos && file.front() != '.'
                     && file.ends_with(".safetensors");
        if (!plain)
            throw badInput(where + " gives " + tensor.substr(0, 200)
                           + " a shard that is no plain file name ending in .safetensors");
        shards.emplace(tensor, shard);
    }
    return shards;
}

HfFolder HfFolder::open(const fs::path &folder)
{
    HfFolder opened;
    fs::path config = folder / "config.json", generation = folder / "generation_config.json";
    if (!isThere(config))
        throw badInput(folder.string() + " is no model: it has no config.json");
    opened.m_architecture = parseHfConfig(readJsonFile(config, kMaxConfigBytes), config.string());
    if (isThere(generation))
        applyGenerationConfig(readJsonFile(generation, kMaxConfigBytes), generation.string(), opened.m_architecture.config);
    if (isThere(folder / kSingleFile)) {
        opened.m_files.push_back(SafetensorsFile::open(folder / kSingleFile));
        return opened;
    }
    fs::path index = folder / kIndexFile;
    if (!isThere(index))
        refuseWithoutWeights(folder);
    std::map<std::string, std::size_t> positions;
    for (const auto &[tensor, shard] : parseShardIndex(readJsonFile(index, kMaxSafetensorsHeader, kMaxIndexDepth), index.string())) {
        auto [position, isNew] = positions.emplace(shard, opened.m_files.size());
        if (opened.m_files.size() == kMaxShards && isNew)
            throw badInput(index.string() + " names more than " + std::to_string(kMaxShards) + " shards");
        if (isNew)
            opened.m_files.push_back(SafetensorsFile::open(folder / shard));
        if (!opened.m_files[position->second].find(tensor))
            throw badInput(index.string() + " says that " + tensor.substr(0, 200) + " is in " + shard + ", but it is not");
        opened.m_fileOf.emplace(tensor, position->second);
    }
    return opened;
}

const StoredTensor *HfFolder::find(std::string_view name) const
{
    if (m_fileOf.empty())
        return m_files.empty() ? nullptr : m_files.front().find(name);
    auto file = m_fileOf.find(name);
    return file == m_fileOf.end() ? nullptr : m_files[file->second].find(name);
}

std::vector<std::string_view> HfFolder::names() const
{
    std::vector<std::string_view> names;
    for (const auto &[name, file] : m_fileOf)
        names.push_back(name);
    if (m_fileOf.empty() && !m_files.empty())
        for (const StoredTensor &tensor : m_files.front().tensors())
            names.push_back(tensor.name);
    return names;
}

} // namespace tessera
