// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/checkpoint/safetensors.h"

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/json.h"
#include "engine/checkpoint/safetensors_header.h"

#include <cstring>
#include <optional>
#include <unordered_map>
#include <unordered_set>

namespace tessera {
namespace {

constexpr std::size_t kHeaderAlignment = 8;

/// The header for tensors that lie one behind the other in the order given.
std::string headerText(const std::filesystem::path &path, const std::vector<TensorToWrite> &tensors,
                       const std::map<std::string, std::string> &metadata)
{
    nlohmann::ordered_json header = nlohmann::ordered_json::object();
    if (!metadata.empty())
        header["__metadata__"] = metadata;
    std::unordered_set<std::string_view> names;
    std::int64_t position = 0;
    for (const TensorToWrite &tensor : tensors) {
        std::optional<std::int64_t> bytes = storedBytes(tensor.type, tensor.shape);
        if (!bytes || blockElements(tensor.type) > 1 || *bytes > INT64_MAX - position)
            throw failed("cannot write " + tensor.name + " to " + path.string() + ": its shape or type does not fit the format");
        if (!names.insert(tensor.name).second)
            throw failed("cannot write " + tensor.name + " to " + path.string() + " twice");
        header[tensor.name] = {{"dtype", toString(tensor.type)},
                               {"shape", tensor.shape},
                               {"data_offsets", {position, position + *bytes}}};
        position += *bytes;
    }
    std::string text = header.dump();
    text.append((kHeaderAlignment - text.size() % kHeaderAlignment) % kHeaderAlignment, ' ');
    return text;
}

} // namespace

struct SafetensorsFile::Data {
    std::optional<MappedFile> file;
    SafetensorsHeader header;
    std::unordered_map<std::string_view, std::size_t> positions;
};

SafetensorsFile::SafetensorsFile(std::unique_ptr<Data> data) : m_data(std::move(data)) {}
SafetensorsFile::~SafetensorsFile() = default;
SafetensorsFile::SafetensorsFile(SafetensorsFile &&) noexcept = default;
SafetensorsFile &SafetensorsFile::operator=(SafetensorsFile &&) noexcept = default;

SafetensorsFile SafetensorsFile::parse(std::span<const std::byte> bytes, const std::string &where)
{
    auto data = std::make_unique<Data>();
    data->header = parseSafetensorsHeader(bytes, where);
    for (std::size_t i = 0; i < data->header.tensors.size(); ++i)
        data->positions.emplace(data->header.tensors[i].name, i);
    return SafetensorsFile(std::move(data));
}

SafetensorsFile SafetensorsFile::open(const std::filesystem::path &path)
{
    MappedFile file(path);
    SafetensorsFile opened = parse(file.bytes(), path.string());
    opened.m_data->file.emplace(std::move(file));
    return opened;
}

const std::vector<StoredTensor> &SafetensorsFile::tensors() const { return m_data->header.tensors; }
const std::map<std::string, std::string> &SafetensorsFile::metadata() const { return m_data->header.metadata; }

const StoredTensor *SafetensorsFile::find(std::string_view name) const
{
    auto it = m_data->positions.find(name);
    return it == m_data->positions.end() ? nullptr : &m_data->header.tensors[it->second];
}

void writeSafetensors(const std::filesystem::path &path, const std::vector<TensorToWrite> &tensors,
                      const std::map<std::string, std::string> &metadata)
{
    std::string header = headerText(path, tensors, metadata);
    std::uint64_t length = header.size();
    writeFileAtomically(path, [&](const auto &sink) {
        sink(std::as_bytes(std::span(&length, 1)));
        sink(std::as_bytes(std::span(header)));
        for (const TensorToWrite &tensor : tensors) {
            auto left = static_cast<std::uint64_t>(*storedBytes(tensor.type, tensor.shape));
            bool tooMany = false;
            tensor.produce([&](std::span<const std::byte> bytes) {
                tooMany = tooMany || bytes.size() > left;
                if (tooMany)
                    return;
                left -= bytes.size();
                sink(bytes);
            });
            if (tooMany || left > 0)
                throw failed("cannot write " + tensor.name + " to " + path.string() + ": its data has another size than its shape");
        }
    });
}

} // namespace tessera
