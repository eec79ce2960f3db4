// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/base/json.h"

#include "engine/base/error.h"
#include "tests/base/temporary_folder.h"

#include <fstream>
#include <string>

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace tessera {
namespace {

/// The sentence of the error that a call ends with, or "accepted".
template <typename Call> std::string refusal(Call call)
{
    try {
        call();
    } catch (const Error &e) {
        EXPECT_EQ(e.kind(), ErrorKind::BadInput) << e.what();
        return e.what();
    }
    return "accepted";
}

std::string refusalOf(const std::string &text, int maxDepth = 32)
{
    return refusal([&] { parseJson(text, "the source", maxDepth); });
}

TEST(ParseJson, AcceptsWhatTheStandardAllows)
{
    EXPECT_EQ(parseJson(R"({"a": [1, -2.5e3, "\u00e9", true, null]})", "x"),
              (Json{{"a", {1, -2500.0, "é", true, nullptr}}}));
    EXPECT_EQ(parseJson(" 7 ", "x"), Json(7));
}

TEST(ParseJson, RefusesMalformedTextAndNamesTheSource)
{
    for (const char *text : {"", "{", "{\"a\":}", "[1,]", "nul", "\"\\ud800\"", "\"\xff\"", "1 2", "{\"a\":1,}", "NaN", "[1e999]"})
        EXPECT_NE(refusalOf(text).find("the source"), std::string::npos) << text << ": " << refusalOf(text);
}

TEST(ParseJson, RefusesAKeyThatOccursTwiceInOneObject)
{
    EXPECT_NE(refusalOf(R"({"a": 1, "a": 2})").find("\"a\" twice"), std::string::npos);
    EXPECT_NE(refusalOf(R"([{"b": {"a": 1, "c": 0, "a": 2}}])").find("\"a\" twice"), std::string::npos);
    EXPECT_EQ(refusalOf(R"({"a": {"a": 1}, "b": {"a": 2}})"), "accepted");
}

TEST(ParseJson, RefusesNestingBeyondTheLimitAndNotBefore)
{
    auto nested = [](int depth) { return std::string(depth, '[') + std::string(depth, ']'); };
    EXPECT_EQ(refusalOf(nested(32)), "accepted");
    EXPECT_NE(refusalOf(nested(33)).find("nested deeper than 32"), std::string::npos) << refusalOf(nested(33));
    EXPECT_EQ(refusalOf(nested(3), 3), "accepted");
    EXPECT_NE(refusalOf(nested(4), 3), "accepted");
}

TEST(ParseJson, AMillionBracketsEndInASentence)
{
    EXPECT_NE(refusalOf(std::string(1'000'000, '[')).find("nested"), std::string::npos);
    std::string objects;
    for (int i = 0; i < 100'000; ++i)
        objects += "{\"a\":";
    EXPECT_NE(refusalOf(objects).find("nested"), std::string::npos);
}

TEST(ParseJson, NoTextEndsInAnythingButAValueOrASentence)
{
    EXPECT_TRUE(rc::check([] {
        auto letters = rc::gen::elementOf(std::string("{}[]\",:0123456789.eE+-truefalsn\\ u\xc3\xa9"));
        std::string text = *rc::gen::container<std::string>(letters);
        try {
            parseJson(text, "x");
        } catch (const Error &e) {
            RC_ASSERT(e.kind() == ErrorKind::BadInput);
        }
    }));
}

TEST(ReadJsonFile, NamesTheFileInItsErrors)
{
    test::TemporaryFolder folder;
    std::ofstream(folder / "a.json") << "{\"a\": ";
    EXPECT_NE(refusal([&] { readJsonFile(folder / "a.json"); }).find("a.json"), std::string::npos);
    EXPECT_NE(refusal([&] { readJsonFile(folder / "none.json"); }).find("none.json"), std::string::npos);
    std::ofstream(folder / "b.json") << "[1, 2, 3]";
    EXPECT_EQ(readJsonFile(folder / "b.json"), (Json{1, 2, 3}));
    EXPECT_NE(refusal([&] { readJsonFile(folder / "b.json", 4); }).find("at most 4"), std::string::npos);
}

TEST(Members, OfTheRightTypeAreRead)
{
    Json object{{"i", -3}, {"x", 0.5}, {"s", "text"}, {"b", true}, {"big", INT64_MAX}};
    EXPECT_EQ(requireInteger(object, "i", "w"), -3);
    EXPECT_EQ(requireInteger(object, "big", "w"), INT64_MAX);
    EXPECT_EQ(requireNumber(object, "x", "w"), 0.5);
    EXPECT_EQ(requireNumber(object, "i", "w"), -3.0);
    EXPECT_EQ(requireString(object, "s", "w"), "text");
    EXPECT_EQ(integerOr(object, "i", 1, "w"), -3);
    EXPECT_EQ(numberOr(object, "x", 1, "w"), 0.5);
    EXPECT_TRUE(boolOr(object, "b", false, "w"));
    EXPECT_EQ(stringOr(object, "s", "other", "w"), "text");
}

TEST(Members, ThatAreMissingOrNullTakeTheDefault)
{
    Json object{{"null", nullptr}};
    for (const char *key : {"null", "missing"}) {
        EXPECT_EQ(integerOr(object, key, 5, "w"), 5);
        EXPECT_EQ(numberOr(object, key, 0.25, "w"), 0.25);
        EXPECT_TRUE(boolOr(object, key, true, "w"));
        EXPECT_EQ(stringOr(object, key, "other", "w"), "other");
        std::string sentence = refusal([&] { requireInteger(object, key, "the place"); });
        EXPECT_EQ(sentence, "the place lacks \"" + std::string(key) + "\"");
    }
}

TEST(Members, OfTheWrongTypeAreRefusedWithKeyAndPlace)
{
    Json object{{"half", 0.5}, {"huge", UINT64_MAX}, {"s", "1"}, {"b", true}, {"list", Json::array()}};
    auto names = [](const std::string &sentence, const std::string &key) {
        EXPECT_NE(sentence.find("\"" + key + "\" in the place"), std::string::npos) << sentence;
    };
    for (const char *key : {"half", "huge", "s", "b", "list"}) {
        names(refusal([&] { requireInteger(object, key, "the place"); }), key);
        names(refusal([&] { integerOr(object, key, 1, "the place"); }), key);
    }
    for (const char *key : {"s", "b", "list"})
        names(refusal([&] { requireNumber(object, key, "the place"); }), key);
    for (const char *key : {"half", "s"})
        names(refusal([&] { boolOr(object, key, true, "the place"); }), key);
    for (const char *key : {"half", "b"})
        names(refusal([&] { requireString(object, key, "the place"); }), key);
    EXPECT_EQ(refusal([&] { requireInteger(Json(3), "a", "the place"); }), "the place must be a JSON object");
}

} // namespace
} // namespace tessera
