// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/checkpoint/stored_tensor.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace tessera {

/// Types of GGUF metadata values, by their numbers in the file.
enum class GgufType : std::uint32_t { U8, I8, U16, I16, U32, I32, F32, Bool, String, Array, U64, I64, F64 };

/// Bytes of a value of fixed size; 0 for strings and arrays.
std::size_t bytesOf(GgufType type);

/// How the format numbers a tensor type. Throws Error (Failed) for one that GGUF does not have.
std::uint32_t ggufNumberOf(StoredType type);

/// One metadata value, still in the file.
struct GgufValue {
    std::string_view key;
    GgufType type = GgufType::U8; ///< Of the elements where isArray.
    bool isArray = false;
    std::size_t count = 1;              ///< Elements; 1 for no array.
    std::span<const std::byte> payload; ///< Elements one behind the other; strings as u64 length and bytes.
};

/// What stands before the data of a GGUF file. Views point into the bytes it was parsed from.
struct GgufHeader {
    std::uint32_t version = 0;
    std::vector<GgufValue> values;
    std::unordered_map<std::string_view, std::size_t> valueOf;
    std::vector<StoredTensor> tensors;
    std::unordered_map<std::string_view, std::size_t> tensorOf;
};

/// Reads and checks a header: magic, version, every count and length against the bytes left, duplicates, tensor types, shapes
/// and places (one behind the other, aligned, inside the file, nothing behind the last). Memory grows with the bytes read, never with
/// a number in them. Throws Error (BadInput).
GgufHeader parseGgufHeader(std::span<const std::byte> bytes, const std::string &where);

} // namespace tessera
