// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/checkpoint/numbers.h"

#include "engine/base/error.h"

#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <random>
#include <vector>

#include <gtest/gtest.h>

namespace tessera {
namespace {

using Bytes = std::vector<std::byte>;

/// The value of a floating-point format with this many exponent and mantissa bits, from its definition.
double valueOf(unsigned bits, int exponentBits, int mantissaBits)
{
    unsigned mantissa = bits & ((1u << mantissaBits) - 1);
    int exponent = static_cast<int>(bits >> mantissaBits & ((1u << exponentBits) - 1));
    bool negative = bits >> (mantissaBits + exponentBits) & 1;
    int bias = (1 << (exponentBits - 1)) - 1;
    double value;
    if (exponent == (1 << exponentBits) - 1)
        value = mantissa ? std::numeric_limits<double>::quiet_NaN() : std::numeric_limits<double>::infinity();
    else if (exponent == 0)
        value = std::ldexp(mantissa, 1 - bias - mantissaBits);
    else
        value = std::ldexp(mantissa + (1u << mantissaBits), exponent - bias - mantissaBits);
    return negative ? -value : value;
}

template <typename T> Bytes bytesOf(const std::vector<T> &values)
{
    Bytes bytes(values.size() * sizeof(T));
    std::memcpy(bytes.data(), values.data(), bytes.size());
    return bytes;
}

std::vector<float> decode(StoredType type, const Bytes &bytes, std::size_t count)
{
    std::vector<float> values(count);
    decodeFloats(type, bytes, values);
    return values;
}

bool same(float a, double b) { return (std::isnan(a) && std::isnan(b)) || (a == b && std::signbit(a) == std::signbit(b)); }

struct Format {
    StoredType type;
    int exponentBits, mantissaBits;
};

TEST(Numbers, EverySixteenBitPatternDecodesToItsValue)
{
    std::vector<std::uint16_t> patterns(65536);
    for (std::size_t i = 0; i < patterns.size(); ++i)
        patterns[i] = static_cast<std::uint16_t>(i);
    for (Format format : {Format{StoredType::F16, 5, 10}, Format{StoredType::BF16, 8, 7}}) {
        std::vector<float> values = decode(format.type, bytesOf(patterns), patterns.size());
        for (unsigned i = 0; i < 65536; ++i)
            ASSERT_TRUE(same(values[i], valueOf(i, format.exponentBits, format.mantissaBits)))
                << toString(format.type) << " " << i << " " << values[i];
    }
}

TEST(Numbers, EveryEightBitPatternDecodesToItsValue)
{
    std::vector<std::uint8_t> patterns(256);
    for (std::size_t i = 0; i < patterns.size(); ++i)
        patterns[i] = static_cast<std::uint8_t>(i);
    std::vector<float> wide = decode(StoredType::Fp8E5M2, bytesOf(patterns), 256);
    std::vector<float> fine = decode(StoredType::Fp8E4M3, bytesOf(patterns), 256);
    for (unsigned i = 0; i < 256; ++i) {
        EXPECT_TRUE(same(wide[i], valueOf(i, 5, 2))) << i << " " << wide[i];
        // E4M3 has numbers where other formats have infinities: 15 is an ordinary exponent but for one NaN.
        double expected = (i & 0x78) != 0x78 ? valueOf(i, 4, 3) : (i & 7) == 7 ? NAN : std::ldexp(8 + (i & 7), 5) * (i & 128 ? -1 : 1);
        EXPECT_TRUE(same(fine[i], expected)) << i << " " << fine[i];
    }
}

TEST(Numbers, IntegersAndBooleansBecomeTheirValues)
{
    EXPECT_EQ(decode(StoredType::I8, bytesOf<std::int8_t>({-128, 5}), 2), (std::vector<float>{-128, 5}));
    EXPECT_EQ(decode(StoredType::U8, bytesOf<std::uint8_t>({255, 5}), 2), (std::vector<float>{255, 5}));
    EXPECT_EQ(decode(StoredType::I16, bytesOf<std::int16_t>({-32768, 7}), 2), (std::vector<float>{-32768, 7}));
    EXPECT_EQ(decode(StoredType::U16, bytesOf<std::uint16_t>({65535, 7}), 2), (std::vector<float>{65535, 7}));
    EXPECT_EQ(decode(StoredType::I32, bytesOf<std::int32_t>({-9, 1 << 20}), 2), (std::vector<float>{-9, 1 << 20}));
    EXPECT_EQ(decode(StoredType::U32, bytesOf<std::uint32_t>({1u << 31, 3}), 2), (std::vector<float>{0x1p31f, 3}));
    EXPECT_EQ(decode(StoredType::I64, bytesOf<std::int64_t>({-3, std::int64_t{1} << 40}), 2), (std::vector<float>{-3, 0x1p40f}));
    EXPECT_EQ(decode(StoredType::U64, bytesOf<std::uint64_t>({std::uint64_t{1} << 63, 3}), 2), (std::vector<float>{0x1p63f, 3}));
    EXPECT_EQ(decode(StoredType::Bool, bytesOf<std::uint8_t>({0, 1}), 2), (std::vector<float>{0, 1}));
    EXPECT_EQ(decode(StoredType::F64, bytesOf<double>({1.0 / 3, -0.5}), 2), (std::vector<float>{1.0f / 3, -0.5f}));
    EXPECT_EQ(decode(StoredType::F32, bytesOf<float>({1.0f / 3, -0.5f}), 2), (std::vector<float>{1.0f / 3, -0.5f}));
}

/// The nearest number of a format, ties to the even one, by exact arithmetic in double.
double nearest(float value, const Format &format)
{
    if (!std::isfinite(value))
        return value;
    int bias = (1 << (format.exponentBits - 1)) - 1;
    int exponent = std::max(std::ilogb(value), 1 - bias);
    double unit = std::ldexp(1, exponent - format.mantissaBits);
    double rounded = value == 0 ? value : std::nearbyint(value / unit) * unit;
    double largest = std::ldexp(2 - std::ldexp(1, -format.mantissaBits), bias);
    return std::abs(rounded) > largest ? std::copysign(INFINITY, value) : rounded;
}

TEST(Numbers, EncodingRoundsToTheNearestAndTiesToEven)
{
    std::mt19937 random(7);
    std::vector<float> values{0.f, -0.f, INFINITY, -INFINITY, NAN, 65504.f, 65519.99f, 65520.f, 1e30f, 0x1p-24f, 0x1p-25f, 0x1.8p-25f,
                              -0x1.000002p-25f, 0x1.ffcp-15f, 0x1.ffep-15f, 0x1p-14f, 0x1p-149f, -0x1.fffffep127f, 0x1.feffffp127f, 1e-40f};
    for (int i = 0; i < 300000; ++i)
        values.push_back(std::bit_cast<float>(static_cast<std::uint32_t>(random())));
    for (unsigned i = 0; i < 65536; ++i) // every tie between halves, and its neighbours
        for (int step : {-1, 0, 1})
            values.push_back(std::bit_cast<float>(std::bit_cast<std::uint32_t>(static_cast<float>(
                                 (valueOf(i & 0x7bff, 5, 10) + valueOf((i & 0x7bff) + 1, 5, 10)) / 2)) + static_cast<unsigned>(step)));
    for (Format format : {Format{StoredType::F16, 5, 10}, Format{StoredType::BF16, 8, 7}}) {
        std::vector<float> back = decode(format.type, encodeFloats(values, format.type), values.size());
        for (std::size_t i = 0; i < values.size(); ++i)
            ASSERT_TRUE(same(back[i], nearest(values[i], format)))
                << toString(format.type) << " of " << values[i] << " is " << back[i] << ", not " << nearest(values[i], format);
    }
}

TEST(Numbers, WeightsAreNotWrittenInOtherTypes)
{
    EXPECT_THROW(encodeFloats(std::vector<float>{1}, StoredType::Q8_0), Error);
    EXPECT_THROW(encodeFloats(std::vector<float>{1}, StoredType::I32), Error);
}

TEST(Numbers, BytesThatDoNotHoldTheElementsAreRefused)
{
    std::vector<float> values(32);
    EXPECT_THROW(decodeFloats(StoredType::F32, Bytes(127), values), Error);
    EXPECT_THROW(decodeFloats(StoredType::Q8_0, Bytes(35), values), Error);
    EXPECT_THROW(decodeFloats(StoredType::Q4_K, Bytes(144), values), Error);
    EXPECT_THROW(decodeFloats(StoredType::Q4_0, Bytes(18), std::span(values).first(31)), Error);
}

// The formulas of ggml's block types for one element, in float64, addressed by bit.

unsigned byteAt(const Bytes &b, std::size_t i) { return std::to_integer<unsigned>(b[i]); }
double halfAt(const Bytes &b, std::size_t i) { return valueOf(byteAt(b, i) | byteAt(b, i + 1) << 8, 5, 10); }
int signedAt(const Bytes &b, std::size_t i) { return static_cast<int>(byteAt(b, i)) - (byteAt(b, i) > 127 ? 256 : 0); }
unsigned bits(const Bytes &b, std::size_t byte, unsigned shift, unsigned count) { return byteAt(b, byte) >> shift & ((1u << count) - 1); }

/// Bit i of the little-endian number at a byte.
unsigned bitAt(const Bytes &b, std::size_t byte, std::size_t i) { return bits(b, byte + i / 8, static_cast<unsigned>(i % 8), 1); }
unsigned nibble32(const Bytes &b, std::size_t byte, std::size_t i) { return bits(b, byte + i % 16, i < 16 ? 0 : 4, 4); }

double q8_0(const Bytes &b, std::size_t i) { return halfAt(b, 0) * signedAt(b, 2 + i); }
double q4_0(const Bytes &b, std::size_t i) { return halfAt(b, 0) * (static_cast<int>(nibble32(b, 2, i)) - 8); }
double q4_1(const Bytes &b, std::size_t i) { return halfAt(b, 0) * nibble32(b, 4, i) + halfAt(b, 2); }
double q5_0(const Bytes &b, std::size_t i) { return halfAt(b, 0) * (static_cast<int>(nibble32(b, 6, i) + 16 * bitAt(b, 2, i)) - 16); }
double q5_1(const Bytes &b, std::size_t i) { return halfAt(b, 0) * (nibble32(b, 8, i) + 16 * bitAt(b, 4, i)) + halfAt(b, 2); }

/// Scales and minima of Q4_K and Q5_K as one table of where their six bits are.
double kScale(const Bytes &b, std::size_t g, bool minimum)
{
    std::size_t own = 4 + g + (minimum ? 4 : 0);
    if (g < 4)
        return bits(b, own, 0, 6);
    unsigned low = bits(b, 4 + 8 + (g - 4), minimum ? 4 : 0, 4);
    unsigned high = bits(b, 4 + (g - 4) + (minimum ? 4 : 0), 6, 2);
    return low + 16 * high;
}

double q4_k(const Bytes &b, std::size_t i)
{
    std::size_t g = i / 32;
    unsigned q = bits(b, 16 + i / 64 * 32 + i % 32, g % 2 ? 4 : 0, 4);
    return halfAt(b, 0) * kScale(b, g, false) * q - halfAt(b, 2) * kScale(b, g, true);
}

double q5_k(const Bytes &b, std::size_t i)
{
    std::size_t g = i / 32;
    unsigned q = bits(b, 48 + i / 64 * 32 + i % 32, g % 2 ? 4 : 0, 4) + 16 * bits(b, 16 + i % 32, static_cast<unsigned>(g), 1);
    return halfAt(b, 0) * kScale(b, g, false) * q - halfAt(b, 2) * kScale(b, g, true);
}

double q6_k(const Bytes &b, std::size_t i)
{
    std::size_t part = i / 128, within = i % 128;
    unsigned low = bits(b, part * 64 + within % 64, within < 64 ? 0 : 4, 4);
    unsigned high = bits(b, 128 + part * 32 + within % 32, static_cast<unsigned>(within / 32 * 2), 2);
    return halfAt(b, 208) * signedAt(b, 192 + i / 16) * (static_cast<int>(low + 16 * high) - 32);
}

struct BlockFormat {
    StoredType type;
    double (*element)(const Bytes &, std::size_t);
    std::vector<std::size_t> halves; ///< Where the block has scales that must be finite.
};

TEST(Numbers, EveryQuantisedTypeAgreesWithItsFormulaInFloat64)
{
    std::mt19937 random(11);
    for (const BlockFormat &format : {BlockFormat{StoredType::Q8_0, q8_0, {0}}, BlockFormat{StoredType::Q4_0, q4_0, {0}},
                                      BlockFormat{StoredType::Q4_1, q4_1, {0, 2}}, BlockFormat{StoredType::Q5_0, q5_0, {0}},
                                      BlockFormat{StoredType::Q5_1, q5_1, {0, 2}}, BlockFormat{StoredType::Q4_K, q4_k, {0, 2}},
                                      BlockFormat{StoredType::Q5_K, q5_k, {0, 2}}, BlockFormat{StoredType::Q6_K, q6_k, {208}}}) {
        auto size = static_cast<std::size_t>(blockBytes(format.type)), count = static_cast<std::size_t>(blockElements(format.type));
        for (int round = 0; round < 200; ++round) {
            Bytes block(size);
            for (std::byte &byte : block)
                byte = static_cast<std::byte>(random());
            for (std::size_t at : format.halves)
                block[at + 1] &= std::byte{0xbb}; // no infinities
            // Two blocks, so that the second one's place is tested too.
            Bytes twice = block;
            twice.insert(twice.begin(), size, std::byte{0});
            std::vector<float> values = decode(format.type, twice, 2 * count);
            for (std::size_t i = 0; i < count; ++i) {
                double expected = format.element(block, i);
                ASSERT_NEAR(values[count + i], expected, 1e-6 * (std::abs(expected) + 64 * std::abs(halfAt(block, format.halves.back()))))
                    << toString(format.type) << " element " << i;
            }
        }
    }
}

TEST(Numbers, SizesOfTensorsCountWholeBlocksOfRows)
{
    using Shape = std::vector<std::int64_t>;
    EXPECT_EQ(storedBytes(StoredType::Q4_0, Shape{3, 64}), 3 * 2 * 18);
    EXPECT_EQ(storedBytes(StoredType::Q6_K, Shape{2, 256}), 420);
    EXPECT_EQ(storedBytes(StoredType::Q4_0, Shape{64, 3}), std::nullopt);
    EXPECT_EQ(storedBytes(StoredType::F32, Shape{}), 4);
    EXPECT_EQ(storedBytes(StoredType::F32, Shape{-1, 2}), std::nullopt);
    EXPECT_EQ(storedBytes(StoredType::F32, Shape{std::int64_t{1} << 61}), std::nullopt);
    EXPECT_EQ(storedBytes(StoredType::F32, Shape{std::int64_t{1} << 32, std::int64_t{1} << 32}), std::nullopt);
    EXPECT_EQ(storedBytes(StoredType::F32, Shape{std::int64_t{1} << 32, std::int64_t{1} << 32, 0}), std::nullopt);
    EXPECT_EQ(storedBytes(StoredType::F32, Shape{0, 5}), 0);
}

TEST(Numbers, NamesForPeopleArePrintableUtf8)
{
    for (const char *good : {"a", "model.layers.0", "é", "\xe2\x82\xac", "\xf0\x9f\x98\x80", "\xed\x9f\xbf"})
        EXPECT_TRUE(isPrintableName(good, 64)) << good;
    for (const char *bad : {"", "\n", "a\x7f", "\xff", "\xc0\xaf", "\xe0\x80\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x82",
                            "\x80", "\xf0\x8f\xbf\xbf"})
        EXPECT_FALSE(isPrintableName(bad, 64)) << testing::PrintToString(std::string(bad));
    EXPECT_FALSE(isPrintableName("four", 3));
    EXPECT_FALSE(isPrintableName(std::string_view("a\0b", 3), 64));
}

} // namespace
} // namespace tessera
