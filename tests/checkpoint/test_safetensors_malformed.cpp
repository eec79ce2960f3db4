// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/checkpoint/safetensors.h"

#include "tests/checkpoint/file_builders.h"

#include <gtest/gtest.h>

namespace tessera {
namespace {

using test::raw;
using test::safetensorsBytes;

struct Malformed {
    const char *name;
    std::string bytes;
    const char *sentence; ///< What the refusal must say.
};

std::ostream &operator<<(std::ostream &out, const Malformed &file) { return out << file.name; }

std::string entry(const std::string &members) { return "{\"t\":{" + members + "}}"; }

std::string deep(int levels) { return "{\"t\":" + std::string(static_cast<std::size_t>(levels), '[') + std::string(static_cast<std::size_t>(levels), ']') + "}"; }

std::vector<Malformed> lengthRegion()
{
    std::string good = entry(R"("dtype":"F32","shape":[2],"data_offsets":[0,8])");
    return {
        {"EmptyFile", "", "only 0 bytes"},
        {"SevenBytes", std::string(7, '\0'), "only 7 bytes"},
        {"LengthAlone", raw<std::uint64_t>(2), "only 0 follow"},
        {"LengthZero", raw<std::uint64_t>(0), "does not begin with {"},
        {"LengthOne", raw<std::uint64_t>(1) + "{", "does not begin with {"},
        {"LengthOneBeyondTheFile", raw<std::uint64_t>(good.size() + 1) + good, "follow; it is cut off"},
        {"LengthWrapsWhenEightIsAdded", raw<std::uint64_t>(UINT64_MAX - 3) + good, "follow; it is cut off"},
        {"LengthMinusOne", raw<std::uint64_t>(UINT64_MAX) + good, "follow; it is cut off"},
        {"LengthInt64Min", raw<std::uint64_t>(std::uint64_t{1} << 63) + good, "follow; it is cut off"},
        {"LengthEndsInsideTheJson", raw<std::uint64_t>(good.size() - 5) + good + std::string(8, '\1'), "not valid UTF-8 JSON"},
    };
}

std::vector<Malformed> jsonRegion()
{
    std::string good = R"("dtype":"F32","shape":[2],"data_offsets":[0,8])";
    std::string longName(1025, 'n');
    return {
        {"NotJson", safetensorsBytes("{this is no json}", 0), "not valid UTF-8 JSON"},
        {"HeaderIsArray", safetensorsBytes("[]", 0), "does not begin with {"},
        {"HeaderIsNumber", safetensorsBytes("12", 0), "does not begin with {"},
        {"SpaceBeforeTheHeader", safetensorsBytes(" " + entry(good), 8), "does not begin with {"},
        {"GarbageBehindTheObject", safetensorsBytes(entry(good) + "x", 8), "not valid UTF-8 JSON"},
        {"SecondObject", safetensorsBytes(entry(good) + "{}", 8), "not valid UTF-8 JSON"},
        {"ZeroBytesAsPadding", safetensorsBytes(entry(good) + std::string(3, '\0'), 8), "not valid UTF-8 JSON"},
        {"InvalidUtf8InName", safetensorsBytes("{\"\xff\xfe\":{" + good + "}}", 8), "not valid UTF-8 JSON"},
        {"OverlongUtf8InName", safetensorsBytes("{\"\xc0\xaf\":{" + good + "}}", 8), "not valid UTF-8 JSON"},
        {"LoneSurrogateInName", safetensorsBytes("{\"\\ud800\":{" + good + "}}", 8), "not valid UTF-8 JSON"},
        {"TruncatedUtf8", safetensorsBytes("{\"\xe2\x82", 8), "not valid UTF-8 JSON"},
        {"CutString", safetensorsBytes("{\"t", 0), "not valid UTF-8 JSON"},
        {"CutObject", safetensorsBytes("{\"t\":{" + good, 8), "not valid UTF-8 JSON"},
        {"DeepArrays", safetensorsBytes(deep(100000), 0), "an array where the format has none"},
        {"DeepObjects", safetensorsBytes(R"({"t":{"dtype":{"x":{}}}})", 0), "an object where the format has none"},
        {"NestedShape", safetensorsBytes(entry(R"("dtype":"F32","shape":[[2]],"data_offsets":[0,8])"), 8), "an array where"},
        {"TensorTwice", safetensorsBytes("{\"t\":{" + good + "},\"t\":{" + good + "}}", 8), "\"t\" twice"},
        {"DtypeTwice", safetensorsBytes(entry(R"("dtype":"F32",)" + good), 8), "dtype twice"},
        {"ShapeTwice", safetensorsBytes(entry(R"("shape":[2],)" + good), 8), "shape twice"},
        {"OffsetsTwice", safetensorsBytes(entry(R"("data_offsets":[0,8],)" + good), 8), "data_offsets twice"},
        {"UnknownMember", safetensorsBytes(entry(R"("strides":[1],)" + good), 8), "at \"strides\""},
        {"EntryIsArray", safetensorsBytes(R"({"t":[0,8]})", 8), "an array where"},
        {"EntryIsString", safetensorsBytes(R"({"t":"F32"})", 8), "a string where"},
        {"EntryIsNull", safetensorsBytes(R"({"t":null})", 8), "null where"},
        {"EmptyName", safetensorsBytes("{\"\":{" + good + "}}", 8), "tensor name that is empty"},
        {"NameTooLong", safetensorsBytes("{\"" + longName + "\":{" + good + "}}", 8), "longer than 1024"},
        {"ControlCharacterInName", safetensorsBytes("{\"a\\u0007\":{" + good + "}}", 8), "control characters"},
        {"ZeroCharacterInName", safetensorsBytes("{\"a\\u0000b\":{" + good + "}}", 8), "control characters"},
    };
}

std::vector<Malformed> metadataRegion()
{
    return {
        {"MetadataIsString", safetensorsBytes(R"({"__metadata__":"pt"})", 0), "a string where"},
        {"MetadataIsArray", safetensorsBytes(R"({"__metadata__":[]})", 0), "an array where"},
        {"MetadataValueIsNumber", safetensorsBytes(R"({"__metadata__":{"format":1}})", 0), "a number where"},
        {"MetadataValueIsObject", safetensorsBytes(R"({"__metadata__":{"format":{}}})", 0), "an object where"},
        {"MetadataValueIsNull", safetensorsBytes(R"({"__metadata__":{"format":null}})", 0), "null where"},
        {"MetadataKeyTwice", safetensorsBytes(R"({"__metadata__":{"a":"1","a":"2"}})", 0), "\"a\" twice"},
        {"MetadataTwice", safetensorsBytes(R"({"__metadata__":{},"__metadata__":{}})", 0), "twice"},
        {"MetadataAloneWithData", safetensorsBytes(R"({"__metadata__":{"a":"1"}})", 4), "4 bytes behind"},
    };
}

std::vector<Malformed> tensorRegion()
{
    auto file = [](const std::string &dtype, const std::string &shape, const std::string &offsets, std::size_t data) {
        return safetensorsBytes(entry("\"dtype\":" + dtype + ",\"shape\":" + shape + ",\"data_offsets\":" + offsets), data);
    };
    return {
        {"NoDtype", safetensorsBytes(entry(R"("shape":[2],"data_offsets":[0,8])"), 8), "must give t a dtype"},
        {"NoShape", safetensorsBytes(entry(R"("dtype":"F32","data_offsets":[0,8])"), 8), "must give t a dtype"},
        {"NoOffsets", safetensorsBytes(entry(R"("dtype":"F32","shape":[2])"), 8), "must give t a dtype"},
        {"EmptyEntry", safetensorsBytes(entry(""), 0), "must give t a dtype"},
        {"UnknownDtype", file("\"F4\"", "[2]", "[0,8]", 8), "stores t as \"F4\""},
        {"LowerCaseDtype", file("\"f32\"", "[2]", "[0,8]", 8), "stores t as \"f32\""},
        {"QuantisedDtype", file("\"Q4_0\"", "[32]", "[0,18]", 18), "stores t as \"Q4_0\""},
        {"DtypeIsNumber", file("32", "[2]", "[0,8]", 8), "a number where"},
        {"ShapeIsNumber", file("\"F32\"", "2", "[0,8]", 8), "a number where"},
        {"NegativeDimension", file("\"F32\"", "[-2]", "[0,8]", 8), "a negative number"},
        {"FractionalDimension", file("\"F32\"", "[2.0]", "[0,8]", 8), "not whole"},
        {"ExponentInDimension", file("\"F32\"", "[2e0]", "[0,8]", 8), "not whole"},
        {"DimensionIsTrue", file("\"F32\"", "[true]", "[0,8]", 8), "true or false"},
        {"DimensionIsString", file("\"F32\"", "[\"2\"]", "[0,8]", 8), "a string where"},
        {"DimensionBeyondUint64", file("\"F32\"", "[18446744073709551618]", "[0,8]", 8), "too large"},
        {"DimensionBeyondInt64", file("\"F32\"", "[18446744073709551615]", "[0,8]", 8), "beyond 2^63"},
        {"NineDimensions", file("\"F32\"", "[1,1,1,1,1,1,1,1,2]", "[0,8]", 8), "more than 8"},
        {"ProductWrapsToZero", file("\"F32\"", "[4294967296,4294967296]", "[0,0]", 0), "overflows"},
        {"ProductWrapsToSmall", file("\"U8\"", "[4294967297,4294967296]", "[0,8]", 8), "overflows"},
        {"ProductWrapsBesideZero", file("\"F32\"", "[4294967296,4294967296,0]", "[0,0]", 0), "overflows"},
        {"BytesWrapToZero", file("\"F32\"", "[4611686018427387904]", "[0,0]", 0), "overflows"},
        {"BytesWrapToSmall", file("\"F64\"", "[2305843009213693953]", "[0,8]", 8), "overflows"},
        {"OneOffset", file("\"F32\"", "[2]", "[8]", 8), "two data_offsets"},
        {"ThreeOffsets", file("\"F32\"", "[2]", "[0,8,8]", 8), "two data_offsets"},
        {"NoOffsetAtAll", file("\"F32\"", "[2]", "[]", 8), "two data_offsets"},
        {"NegativeOffset", file("\"F32\"", "[2]", "[-8,0]", 8), "a negative number"},
        {"FractionalOffset", file("\"F32\"", "[2]", "[0.0,8]", 8), "not whole"},
        {"OffsetsBackwards", file("\"F32\"", "[2]", "[8,0]", 8), "need 8"},
        {"OffsetsBackwardsAsWrap", file("\"F32\"", "[2]", "[18446744073709551608,0]", 8), "need 8"},
        {"FewerBytesThanShape", file("\"F32\"", "[3]", "[0,8]", 8), "need 12"},
        {"MoreBytesThanShape", file("\"F32\"", "[1]", "[0,8]", 8), "need 4"},
        {"ZeroSizedWithBytes", file("\"F32\"", "[0]", "[0,8]", 8), "need 0"},
    };
}

std::vector<Malformed> dataRegion()
{
    auto two = [](const std::string &a, const std::string &b, std::size_t data) {
        auto one = [](const std::string &name, const std::string &offsets) {
            return "\"" + name + "\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":" + offsets + "}";
        };
        return safetensorsBytes("{" + one("a", a) + "," + one("b", b) + "}", data);
    };
    return {
        {"DataCutByOne", two("[0,8]", "[8,16]", 15), "ends inside the data of b"},
        {"NoData", two("[0,8]", "[8,16]", 0), "ends inside the data of a"},
        {"HoleAtTheBeginning", two("[8,16]", "[16,24]", 24), "a hole before a"},
        {"HoleBetween", two("[0,8]", "[12,20]", 20), "a hole before b"},
        {"PartialOverlap", two("[0,8]", "[4,12]", 12), "overlaps other tensors with b"},
        {"SameBytesTwice", two("[0,8]", "[0,8]", 8), "overlaps other tensors with"},
        {"TailOfOneByte", two("[0,8]", "[8,16]", 17), "1 bytes behind"},
        {"OffsetsFarBeyondTheFile", two("[0,8]", "[9223372036854775800,9223372036854775808]", 16), "a hole before b"},
        {"OffsetsAtTheEndOfUint64", two("[0,8]", "[18446744073709551607,18446744073709551615]", 16), "a hole before b"},
        {"EmptyHeaderWithData", safetensorsBytes("{}", 1), "1 bytes behind"},
    };
}

class MalformedSafetensors : public testing::TestWithParam<Malformed> {};

TEST_P(MalformedSafetensors, IsRefusedWithASentenceThatNamesTheFile)
{
    std::string sentence = test::refusal([&] { SafetensorsFile::parse(test::bytesOf(GetParam().bytes), "model.safetensors"); });
    EXPECT_NE(sentence.find(GetParam().sentence), std::string::npos) << sentence;
    EXPECT_EQ(sentence.find("model.safetensors"), 0u) << sentence;
    EXPECT_LT(sentence.size(), 1500u);
}

TEST(MalformedSafetensorsOnce, AHeaderAboveTheLimitIsRefused)
{
    std::string bytes = safetensorsBytes("{" + std::string((16u << 20) - 1, ' ') + "}", 0);
    std::string sentence = test::refusal([&] { SafetensorsFile::parse(test::bytesOf(bytes), "model.safetensors"); });
    EXPECT_NE(sentence.find("at most 16777216"), std::string::npos) << sentence;
}

std::vector<Malformed> all()
{
    std::vector<Malformed> files;
    for (auto region : {lengthRegion, jsonRegion, metadataRegion, tensorRegion, dataRegion})
        for (Malformed &file : region())
            files.push_back(std::move(file));
    return files;
}

INSTANTIATE_TEST_SUITE_P(Regions, MalformedSafetensors, testing::ValuesIn(all()),
                         [](const auto &file) { return std::string(file.param.name); });

} // namespace
} // namespace tessera
