// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tessera {

/// The units in which a person writes an amount of memory and the bytes of each: "" and "B", powers of 1000 ("kB" or "KB" to "TB"), powers
/// of 1024 ("KiB" to "TiB"; IEC 80000-13).
const std::vector<std::pair<std::string_view, std::int64_t>> &byteUnits();

/// The bytes of "24GiB", "80 GB", "1.5MiB" or "4096", from 1 to 2^53; anything else is bad input.
std::int64_t parseBytes(const std::string &text);

/// Four digits in the largest power of 1024 that leaves a value of at least 1: "1.5 GiB", "12 MiB", "640 B".
std::string bytesText(std::int64_t bytes);

} // namespace tessera
