// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/base/hash.h"

#include "engine/base/error.h"

#include <array>
#include <fstream>
#include <memory>
#include <vector>

#include <xxhash.h>

namespace tessera {
namespace {

std::string hexadecimal(XXH128_hash_t hash)
{
    XXH128_canonical_t canonical;
    XXH128_canonicalFromHash(&canonical, hash);
    static constexpr char kDigits[] = "0123456789abcdef";
    std::string text;
    for (unsigned char byte : canonical.digest) {
        text += kDigits[byte >> 4];
        text += kDigits[byte & 15];
    }
    return text;
}

} // namespace

std::string hashBytes(std::span<const std::byte> bytes)
{
    return hexadecimal(XXH3_128bits(bytes.data(), bytes.size()));
}

std::string hashText(std::string_view text)
{
    return hexadecimal(XXH3_128bits(text.data(), text.size()));
}

std::string hashFile(const std::filesystem::path &path)
{
    std::ifstream file(path, std::ios::binary);
    if (!file)
        throw badInput("cannot read " + path.string() + ": check that the file exists and may be read");
    std::unique_ptr<XXH3_state_t, decltype(&XXH3_freeState)> state(XXH3_createState(), &XXH3_freeState);
    XXH3_128bits_reset(state.get());
    std::vector<char> buffer(1 << 20);
    while (file) {
        file.read(buffer.data(), static_cast<std::streamsize>(buffer.size()));
        XXH3_128bits_update(state.get(), buffer.data(), static_cast<std::size_t>(file.gcount()));
    }
    if (file.bad())
        throw failed("reading " + path.string() + " failed half way");
    return hexadecimal(XXH3_128bits_digest(state.get()));
}

} // namespace tessera
