// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "engine/base/file.h"
#include "engine/text/tokenizer.h"

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>

namespace tessera {

/// Writes tokens as little-endian int32 without a header, atomically. Returns the hash of the file's bytes (hashBytes).
std::string writeTokenFile(const std::filesystem::path &path, std::span<const TokenId> tokens);

/// A token file, mapped.
class TokenFile {
public:
    /// Throws Error (BadInput) when the file is no token file or has an id that is negative or not below vocabulary.
    TokenFile(const std::filesystem::path &path, std::int64_t vocabulary);

    std::span<const TokenId> tokens() const;
    std::string hash() const;

private:
    MappedFile m_file;
};

} // namespace tessera
