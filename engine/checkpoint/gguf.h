// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/checkpoint/stored_tensor.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tessera {

/// A GGUF file (version 2 or 3, little-endian), mapped. Opening walks the whole header and checks it: every length against
/// the file, every tensor's shape, type and place against the data, duplicate names. Nothing is copied but names.
class GgufFile {
public:
    /// Throws Error (BadInput) with a sentence that names file and field.
    static GgufFile open(const std::filesystem::path &path);
    /// The same of bytes that outlive the object. where names them in errors.
    static GgufFile parse(std::span<const std::byte> bytes, const std::string &where);
    ~GgufFile();
    GgufFile(GgufFile &&) noexcept;
    GgufFile &operator=(GgufFile &&) noexcept;

    std::uint32_t version() const;
    const std::string &where() const; ///< What errors call this file.

    /// Metadata keys in the order of the file.
    const std::vector<std::string> &keys() const;
    bool has(std::string_view key) const;

    /// Metadata values. Nothing where the key is absent; Error (BadInput) where its value has another type. integer takes
    /// every integer type (a value beyond int64 is an error), number takes integers and floats. Views point into the file.
    std::optional<std::string_view> string(std::string_view key) const;
    std::optional<std::int64_t> integer(std::string_view key) const;
    std::optional<double> number(std::string_view key) const;
    std::optional<bool> boolean(std::string_view key) const;
    /// Arrays; a single value is no array. One pass over the array.
    std::optional<std::vector<std::string_view>> strings(std::string_view key) const;
    std::optional<std::vector<std::int64_t>> integers(std::string_view key) const;
    std::optional<std::vector<double>> numbers(std::string_view key) const;
    std::optional<std::vector<bool>> booleans(std::string_view key) const;
    /// Whether the key's value is an array.
    bool isArray(std::string_view key) const;

    /// The same for keys that must be there: Error (BadInput) names an absent one.
    std::string_view requireString(std::string_view key) const;
    std::int64_t requireInteger(std::string_view key) const;
    double requireNumber(std::string_view key) const;
    std::vector<std::string_view> requireStrings(std::string_view key) const;

    /// Tensors in the order of the file, under GGUF's own names ("blk.0.attn_q.weight"), shapes outermost first.
    const std::vector<StoredTensor> &tensors() const;
    const StoredTensor *find(std::string_view name) const;

private:
    struct Data;
    explicit GgufFile(std::unique_ptr<Data> data);
    std::unique_ptr<Data> m_data;
};

} // namespace tessera
