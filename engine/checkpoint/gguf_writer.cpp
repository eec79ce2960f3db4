// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/checkpoint/gguf_writer.h"

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/checkpoint/gguf_header.h"
#include "engine/checkpoint/numbers.h"

#include <cstring>
#include <optional>
#include <span>

namespace tessera {
namespace {

constexpr std::size_t kAlignment = 32;
constexpr std::size_t kVersion = 3;

class Bytes {
public:
    template <typename T> void number(T value)
    {
        char raw[sizeof value];
        std::memcpy(raw, &value, sizeof value);
        m_bytes.append(raw, sizeof value);
    }
    void string(const std::string &text)
    {
        number(static_cast<std::uint64_t>(text.size()));
        m_bytes += text;
    }
    void type(GgufType type) { number(static_cast<std::uint32_t>(type)); }
    void pad() { m_bytes.append((kAlignment - m_bytes.size() % kAlignment) % kAlignment, '\0'); }
    const std::string &text() const { return m_bytes; }

private:
    std::string m_bytes;
};

template <typename T, typename Put> void putArray(Bytes &bytes, GgufType type, const std::vector<T> &values, Put put)
{
    bytes.type(GgufType::Array);
    bytes.type(type);
    bytes.number(static_cast<std::uint64_t>(values.size()));
    for (const T &value : values)
        put(value);
}

struct PutValue {
    Bytes &bytes;
    template <typename T> void scalar(GgufType type, T value) const
    {
        bytes.type(type);
        bytes.number(value);
    }
    void operator()(const std::string &text) const
    {
        bytes.type(GgufType::String);
        bytes.string(text);
    }
    void operator()(std::uint32_t value) const { scalar(GgufType::U32, value); }
    void operator()(float value) const { scalar(GgufType::F32, value); }
    void operator()(bool value) const { scalar(GgufType::Bool, static_cast<std::uint8_t>(value)); }
    void operator()(const std::vector<std::string> &values) const
    {
        putArray(bytes, GgufType::String, values, [this](const std::string &value) { bytes.string(value); });
    }
    void operator()(const std::vector<std::int32_t> &values) const
    {
        putArray(bytes, GgufType::I32, values, [this](std::int32_t value) { bytes.number(value); });
    }
    void operator()(const std::vector<float> &values) const
    {
        putArray(bytes, GgufType::F32, values, [this](float value) { bytes.number(value); });
    }
};

std::int64_t bytesIn(const GgufTensorToWrite &tensor, const std::filesystem::path &path)
{
    std::optional<std::int64_t> bytes = storedBytes(tensor.type, tensor.shape);
    if (!bytes)
        throw failed("cannot write " + tensor.name + " to " + path.string() + ": its rows are no whole blocks of " + toString(tensor.type));
    return *bytes;
}

std::string headerOf(const std::filesystem::path &path, const GgufMetadataList &metadata, const std::vector<GgufTensorToWrite> &tensors)
{
    Bytes bytes;
    bytes.number(std::uint32_t{0x46554747}); // "GGUF"
    bytes.number(static_cast<std::uint32_t>(kVersion));
    bytes.number(static_cast<std::uint64_t>(tensors.size()));
    bytes.number(static_cast<std::uint64_t>(metadata.size()));
    for (const auto &[key, value] : metadata) {
        bytes.string(key);
        std::visit(PutValue{bytes}, value);
    }
    std::uint64_t offset = 0;
    for (const GgufTensorToWrite &tensor : tensors) {
        bytes.string(tensor.name);
        bytes.number(static_cast<std::uint32_t>(tensor.shape.size()));
        for (auto dimension = tensor.shape.rbegin(); dimension != tensor.shape.rend(); ++dimension)
            bytes.number(static_cast<std::uint64_t>(*dimension));
        bytes.number(ggufNumberOf(tensor.type));
        bytes.number(offset);
        auto size = static_cast<std::uint64_t>(bytesIn(tensor, path));
        offset += (size + kAlignment - 1) / kAlignment * kAlignment;
    }
    bytes.pad();
    return bytes.text();
}

using ByteSink = std::function<void(std::span<const std::byte>)>;

/// Turns values that come in pieces into whole blocks of a type.
class Encoder {
public:
    Encoder(StoredType type, const ByteSink &sink) : m_type(type), m_block(static_cast<std::size_t>(blockElements(type))), m_sink(sink) {}

    void take(std::span<const float> values)
    {
        m_taken += values.size();
        if (!m_waiting.empty()) {
            std::size_t missing = std::min(m_block - m_waiting.size(), values.size());
            m_waiting.insert(m_waiting.end(), values.begin(), values.begin() + static_cast<std::ptrdiff_t>(missing));
            values = values.subspan(missing);
            if (m_waiting.size() < m_block)
                return;
            m_sink(encodeFloats(m_waiting, m_type));
            m_waiting.clear();
        }
        std::size_t whole = values.size() / m_block * m_block;
        if (whole > 0)
            m_sink(encodeFloats(values.first(whole), m_type));
        values = values.subspan(whole);
        m_waiting.assign(values.begin(), values.end());
    }
    std::size_t taken() const { return m_taken; }

private:
    StoredType m_type;
    std::size_t m_block;
    const ByteSink &m_sink;
    std::vector<float> m_waiting;
    std::size_t m_taken = 0;
};

void writeTensor(const GgufTensorToWrite &tensor, const std::filesystem::path &path, const ByteSink &sink)
{
    std::uint64_t elements = 1;
    for (std::int64_t dimension : tensor.shape)
        elements *= static_cast<std::uint64_t>(dimension);
    Encoder encoder(tensor.type, sink);
    tensor.produce([&](std::span<const float> values) {
        if (values.size() > elements - encoder.taken())
            throw failed("cannot write " + tensor.name + " to " + path.string() + ": its data is larger than its shape");
        encoder.take(values);
    });
    if (encoder.taken() != elements)
        throw failed("cannot write " + tensor.name + " to " + path.string() + ": its data is smaller than its shape");
    auto size = static_cast<std::size_t>(bytesIn(tensor, path));
    std::vector<std::byte> padding((kAlignment - size % kAlignment) % kAlignment);
    sink(padding);
}

} // namespace

void writeGguf(const std::filesystem::path &path, const GgufMetadataList &metadata, const std::vector<GgufTensorToWrite> &tensors)
{
    std::string header = headerOf(path, metadata, tensors);
    writeFileAtomically(path, [&](const ByteSink &sink) {
        sink(std::as_bytes(std::span(header)));
        for (const GgufTensorToWrite &tensor : tensors)
            writeTensor(tensor, path, sink);
    });
}

} // namespace tessera
