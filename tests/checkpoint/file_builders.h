// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/base/error.h"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace tessera::test {

inline std::span<const std::byte> bytesOf(const std::string &text) { return std::as_bytes(std::span(text)); }

/// The bytes of a number, little-endian as both formats are.
template <typename T> std::string raw(T number)
{
    std::string text(sizeof number, '\0');
    std::memcpy(text.data(), &number, sizeof number);
    return text;
}

inline void put(const std::filesystem::path &path, const std::string &bytes)
{
    std::ofstream(path, std::ios::binary) << bytes;
}

/// The sentence with which something is refused as bad input; another text where it is not.
template <typename Do> std::string refusal(Do what)
{
    try {
        what();
    } catch (const Error &e) {
        return e.kind() == ErrorKind::BadInput ? e.what() : std::string("(not as bad input) ") + e.what();
    }
    return "(accepted)";
}

/// A safetensors file with this header and this much data.
inline std::string safetensorsBytes(const std::string &header, std::size_t dataBytes)
{
    return raw<std::uint64_t>(header.size()) + header + std::string(dataBytes, '\1');
}

/// Writes GGUF files from their description in the format's specification, wrong ones too: every number can be set.
class GgufBuilder {
public:
    std::string magic = "GGUF";
    std::uint32_t version = 3;
    std::optional<std::uint64_t> tensorCount, valueCount;
    std::uint64_t alignment = 32;

    static std::string string(const std::string &text) { return raw<std::uint64_t>(text.size()) + text; }

    void value(const std::string &key, std::uint32_t type, const std::string &payload)
    {
        m_values.push_back(string(key) + raw(type) + payload);
    }
    void text(const std::string &key, const std::string &value_) { value(key, 8, string(value_)); }
    void u32(const std::string &key, std::uint32_t number) { value(key, 4, raw(number)); }
    void f32(const std::string &key, float number) { value(key, 6, raw(number)); }
    void array(const std::string &key, std::uint32_t type, std::uint64_t count, const std::string &elements)
    {
        value(key, 9, raw(type) + raw(count) + elements);
    }

    /// dimensions as the format has them, innermost first. The offset is where the tensor belongs unless given.
    void tensor(const std::string &name, const std::vector<std::uint64_t> &dimensions, std::uint32_t type,
                const std::string &data, std::optional<std::uint64_t> offset = {})
    {
        std::string info = string(name) + raw(static_cast<std::uint32_t>(dimensions.size()));
        for (std::uint64_t dimension : dimensions)
            info += raw(dimension);
        m_tensors.push_back(info + raw(type) + raw<std::uint64_t>(offset.value_or(m_data.size())));
        m_data += data;
        pad(m_data);
    }

    std::string header() const
    {
        std::string bytes = magic + raw(version) + raw<std::uint64_t>(tensorCount.value_or(m_tensors.size()))
            + raw<std::uint64_t>(valueCount.value_or(m_values.size()));
        for (const std::string &value_ : m_values)
            bytes += value_;
        for (const std::string &tensor_ : m_tensors)
            bytes += tensor_;
        return bytes;
    }

    std::string build() const
    {
        std::string bytes = header();
        pad(bytes);
        return bytes + m_data;
    }

private:
    void pad(std::string &bytes) const { bytes.append((alignment - bytes.size() % alignment) % alignment, '\0'); }

    std::vector<std::string> m_values, m_tensors;
    std::string m_data;
};

} // namespace tessera::test
