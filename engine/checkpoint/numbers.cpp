// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/checkpoint/numbers.h"

#include "engine/base/error.h"
#include "engine/checkpoint/quantised.h"

#include <bit>
#include <cstdint>
#include <cstring>
#include <limits>

namespace tessera {
namespace {

// Conversions are branch-free on the common path, so that compilers turn the loops into vector code on any processor.

std::uint16_t bf16FromFloat(float value)
{
    auto bits = std::bit_cast<std::uint32_t>(value);
    std::uint32_t rounded = (bits + 0x7fff + ((bits >> 16) & 1)) >> 16;
    std::uint32_t quietNan = (bits >> 16) | 0x40;
    return static_cast<std::uint16_t>((bits & 0x7fffffff) > 0x7f800000 ? quietNan : rounded);
}

float floatFromBf16(std::uint16_t half) { return std::bit_cast<float>(static_cast<std::uint32_t>(half) << 16); }

float floatFromFp8E4M3(std::uint8_t byte)
{
    // One sign, four exponent bits with bias 7, three mantissa bits; no infinities, one NaN a sign.
    int exponent = (byte >> 3) & 15;
    int mantissa = byte & 7;
    float magnitude = 0;
    if ((byte & 0x7f) == 0x7f)
        magnitude = std::numeric_limits<float>::quiet_NaN();
    else if (exponent == 0)
        magnitude = static_cast<float>(mantissa) * 0x1p-9f;
    else
        magnitude = std::bit_cast<float>(static_cast<std::uint32_t>((exponent + 127 - 7) << 23 | mantissa << 20));
    return byte & 0x80 ? -magnitude : magnitude;
}

float floatFromFp8E5M2(std::uint8_t byte) { return floatFromF16(static_cast<std::uint16_t>(byte << 8)); }

template <typename Stored, typename Convert>
void decodeEach(std::span<const std::byte> bytes, std::span<float> values, Convert convert)
{
    for (std::size_t i = 0; i < values.size(); ++i) {
        Stored stored;
        std::memcpy(&stored, bytes.data() + i * sizeof stored, sizeof stored);
        values[i] = convert(stored);
    }
}

template <typename Stored> void castEach(std::span<const std::byte> bytes, std::span<float> values)
{
    decodeEach<Stored>(bytes, values, [](Stored stored) { return static_cast<float>(stored); });
}

template <typename Stored, typename Convert>
std::vector<std::byte> encodeEach(std::span<const float> values, Convert convert)
{
    std::vector<std::byte> bytes(values.size() * sizeof(Stored));
    for (std::size_t i = 0; i < values.size(); ++i) {
        Stored stored = convert(values[i]);
        std::memcpy(bytes.data() + i * sizeof stored, &stored, sizeof stored);
    }
    return bytes;
}

} // namespace

std::uint16_t f16FromFloat(float value)
{
    auto bits = std::bit_cast<std::uint32_t>(value);
    std::uint32_t sign = (bits >> 16) & 0x8000;
    std::uint32_t magnitude = bits & 0x7fffffff;
    std::uint32_t half;
    if (magnitude > 0x7f800000) {
        half = 0x7e00;
    } else if (magnitude >= 0x47800000) { // 65536 and above
        half = 0x7c00;
    } else if (magnitude < 0x38800000) { // below the smallest normal half, 2^-14
        // Adding 0.5 leaves the last bit of the sum worth 2^-24, the smallest half: the addition rounds.
        half = std::bit_cast<std::uint32_t>(std::bit_cast<float>(magnitude) + 0.5f) - std::bit_cast<std::uint32_t>(0.5f);
    } else {
        constexpr std::uint32_t kExponentShift = std::uint32_t{127 - 15} << 23;
        half = (magnitude - kExponentShift + 0xfff + ((magnitude >> 13) & 1)) >> 13;
    }
    return static_cast<std::uint16_t>(sign | half);
}

float floatFromF16(std::uint16_t half)
{
    // Subnormal halves count in steps of 2^-24 above 2^-14 and are normal floats, so that flushing modes do not touch them.
    std::uint32_t magnitude = static_cast<std::uint32_t>(half & 0x7fff) << 13;
    std::uint32_t normal = magnitude + (std::uint32_t{127 - 15} << 23);
    float subnormal = std::bit_cast<float>(magnitude + (std::uint32_t{127 - 14} << 23)) - 0x1p-14f;
    std::uint32_t bits = magnitude < (1u << 23) ? std::bit_cast<std::uint32_t>(subnormal) : normal;
    if (magnitude >= (0x7c00u << 13))
        bits = magnitude | 0x7f800000;
    return std::bit_cast<float>(bits | static_cast<std::uint32_t>(half & 0x8000) << 16);
}

std::vector<std::byte> encodeFloats(std::span<const float> values, StoredType type)
{
    switch (type) {
    case StoredType::F32: return encodeEach<float>(values, [](float value) { return value; });
    case StoredType::F16: return encodeEach<std::uint16_t>(values, f16FromFloat);
    case StoredType::BF16: return encodeEach<std::uint16_t>(values, bf16FromFloat);
    case StoredType::Q8_0: return encodeQ8_0(values);
    default: throw failed("weights can be written as F32, F16, BF16 and Q8_0, not as " + toString(type));
    }
}

void decodeFloats(StoredType type, std::span<const std::byte> bytes, std::span<float> values)
{
    auto blocks = values.size() / static_cast<std::size_t>(blockElements(type));
    if (values.size() % static_cast<std::size_t>(blockElements(type)) != 0
        || bytes.size() != blocks * static_cast<std::size_t>(blockBytes(type)))
        throw failed(std::to_string(bytes.size()) + " bytes of " + toString(type) + " do not hold "
                     + std::to_string(values.size()) + " elements");
    switch (type) {
    case StoredType::F64: return castEach<double>(bytes, values);
    case StoredType::F32: return castEach<float>(bytes, values);
    case StoredType::F16: return decodeEach<std::uint16_t>(bytes, values, floatFromF16);
    case StoredType::BF16: return decodeEach<std::uint16_t>(bytes, values, floatFromBf16);
    case StoredType::I8: return castEach<std::int8_t>(bytes, values);
    case StoredType::I16: return castEach<std::int16_t>(bytes, values);
    case StoredType::I32: return castEach<std::int32_t>(bytes, values);
    case StoredType::I64: return castEach<std::int64_t>(bytes, values);
    case StoredType::U8: return castEach<std::uint8_t>(bytes, values);
    case StoredType::U16: return castEach<std::uint16_t>(bytes, values);
    case StoredType::U32: return castEach<std::uint32_t>(bytes, values);
    case StoredType::U64: return castEach<std::uint64_t>(bytes, values);
    case StoredType::Bool: return decodeEach<std::uint8_t>(bytes, values, [](std::uint8_t b) { return b ? 1.f : 0.f; });
    case StoredType::Fp8E4M3: return decodeEach<std::uint8_t>(bytes, values, floatFromFp8E4M3);
    case StoredType::Fp8E5M2: return decodeEach<std::uint8_t>(bytes, values, floatFromFp8E5M2);
    default: return decodeQuantised(type, bytes, values);
    }
}

} // namespace tessera
