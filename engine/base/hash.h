// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

namespace tessera {

/// 128-bit XXH3 of bytes as 32 lower-case hexadecimal digits. Tells versions of data apart; it is no defence against
/// somebody who constructs collisions.
std::string hashBytes(std::span<const std::byte> bytes);
std::string hashText(std::string_view text);

/// The same of a file's content, read in pieces. Throws Error when the file cannot be read.
std::string hashFile(const std::filesystem::path &path);

} // namespace tessera
