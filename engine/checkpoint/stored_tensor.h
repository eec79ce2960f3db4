// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tessera {

/// How a file stores numbers. Q-types are GGUF's blocks.
enum class StoredType {
    F64, F32, F16, BF16, I8, I16, I32, I64, U8, U16, U32, U64, Bool, Fp8E4M3, Fp8E5M2,
    Q4_0, Q4_1, Q5_0, Q5_1, Q8_0, Q4_K, Q5_K, Q6_K
};

std::string toString(StoredType type); ///< "F32", "BF16", "Q4_1"

/// Elements that are stored together, 1 for all but Q-types, and the bytes they take.
std::int64_t blockElements(StoredType type);
std::int64_t blockBytes(StoredType type);
/// Bytes of a tensor, its rows (the last dimension) being whole blocks. Nothing where a dimension is negative, a row ends
/// inside a block or a product overflows.
std::optional<std::int64_t> storedBytes(StoredType type, std::span<const std::int64_t> shape);

struct StoredTensor {
    std::string name;                ///< Hugging Face's name, also for GGUF ("model.layers.0.self_attn.q_proj.weight").
    std::vector<std::int64_t> shape; ///< Rows x columns, outermost first.
    StoredType type = StoredType::F32;
    std::span<const std::byte> bytes; ///< Into the mapped file.
    /// Columns of a row in the file where those are more than the shape says (a GGUF file's padding); 0: as many.
    std::int64_t storedColumns = 0;
};

/// Names of tensors and of metadata in files: valid UTF-8, at most maxBytes long, not empty, without control characters, so that they can be
/// shown as they are.
bool isPrintableName(std::string_view name, std::size_t maxBytes);

} // namespace tessera
