// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/checkpoint/safetensors.h"

#include "tests/base/temporary_folder.h"
#include "tests/checkpoint/file_builders.h"

#include <algorithm>
#include <ctime>
#include <iterator>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace tessera {
namespace {

using test::safetensorsBytes;
using test::TemporaryFolder;

std::string textOf(std::span<const std::byte> bytes) { return {reinterpret_cast<const char *>(bytes.data()), bytes.size()}; }

std::string read(const std::filesystem::path &path)
{
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

TEST(Safetensors, AHandMadeFileIsReadByteForByte)
{
    std::string header = R"({"b":{"dtype":"I16","shape":[3],"data_offsets":[8,14]},)"
                         R"("__metadata__":{"format":"pt","note":""},)"
                         R"("a":{"data_offsets":[0,8],"shape":[2,1],"dtype":"F32"}}   )";
    std::string bytes = test::raw<std::uint64_t>(header.size()) + header + "ABCDEFGHijklmn";
    SafetensorsFile file = SafetensorsFile::parse(test::bytesOf(bytes), "x");
    ASSERT_EQ(file.tensors().size(), 2u);
    EXPECT_EQ(file.tensors()[0].name, "a");
    EXPECT_EQ(file.tensors()[0].shape, (std::vector<std::int64_t>{2, 1}));
    EXPECT_EQ(file.tensors()[0].type, StoredType::F32);
    EXPECT_EQ(textOf(file.tensors()[0].bytes), "ABCDEFGH");
    EXPECT_EQ(textOf(file.find("b")->bytes), "ijklmn");
    EXPECT_EQ(file.find("c"), nullptr);
    EXPECT_EQ(file.metadata(), (std::map<std::string, std::string>{{"format", "pt"}, {"note", ""}}));
}

TEST(Safetensors, AnEmptyFileOfNoTensorsIsOne)
{
    EXPECT_TRUE(SafetensorsFile::parse(test::bytesOf(safetensorsBytes("{}", 0)), "x").tensors().empty());
}

TEST(Safetensors, ScalarsAndEmptyTensorsHaveTheirPlace)
{
    std::string bytes = safetensorsBytes(R"({"s":{"dtype":"F64","shape":[],"data_offsets":[0,8]},)"
                                         R"("e":{"dtype":"F32","shape":[3,0,2],"data_offsets":[8,8]},)"
                                         R"("f":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}})", 8);
    SafetensorsFile file = SafetensorsFile::parse(test::bytesOf(bytes), "x");
    EXPECT_EQ(file.find("s")->bytes.size(), 8u);
    EXPECT_TRUE(file.find("s")->shape.empty());
    EXPECT_EQ(file.find("e")->bytes.size(), 0u);
    EXPECT_EQ(file.find("f")->bytes.size(), 0u);
}

TEST(Safetensors, EveryTypeOfTheFormatHasItsSize)
{
    const std::map<std::string, int> bits{{"BOOL", 8}, {"U8", 8}, {"I8", 8}, {"F8_E4M3", 8}, {"F8_E5M2", 8}, {"I16", 16}, {"U16", 16},
                                          {"F16", 16}, {"BF16", 16}, {"I32", 32}, {"U32", 32}, {"F32", 32}, {"I64", 64}, {"U64", 64},
                                          {"F64", 64}};
    for (const auto &[name, size] : bits) {
        std::size_t data = static_cast<std::size_t>(size / 8 * 5);
        std::string header = "{\"t\":{\"dtype\":\"" + name + "\",\"shape\":[5],\"data_offsets\":[0," + std::to_string(data) + "]}}";
        std::string bytes = safetensorsBytes(header, data);
        EXPECT_EQ(toString(SafetensorsFile::parse(test::bytesOf(bytes), "x").tensors().front().type), name);
    }
}

TEST(Safetensors, NoBeginningOfAFileIsAFile)
{
    std::string bytes = safetensorsBytes(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},)"
                                         R"("b":{"dtype":"I8","shape":[5],"data_offsets":[8,13]}})", 13);
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        std::string beginning = bytes.substr(0, size);
        EXPECT_NE(test::refusal([&] { SafetensorsFile::parse(test::bytesOf(beginning), "x"); }), "(accepted)") << size;
    }
}

TEST(Safetensors, AHundredThousandTensorsAreReadInNearLinearTime)
{
    auto read = [](int count) {
        std::string header = "{";
        for (int i = 0; i < count; ++i)
            header += (i ? "," : "") + std::string("\"model.layers.") + std::to_string(i)
                + R"(.weight":{"dtype":"U8","shape":[1],"data_offsets":[)" + std::to_string(i) + "," + std::to_string(i + 1) + "]}";
        std::string bytes = safetensorsBytes(header + "}", static_cast<std::size_t>(count));
        const std::clock_t begin = std::clock(); // of this process: others may take the processor in between
        EXPECT_EQ(SafetensorsFile::parse(test::bytesOf(bytes), "x").tensors().size(), static_cast<std::size_t>(count));
        return static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
    };
    read(1000);
    double small = std::min({read(10000), read(10000), read(10000)}), large = read(100000);
    EXPECT_LT(large, 40 * small + 0.05) << "ten times the tensors took " << large / small << " times the time";
}

RC_GTEST_PROP(Safetensors, WhatIsWrittenIsReadBack, ())
{
    static const std::vector<StoredType> kTypes{StoredType::F32, StoredType::F16, StoredType::BF16, StoredType::I64,
                                                StoredType::U8,  StoredType::F64, StoredType::Bool};
    TemporaryFolder folder;
    auto count = *rc::gen::inRange(0, 8);
    std::vector<TensorToWrite> tensors;
    std::vector<std::string> data;
    for (int i = 0; i < count; ++i) {
        auto shape = *rc::gen::resize(3, rc::gen::container<std::vector<std::int64_t>>(rc::gen::inRange<std::int64_t>(0, 5)));
        StoredType type = *rc::gen::elementOf(kTypes);
        auto size = static_cast<std::size_t>(*storedBytes(type, shape));
        data.push_back(*rc::gen::container<std::string>(size, rc::gen::arbitrary<char>()));
        std::string name = std::to_string(i) + "\"\\é/" + *rc::gen::container<std::string>(rc::gen::inRange('a', 'z'));
        tensors.push_back({name, shape, type, [&data, i](const auto &sink) {
                               std::span<const std::byte> all = test::bytesOf(data[static_cast<std::size_t>(i)]);
                               sink(all.first(all.size() / 3));
                               sink(all.subspan(all.size() / 3));
                           }});
    }
    auto metadata = *rc::gen::map(rc::gen::inRange(0, 3), [](int n) {
        std::map<std::string, std::string> values;
        for (int i = 0; i < n; ++i)
            values["key " + std::to_string(i)] = "value\n" + std::to_string(i);
        return values;
    });
    writeSafetensors(folder / "t.safetensors", tensors, metadata);
    SafetensorsFile file = SafetensorsFile::open(folder / "t.safetensors");
    RC_ASSERT(file.metadata() == metadata);
    RC_ASSERT(file.tensors().size() == tensors.size());
    for (std::size_t i = 0; i < tensors.size(); ++i) {
        const StoredTensor *found = file.find(tensors[i].name);
        RC_ASSERT(found != nullptr);
        RC_ASSERT(found->shape == tensors[i].shape);
        RC_ASSERT(found->type == tensors[i].type);
        RC_ASSERT(textOf(found->bytes) == data[i]);
    }
}

TEST(Safetensors, TheDataOfAWrittenFileBeginsAtAMultipleOfEight)
{
    TemporaryFolder folder;
    for (int length = 1; length < 20; ++length) {
        writeSafetensors(folder / "t.safetensors", {{std::string(static_cast<std::size_t>(length), 'n'), {1}, StoredType::U8,
                                                     [](const auto &sink) { sink(std::vector<std::byte>(1)); }}});
        EXPECT_EQ(read(folder / "t.safetensors").size() % 8, 1u);
    }
}

TEST(Safetensors, ATensorThatHandsOverAnotherSizeLeavesNoFile)
{
    TemporaryFolder folder;
    for (std::size_t size : {0u, 3u, 5u, 400u}) {
        TensorToWrite tensor{"t", {1}, StoredType::F32, [&](const auto &sink) { sink(std::vector<std::byte>(size)); }};
        EXPECT_THROW(writeSafetensors(folder / "t.safetensors", {tensor}), Error) << size;
    }
    EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

TEST(Safetensors, WhatTheFormatCannotHoldIsNotWritten)
{
    TemporaryFolder folder;
    auto nothing = [](const auto &) {};
    EXPECT_THROW(writeSafetensors(folder / "t", {{"q", {32}, StoredType::Q8_0, nothing}}), Error);
    EXPECT_THROW(writeSafetensors(folder / "t", {{"n", {-1}, StoredType::F32, nothing}}), Error);
    EXPECT_THROW(writeSafetensors(folder / "t", {{"a", {0}, StoredType::F32, nothing}, {"a", {0}, StoredType::F32, nothing}}), Error);
    EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

} // namespace
} // namespace tessera
