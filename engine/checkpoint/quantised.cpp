// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/checkpoint/quantised.h"

#include "engine/base/error.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <string>

namespace tessera {
namespace {

// A block of Q4_0, Q4_1, Q5_0, Q5_1, Q8_0 has 32 elements. With d (scale) and m (minimum) as halves:
//   Q8_0: d, 32 x int8                      x = d q
//   Q4_0: d, 16 bytes                       x = d (q - 8)
//   Q4_1: d, m, 16 bytes                    x = d q + m
//   Q5_0: d, 32 high bits, 16 bytes         x = d (q - 16)
//   Q5_1: d, m, 32 high bits, 16 bytes      x = d q + m
// Byte i holds element i in its low and element i + 16 in its high four bits.
// K-types have 256 elements in 8 or 16 groups with scales of their own, see below.

constexpr std::size_t kBlock = 32;
constexpr std::size_t kSuperBlock = 256;

using Bytes = const std::uint8_t *;

float half(Bytes from)
{
    std::uint16_t bits;
    std::memcpy(&bits, from, sizeof bits);
    return floatFromF16(bits);
}

void decodeQ8_0(Bytes block, float *values)
{
    float d = half(block);
    for (std::size_t i = 0; i < kBlock; ++i)
        values[i] = d * static_cast<float>(static_cast<std::int8_t>(block[2 + i]));
}

void decodeQ4_0(Bytes block, float *values)
{
    float d = half(block);
    for (std::size_t i = 0; i < kBlock / 2; ++i) {
        values[i] = d * static_cast<float>((block[2 + i] & 15) - 8);
        values[i + kBlock / 2] = d * static_cast<float>((block[2 + i] >> 4) - 8);
    }
}

void decodeQ4_1(Bytes block, float *values)
{
    float d = half(block), m = half(block + 2);
    for (std::size_t i = 0; i < kBlock / 2; ++i) {
        values[i] = d * static_cast<float>(block[4 + i] & 15) + m;
        values[i + kBlock / 2] = d * static_cast<float>(block[4 + i] >> 4) + m;
    }
}

/// The five-bit numbers of a block whose high bits and low nibbles begin at from.
void unpackFive(Bytes from, int *numbers)
{
    std::uint32_t high;
    std::memcpy(&high, from, sizeof high);
    for (std::size_t i = 0; i < kBlock / 2; ++i) {
        numbers[i] = (from[4 + i] & 15) | static_cast<int>((high >> i) & 1) << 4;
        numbers[i + kBlock / 2] = (from[4 + i] >> 4) | static_cast<int>((high >> (i + kBlock / 2)) & 1) << 4;
    }
}

void decodeQ5_0(Bytes block, float *values)
{
    float d = half(block);
    int numbers[kBlock];
    unpackFive(block + 2, numbers);
    for (std::size_t i = 0; i < kBlock; ++i)
        values[i] = d * static_cast<float>(numbers[i] - 16);
}

void decodeQ5_1(Bytes block, float *values)
{
    float d = half(block), m = half(block + 2);
    int numbers[kBlock];
    unpackFive(block + 4, numbers);
    for (std::size_t i = 0; i < kBlock; ++i)
        values[i] = d * static_cast<float>(numbers[i]) + m;
}

struct ScaleAndMinimum {
    int scale, minimum;
};

/// The six-bit scale and minimum of group 0 to 7 from the twelve bytes of Q4_K and Q5_K: groups 0 to 3 have theirs in the
/// low bits of bytes 0 to 7; groups 4 to 7 their low four bits in bytes 8 to 11, their high two on top of bytes 0 to 7.
ScaleAndMinimum groupScale(Bytes packed, std::size_t group)
{
    if (group < 4)
        return {packed[group] & 63, packed[group + 4] & 63};
    return {(packed[group + 4] & 15) | (packed[group - 4] >> 6) << 4, (packed[group + 4] >> 4) | (packed[group] >> 6) << 4};
}

/// Q4_K: d, dmin, 12 bytes of scales, 128 bytes; Q5_K has 32 bytes of high bits between. x = d scale q - dmin minimum. Groups of 32
/// elements come in pairs that share 32 bytes: low and high four bits.
void decodeQ45_K(Bytes block, float *values, bool five)
{
    float d = half(block), dmin = half(block + 2);
    Bytes scales = block + 4, high = block + 16, low = block + (five ? 48 : 16);
    for (std::size_t group = 0; group < 8; ++group) {
        ScaleAndMinimum packed = groupScale(scales, group);
        float scale = d * static_cast<float>(packed.scale), minimum = dmin * static_cast<float>(packed.minimum);
        Bytes nibbles = low + group / 2 * 32;
        for (std::size_t i = 0; i < 32; ++i) {
            int q = group % 2 ? nibbles[i] >> 4 : nibbles[i] & 15;
            if (five)
                q |= ((high[i] >> group) & 1) << 4;
            values[group * 32 + i] = scale * static_cast<float>(q) - minimum;
        }
    }
}

/// Q6_K: 128 bytes of low four bits, 64 of high two bits, 16 int8 scales, d. x = d scale (q - 32). Each half of 128
/// elements is four runs of 32: run r takes low bits from bytes 32 (r mod 2) on, nibble r / 2, and bits 2 r of the high bytes.
void decodeQ6_K(Bytes block, float *values)
{
    float d = half(block + 208);
    for (std::size_t part = 0; part < 2; ++part) {
        Bytes low = block + part * 64, high = block + 128 + part * 32, scales = block + 192 + part * 8;
        for (std::size_t run = 0; run < 4; ++run)
            for (std::size_t i = 0; i < 32; ++i) {
                std::uint8_t byte = low[run % 2 * 32 + i];
                int q = (run < 2 ? byte & 15 : byte >> 4) | ((high[i] >> (2 * run)) & 3) << 4;
                float scale = d * static_cast<float>(static_cast<std::int8_t>(scales[run * 2 + i / 16]));
                values[part * 128 + run * 32 + i] = scale * static_cast<float>(q - 32);
            }
    }
}

template <typename Decode>
void eachBlock(std::span<const std::byte> bytes, std::span<float> values, std::size_t elements, Decode decode)
{
    auto from = reinterpret_cast<Bytes>(bytes.data());
    std::size_t blocks = values.size() / elements;
    std::size_t width = blocks ? bytes.size() / blocks : 0;
    for (std::size_t i = 0; i < blocks; ++i)
        decode(from + i * width, values.data() + i * elements);
}

} // namespace

std::vector<std::byte> encodeQ8_0(std::span<const float> values)
{
    constexpr std::size_t kBytes = 2 + kBlock;
    if (values.size() % kBlock != 0)
        throw failed(std::to_string(values.size()) + " values are no whole blocks of Q8_0");
    std::vector<std::byte> bytes(values.size() / kBlock * kBytes);
    for (std::size_t block = 0; block * kBlock < values.size(); ++block) {
        std::span<const float> from = values.subspan(block * kBlock, kBlock);
        float largest = 0;
        for (float value : from) {
            if (!std::isfinite(value))
                throw failed("a weight that is not finite cannot be stored as Q8_0");
            largest = std::max(largest, std::abs(value));
        }
        float scale = largest / 127;
        float inverse = scale > 0 && std::isfinite(1 / scale) ? 1 / scale : 0;
        std::uint16_t half = f16FromFloat(scale);
        std::byte *to = bytes.data() + block * kBytes;
        std::memcpy(to, &half, sizeof half);
        for (std::size_t i = 0; i < kBlock; ++i)
            to[2 + i] = static_cast<std::byte>(static_cast<std::int8_t>(std::round(from[i] * inverse)));
    }
    return bytes;
}

void decodeQuantised(StoredType type, std::span<const std::byte> bytes, std::span<float> values)
{
    switch (type) {
    case StoredType::Q8_0: return eachBlock(bytes, values, kBlock, decodeQ8_0);
    case StoredType::Q4_0: return eachBlock(bytes, values, kBlock, decodeQ4_0);
    case StoredType::Q4_1: return eachBlock(bytes, values, kBlock, decodeQ4_1);
    case StoredType::Q5_0: return eachBlock(bytes, values, kBlock, decodeQ5_0);
    case StoredType::Q5_1: return eachBlock(bytes, values, kBlock, decodeQ5_1);
    case StoredType::Q4_K:
        return eachBlock(bytes, values, kSuperBlock, [](Bytes b, float *v) { decodeQ45_K(b, v, false); });
    case StoredType::Q5_K:
        return eachBlock(bytes, values, kSuperBlock, [](Bytes b, float *v) { decodeQ45_K(b, v, true); });
    case StoredType::Q6_K: return eachBlock(bytes, values, kSuperBlock, decodeQ6_K);
    default: throw failed(toString(type) + " is no quantised type");
    }
}

} // namespace tessera
