// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/text/token_file.h"

#include "engine/base/error.h"
#include "engine/base/hash.h"

#include <bit>
#include <cstddef>

namespace tessera {

static_assert(std::endian::native == std::endian::little, "token files are mapped as they are");

std::string writeTokenFile(const std::filesystem::path &path, std::span<const TokenId> tokens)
{
    writeFileAtomically(path, [&](const auto &sink) { sink(std::as_bytes(tokens)); });
    return hashBytes(std::as_bytes(tokens));
}

TokenFile::TokenFile(const std::filesystem::path &path, std::int64_t vocabulary) : m_file(path)
{
    if (m_file.bytes().size() % sizeof(TokenId) != 0)
        throw badInput(path.string() + " is not a token file: its size is no multiple of 4");
    for (TokenId token : tokens())
        if (token < 0 || token >= vocabulary)
            throw badInput(path.string() + " has the token " + std::to_string(token) + ", which a vocabulary of "
                           + std::to_string(vocabulary) + " lacks");
}

std::span<const TokenId> TokenFile::tokens() const
{
    std::span<const std::byte> bytes = m_file.bytes();
    return {reinterpret_cast<const TokenId *>(bytes.data()), bytes.size() / sizeof(TokenId)};
}

std::string TokenFile::hash() const { return hashBytes(m_file.bytes()); }

} // namespace tessera
