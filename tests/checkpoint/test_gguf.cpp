// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/checkpoint/gguf.h"

#include "engine/base/file.h"
#include "tests/base/temporary_folder.h"
#include "tests/checkpoint/file_builders.h"

#include <ctime>
#include <limits>

#include <gtest/gtest.h>

namespace tessera {
namespace {

using test::GgufBuilder;
using test::raw;

std::string textOf(std::span<const std::byte> bytes) { return {reinterpret_cast<const char *>(bytes.data()), bytes.size()}; }

GgufBuilder everyScalar()
{
    GgufBuilder file;
    file.value("u8", 0, raw<std::uint8_t>(200));
    file.value("i8", 1, raw<std::int8_t>(-100));
    file.value("u16", 2, raw<std::uint16_t>(60000));
    file.value("i16", 3, raw<std::int16_t>(-30000));
    file.value("u32", 4, raw<std::uint32_t>(4000000000u));
    file.value("i32", 5, raw<std::int32_t>(-2000000000));
    file.value("f32", 6, raw<float>(0.5f));
    file.value("bool", 7, raw<std::uint8_t>(1));
    file.text("string", "naïve\n");
    file.value("u64", 10, raw<std::uint64_t>(std::uint64_t{1} << 62));
    file.value("i64", 11, raw<std::int64_t>(std::numeric_limits<std::int64_t>::min()));
    file.value("f64", 12, raw<double>(0.1));
    file.value("u64 huge", 10, raw<std::uint64_t>(UINT64_MAX));
    file.f32("nan", std::numeric_limits<float>::quiet_NaN());
    return file;
}

TEST(Gguf, ValuesOfEveryTypeAreRead)
{
    for (std::uint32_t version : {2u, 3u}) {
        GgufBuilder builder = everyScalar();
        builder.version = version;
        std::string bytes = builder.build();
        GgufFile file = GgufFile::parse(test::bytesOf(bytes), "x");
        EXPECT_EQ(file.version(), version);
        EXPECT_EQ(file.integer("u8"), 200);
        EXPECT_EQ(file.integer("i8"), -100);
        EXPECT_EQ(file.integer("u16"), 60000);
        EXPECT_EQ(file.integer("i16"), -30000);
        EXPECT_EQ(file.integer("u32"), 4000000000);
        EXPECT_EQ(file.integer("i32"), -2000000000);
        EXPECT_EQ(file.integer("u64"), std::int64_t{1} << 62);
        EXPECT_EQ(file.integer("i64"), std::numeric_limits<std::int64_t>::min());
        EXPECT_EQ(file.number("f32"), 0.5);
        EXPECT_EQ(file.number("f64"), 0.1);
        EXPECT_EQ(file.number("i8"), -100);
        EXPECT_EQ(file.number("u64 huge"), 0x1p64);
        EXPECT_EQ(file.boolean("bool"), true);
        EXPECT_EQ(file.string("string"), "naïve\n");
        EXPECT_EQ(file.requireInteger("u8"), 200);
        EXPECT_EQ(file.requireNumber("f32"), 0.5);
        EXPECT_EQ(file.requireString("string"), "naïve\n");
        EXPECT_EQ(file.keys().size(), 14u);
        EXPECT_EQ(file.keys().front(), "u8");
    }
}

TEST(Gguf, AbsentKeysAreNothingAndRequiredOnesAreNamed)
{
    std::string bytes = everyScalar().build();
    GgufFile file = GgufFile::parse(test::bytesOf(bytes), "m.gguf");
    EXPECT_FALSE(file.has("none"));
    EXPECT_EQ(file.integer("none"), std::nullopt);
    EXPECT_EQ(file.strings("none"), std::nullopt);
    EXPECT_EQ(file.boolean("none"), std::nullopt);
    EXPECT_EQ(test::refusal([&] { file.requireInteger("none"); }), "m.gguf lacks the metadata key \"none\"");
    EXPECT_EQ(test::refusal([&] { file.requireStrings("none"); }), "m.gguf lacks the metadata key \"none\"");
}

TEST(Gguf, ValuesOfAnotherTypeAreRefused)
{
    GgufBuilder builder = everyScalar();
    builder.array("array", 4, 1, raw<std::uint32_t>(1));
    std::string bytes = builder.build();
    GgufFile file = GgufFile::parse(test::bytesOf(bytes), "m.gguf");
    EXPECT_EQ(test::refusal([&] { file.integer("f32"); }), "\"f32\" in m.gguf must be a whole number");
    EXPECT_EQ(test::refusal([&] { file.integer("bool"); }), "\"bool\" in m.gguf must be a whole number");
    EXPECT_EQ(test::refusal([&] { file.integer("array"); }), "\"array\" in m.gguf must be a whole number");
    EXPECT_EQ(test::refusal([&] { file.integer("u64 huge"); }), "\"u64 huge\" in m.gguf must be a whole number below 2^63");
    EXPECT_EQ(test::refusal([&] { file.string("u8"); }), "\"u8\" in m.gguf must be a string");
    EXPECT_EQ(test::refusal([&] { file.number("string"); }), "\"string\" in m.gguf must be a number");
    EXPECT_EQ(test::refusal([&] { file.number("nan"); }), "\"nan\" in m.gguf must be a finite number");
    EXPECT_EQ(test::refusal([&] { file.boolean("u8"); }), "\"u8\" in m.gguf must be true or false");
    EXPECT_EQ(test::refusal([&] { file.strings("string"); }), "\"string\" in m.gguf must be an array of strings");
    EXPECT_EQ(test::refusal([&] { file.strings("array"); }), "\"array\" in m.gguf must be an array of strings");
    EXPECT_EQ(test::refusal([&] { file.booleans("array"); }), "\"array\" in m.gguf must be an array of booleans");
}

TEST(Gguf, ArraysAreReadInEveryWidth)
{
    GgufBuilder builder;
    builder.array("i8", 1, 3, raw<std::int8_t>(-1) + raw<std::int8_t>(0) + raw<std::int8_t>(127));
    builder.array("u16", 2, 1, raw<std::uint16_t>(65535));
    builder.array("i64", 11, 2, raw<std::int64_t>(-5) + raw<std::int64_t>(INT64_MAX));
    builder.array("f32", 6, 2, raw<float>(-1.5f) + raw<float>(2));
    builder.array("f64", 12, 1, raw<double>(0.1));
    builder.array("bool", 7, 3, std::string("\1\0\1", 3));
    builder.array("string", 8, 3, GgufBuilder::string("a") + GgufBuilder::string("") + GgufBuilder::string("Ġb"));
    builder.array("empty", 8, 0, "");
    builder.array("empty numbers", 4, 0, "");
    std::string bytes = builder.build();
    GgufFile file = GgufFile::parse(test::bytesOf(bytes), "x");
    EXPECT_EQ(file.integers("i8"), (std::vector<std::int64_t>{-1, 0, 127}));
    EXPECT_EQ(file.integers("u16"), (std::vector<std::int64_t>{65535}));
    EXPECT_EQ(file.integers("i64"), (std::vector<std::int64_t>{-5, INT64_MAX}));
    EXPECT_EQ(file.numbers("f32"), (std::vector<double>{-1.5, 2}));
    EXPECT_EQ(file.numbers("f64"), (std::vector<double>{0.1}));
    EXPECT_EQ(file.numbers("i8"), (std::vector<double>{-1, 0, 127}));
    EXPECT_EQ(file.booleans("bool"), (std::vector<bool>{true, false, true}));
    EXPECT_EQ(file.strings("string"), (std::vector<std::string_view>{"a", "", "Ġb"}));
    EXPECT_EQ(file.strings("empty")->size(), 0u);
    EXPECT_EQ(file.integers("empty numbers")->size(), 0u);
    EXPECT_TRUE(file.isArray("bool"));
    EXPECT_FALSE(file.isArray("none"));
}

TEST(Gguf, TensorsHaveTheirRowsOutermostAndTheirBytes)
{
    GgufBuilder builder;
    builder.tensor("matrix", {3, 2}, 0, std::string(24, 'm'));
    builder.tensor("vector", {32}, 8, std::string(34, 'v'));
    builder.tensor("scalar", {}, 0, "ssss");
    builder.tensor("empty", {0, 7}, 0, "");
    std::string bytes = builder.build();
    GgufFile file = GgufFile::parse(test::bytesOf(bytes), "x");
    ASSERT_EQ(file.tensors().size(), 4u);
    EXPECT_EQ(file.find("matrix")->shape, (std::vector<std::int64_t>{2, 3}));
    EXPECT_EQ(textOf(file.find("matrix")->bytes), std::string(24, 'm'));
    EXPECT_EQ(file.find("vector")->type, StoredType::Q8_0);
    EXPECT_EQ(textOf(file.find("vector")->bytes), std::string(34, 'v'));
    EXPECT_EQ(textOf(file.find("scalar")->bytes), "ssss");
    EXPECT_EQ(file.find("empty")->bytes.size(), 0u);
    EXPECT_EQ(file.find("none"), nullptr);
}

TEST(Gguf, OtherAlignmentsAndAnUnpaddedEndAreInOrder)
{
    for (std::uint32_t alignment : {1u, 8u, 64u, 4096u}) {
        GgufBuilder builder;
        builder.alignment = alignment;
        builder.u32("general.alignment", alignment);
        builder.tensor("a", {5}, 24, "aaaaa");
        builder.tensor("b", {3}, 24, "bbb");
        std::string bytes = builder.build();
        std::string unpadded = bytes.substr(0, bytes.find("bbb") + 3);
        for (const std::string &each : {bytes, unpadded}) {
            GgufFile file = GgufFile::parse(test::bytesOf(each), "x");
            EXPECT_EQ(textOf(file.find("a")->bytes), "aaaaa") << alignment;
            EXPECT_EQ(textOf(file.find("b")->bytes), "bbb") << alignment;
        }
    }
}

TEST(Gguf, NoBeginningOfAFileIsAFile)
{
    GgufBuilder builder = everyScalar();
    builder.array("strings", 8, 2, GgufBuilder::string("a") + GgufBuilder::string("bc"));
    builder.array("numbers", 4, 2, raw<std::uint64_t>(7));
    builder.tensor("a", {4, 2}, 0, std::string(32, '\1'));
    builder.tensor("b", {32}, 8, std::string(34, '\2'));
    std::string bytes = builder.build();
    std::size_t complete = bytes.size() - 30; // the padding behind the last tensor may be absent
    for (std::size_t size = 0; size < complete; ++size) {
        std::string beginning = bytes.substr(0, size);
        ASSERT_NE(test::refusal([&] { GgufFile::parse(test::bytesOf(beginning), "x"); }), "(accepted)") << size;
    }
    for (std::size_t size = complete; size <= bytes.size(); ++size) {
        std::string beginning = bytes.substr(0, size);
        EXPECT_EQ(test::refusal([&] { GgufFile::parse(test::bytesOf(beginning), "x"); }), "(accepted)") << size;
    }
}

TEST(Gguf, AFileOnDiskIsMappedAndOutlivesItsName)
{
    test::TemporaryFolder folder;
    GgufBuilder builder;
    builder.text("name", "value");
    builder.tensor("t", {4}, 24, "data");
    test::put(folder / "m.gguf", builder.build());
    GgufFile file = GgufFile::open(folder / "m.gguf");
    std::filesystem::remove(folder / "m.gguf");
    GgufFile moved = std::move(file);
    EXPECT_EQ(moved.string("name"), "value");
    EXPECT_EQ(textOf(moved.find("t")->bytes), "data");
    EXPECT_NE(test::refusal([&] { GgufFile::open(folder / "m.gguf"); }).find("cannot open"), std::string::npos);
}

TEST(Gguf, AHalfMillionStringsAndKeysAreReadInNearLinearTime)
{
    auto seconds = [](std::uint64_t count) {
        std::string elements;
        GgufBuilder builder;
        for (std::uint64_t i = 0; i < count; ++i)
            elements += GgufBuilder::string("token " + std::to_string(i));
        builder.array("tokens", 8, count, elements);
        for (std::uint64_t i = 0; i < count / 10; ++i)
            builder.u32("key." + std::to_string(i), 1);
        std::string bytes = builder.build();
        const std::clock_t begin = std::clock(); // of this process: others may take the processor in between
        EXPECT_EQ(GgufFile::parse(test::bytesOf(bytes), "x").strings("tokens")->back(), "token " + std::to_string(count - 1));
        return static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
    };
    double small = std::min({seconds(50000), seconds(50000), seconds(50000)}), large = seconds(500000);
    EXPECT_LT(large, 40 * small + 0.05) << "ten times the strings took " << large / small << " times the time";
}

} // namespace
} // namespace tessera
