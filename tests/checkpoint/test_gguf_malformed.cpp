// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/checkpoint/gguf.h"

#include "tests/checkpoint/file_builders.h"

#include <functional>

#include <gtest/gtest.h>

namespace tessera {
namespace {

using test::GgufBuilder;
using test::raw;

struct Malformed {
    const char *name;
    std::string bytes;
    const char *sentence; ///< What the refusal must say.
};

std::ostream &operator<<(std::ostream &out, const Malformed &file) { return out << file.name; }

/// A small file that is in order, but for what change does to it.
std::string changed(const std::function<void(GgufBuilder &)> &change, bool before = false)
{
    GgufBuilder file;
    if (before)
        change(file);
    file.text("general.architecture", "llama");
    file.tensor("a", {4, 2}, 0, std::string(32, '\1'));
    file.tensor("b", {3}, 0, std::string(12, '\2'));
    if (!before)
        change(file);
    return file.build();
}

std::vector<Malformed> headerRegion()
{
    using B = GgufBuilder;
    return {
        {"EmptyFile", "", "does not begin with GGUF"},
        {"ThreeBytes", "GGU", "does not begin with GGUF"},
        {"MagicAlone", "GGUF", "ends inside the version"},
        {"WrongMagic", changed([](B &f) { f.magic = "GGUX"; }), "does not begin with GGUF"},
        {"OldFormat", changed([](B &f) { f.magic = "ggjt"; }), "does not begin with GGUF"},
        {"VersionZero", changed([](B &f) { f.version = 0; }), "GGUF version 0"},
        {"VersionOne", changed([](B &f) { f.version = 1; }), "GGUF version 1"},
        {"VersionFour", changed([](B &f) { f.version = 4; }), "GGUF version 4"},
        {"BigEndian", changed([](B &f) { f.version = 0x03000000; }), "big-endian"},
        {"NoCounts", std::string("GGUF") + raw<std::uint32_t>(3), "ends inside the tensor count"},
        {"TensorCountBeyondTheLimit", changed([](B &f) { f.tensorCount = 1000001; }), "at most 1000000"},
        {"TensorCountWraps", changed([](B &f) { f.tensorCount = UINT64_MAX; }), "at most 1000000"},
        {"TensorCountInt64Min", changed([](B &f) { f.tensorCount = std::uint64_t{1} << 63; }), "at most 1000000"},
        {"OneTensorTooMany", changed([](B &f) { f.tensorCount = 3; }), "tensor"},
        {"OneTensorTooFew", changed([](B &f) { f.tensorCount = 1; }), ""},
        {"ValueCountWraps", changed([](B &f) { f.valueCount = UINT64_MAX; }), ""},
        {"ValueCountHuge", changed([](B &f) { f.valueCount = std::uint64_t{1} << 40; }), ""},
        {"OneValueTooFew", changed([](B &f) { f.valueCount = 0; }), ""},
    };
}

std::vector<Malformed> valueRegion()
{
    using B = GgufBuilder;
    auto with = [](std::uint32_t type, const std::string &payload) {
        return changed([&](B &f) { f.value("key", type, payload); });
    };
    auto arrayHead = [](std::uint32_t type, std::uint64_t count) { return raw(type) + raw(count); };
    std::string longKey(65536, 'k');
    return {
        {"KeyTwice", changed([](B &f) { f.text("general.architecture", "llama"); }), "\"general.architecture\" twice"},
        {"EmptyKey", changed([](B &f) { f.u32("", 1); }), "metadata key that is empty"},
        {"KeyTooLong", changed([&](B &f) { f.u32(longKey, 1); }), "too long"},
        {"KeyNotUtf8", changed([](B &f) { f.u32("\xff\xfe", 1); }), "not printable UTF-8"},
        {"ControlCharacterInKey", changed([](B &f) { f.u32("a\nb", 1); }), "not printable UTF-8"},
        {"KeyLengthWraps", "GGUF" + raw<std::uint32_t>(3) + raw<std::uint64_t>(0) + raw<std::uint64_t>(1) + raw<std::uint64_t>(UINT64_MAX),
         "ends inside a metadata key"},
        {"KeyLengthBeyondTheFile", "GGUF" + raw<std::uint32_t>(3) + raw<std::uint64_t>(0) + raw<std::uint64_t>(1) + raw<std::uint64_t>(5) + "abcd",
         "ends inside a metadata key"},
        {"UnknownType", with(13, raw<std::uint64_t>(0)), "unknown value type 13"},
        {"TypeMinusOne", with(UINT32_MAX, raw<std::uint64_t>(0)), "unknown value type 4294967295"},
        {"StringLengthWraps", with(8, raw<std::uint64_t>(UINT64_MAX)), "ends inside a metadata string"},
        {"StringLengthWrapsWithEight", with(8, raw<std::uint64_t>(UINT64_MAX - 7)), "ends inside a metadata string"},
        {"StringLengthTwoToThe40", with(8, raw<std::uint64_t>(std::uint64_t{1} << 40)), "ends inside a metadata string"},
        {"BooleanTwo", with(7, raw<std::uint8_t>(2)), "neither 0 nor 1"},
        {"BooleanTwoInArray", with(9, arrayHead(7, 2) + raw<std::uint16_t>(0x0201)), "neither 0 nor 1"},
        {"ArrayOfArrays", with(9, arrayHead(9, 1) + arrayHead(4, 1) + raw<std::uint32_t>(1)), "nests arrays"},
        {"ArrayOfUnknownType", with(9, arrayHead(13, 1)), "unknown value type 13"},
        {"ArrayCountWraps", with(9, arrayHead(4, UINT64_MAX)), "more than the file can hold"},
        {"ArrayBytesWrapToZero", with(9, arrayHead(10, std::uint64_t{1} << 61)), "more than the file can hold"},
        {"ArrayOneBeyondTheFile", with(9, arrayHead(4, 60) + raw<std::uint32_t>(1)), "ends inside the value of \"key\""},
        {"StringArrayCountWraps", with(9, arrayHead(8, UINT64_MAX)), "more than the file can hold"},
        {"StringArrayEnds", with(9, arrayHead(8, 3) + GgufBuilder::string("a") + GgufBuilder::string("b")), ""},
        {"StringInArrayWraps", with(9, arrayHead(8, 1) + raw<std::uint64_t>(UINT64_MAX - 20)), "ends inside a metadata string"},
    };
}

std::vector<Malformed> alignmentRegion()
{
    using B = GgufBuilder;
    auto with = [](std::uint32_t type, const std::string &payload) {
        return changed([&](B &f) { f.value("general.alignment", type, payload); });
    };
    return {
        {"AlignmentZero", with(4, raw<std::uint32_t>(0)), "general.alignment"},
        {"AlignmentNoPowerOfTwo", with(4, raw<std::uint32_t>(24)), "general.alignment"},
        {"AlignmentHuge", with(4, raw<std::uint32_t>(1u << 31)), "general.alignment"},
        {"AlignmentIsString", with(8, GgufBuilder::string("32")), "general.alignment"},
        {"AlignmentIsUint64", with(10, raw<std::uint64_t>(32)), "general.alignment"},
        {"AlignmentIsInt32", with(5, raw<std::int32_t>(-32)), "general.alignment"},
        {"AlignmentIsArray", with(9, raw<std::uint32_t>(4) + raw<std::uint64_t>(1) + raw<std::uint32_t>(32)), "general.alignment"},
        {"OffsetsForAnotherAlignment", with(4, raw<std::uint32_t>(64)), ""},
    };
}

std::vector<Malformed> tensorRegion()
{
    using B = GgufBuilder;
    auto with = [](const std::vector<std::uint64_t> &shape, std::uint32_t type, std::size_t data) {
        return changed([&](B &f) { f.tensor("t", shape, type, std::string(data, '\3')); });
    };
    std::string longName(1025, 'n');
    std::string tooManyDimensions = "GGUF" + raw<std::uint32_t>(3) + raw<std::uint64_t>(1) + raw<std::uint64_t>(0)
        + GgufBuilder::string("t") + raw<std::uint32_t>(UINT32_MAX) + std::string(64, '\1');
    return {
        {"NameTwice", changed([](B &f) { f.tensor("a", {1}, 0, "1234"); }), "the tensor a twice"},
        {"EmptyName", changed([](B &f) { f.tensor("", {1}, 0, "1234"); }), "tensor name that is empty"},
        {"NameTooLong", changed([&](B &f) { f.tensor(longName, {1}, 0, "1234"); }), "longer than 1024"},
        {"NameNotUtf8", changed([](B &f) { f.tensor("\xff", {1}, 0, "1234"); }), "not printable"},
        {"FiveDimensions", with({1, 1, 1, 1, 1}, 0, 4), "5 dimensions"},
        {"DimensionCountWraps", tooManyDimensions, "4294967295 dimensions"},
        {"DimensionBeyondInt64", with({std::uint64_t{1} << 63}, 0, 0), "beyond 2^63"},
        {"ProductWrapsToZero", with({std::uint64_t{1} << 32, std::uint64_t{1} << 32}, 0, 0), "overflows"},
        {"ProductWrapsBesideZero", with({0, std::uint64_t{1} << 32, std::uint64_t{1} << 32}, 0, 0), "overflows"},
        {"BytesWrapToZero", with({std::uint64_t{1} << 62}, 0, 0), "overflows"},
        {"BlockBytesWrap", with({32, std::uint64_t{1} << 58, 17}, 2, 0), "overflows"},
        {"UnknownTensorType", with({32}, 100, 32), "unknown number type 100"},
        {"RemovedTensorType", with({32}, 4, 32), "unknown number type 4"},
        {"TensorTypeMinusOne", with({32}, UINT32_MAX, 32), "unknown number type 4294967295"},
        {"UnsupportedTypeIsNamed", with({256}, 16, 66), "IQ2_XXS"},
        {"RowEndsInsideABlock", with({31}, 8, 34), "no whole blocks of Q8_0"},
        {"RowsOfHalfBlocks", with({16, 2}, 8, 34), "no whole blocks of Q8_0"},
        {"RowEndsInsideASuperBlock", with({128}, 14, 210), "no whole blocks of Q6_K"},
    };
}

std::vector<Malformed> dataRegion()
{
    using B = GgufBuilder;
    auto at = [](std::uint64_t offset) {
        return changed([&](B &f) { f.tensor("t", {1}, 0, "1234", offset); });
    };
    std::string good = changed([](B &) {});
    return {
        {"OffsetNotAligned", at(68), "at offset 68 instead of 64"},
        {"OffsetOverlaps", at(32), "at offset 32 instead of 64"},
        {"OffsetOfAnotherTensor", at(0), "at offset 0 instead of 64"},
        {"OffsetLeavesAHole", at(96), "at offset 96 instead of 64"},
        {"OffsetWraps", at(UINT64_MAX - 31), "instead of 64"},
        {"OffsetInt64Min", at(std::uint64_t{1} << 63), "instead of 64"},
        {"DataCutOff", good.substr(0, good.size() - 21), "ends inside the data of b"},
        {"NoData", good.substr(0, good.size() - 64), "ends inside the data of a"},
        {"NoPaddingBeforeTheData", changed([](B &f) { f.alignment = 1; }, true).substr(0, 90), ""},
        {"TensorLargerThanTheFile", changed([](B &f) { f.tensor("t", {1u << 30}, 0, "1234"); }), "ends inside the data of t"},
        {"TailOfOneByte", good + "x", "1 bytes behind"},
        {"TailOfAnotherFile", good + good, "bytes behind"},
    };
}

class MalformedGguf : public testing::TestWithParam<Malformed> {};

TEST_P(MalformedGguf, IsRefusedWithASentenceThatNamesTheFile)
{
    std::string sentence = test::refusal([&] { GgufFile::parse(test::bytesOf(GetParam().bytes), "model.gguf"); });
    EXPECT_NE(sentence.find(GetParam().sentence), std::string::npos) << sentence;
    EXPECT_EQ(sentence.find("model.gguf"), 0u) << sentence;
    EXPECT_LT(sentence.size(), 1500u);
}

std::vector<Malformed> all()
{
    std::vector<Malformed> files;
    for (auto region : {headerRegion, valueRegion, alignmentRegion, tensorRegion, dataRegion})
        for (Malformed &file : region())
            files.push_back(std::move(file));
    return files;
}

INSTANTIATE_TEST_SUITE_P(Regions, MalformedGguf, testing::ValuesIn(all()),
                         [](const auto &file) { return std::string(file.param.name); });

} // namespace
} // namespace tessera
