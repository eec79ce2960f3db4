// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/checkpoint/stored_tensor.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tessera {

/// Longest JSON header that is read; the format allows 100 MB, models need a few hundred kilobytes.
inline constexpr std::uint64_t kMaxSafetensorsHeader = 16u << 20;

struct SafetensorsHeader {
    std::vector<StoredTensor> tensors; ///< In the order of their data, each with its bytes.
    std::map<std::string, std::string> metadata;
};

/// Reads and checks the header of a whole file: its length, its JSON (types, duplicates, nesting), every tensor's shape
/// against its bytes, and that the tensors fill the data exactly. Throws Error (BadInput).
SafetensorsHeader parseSafetensorsHeader(std::span<const std::byte> file, const std::string &where);

/// "BF16" and so on as the format calls its types; throws Error (BadInput) for an unknown one.
StoredType parseSafetensorsType(std::string_view word, const std::string &tensor, const std::string &where);

} // namespace tessera
