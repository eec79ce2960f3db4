// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/text/tokenizer.h"

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/json.h"
#include "tests/base/temporary_folder.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

namespace tessera {
namespace {

Json small()
{
    return {{"version", "1.0"},
            {"added_tokens", Json::array({{{"id", 3}, {"content", "<s>"}, {"special", true}}})},
            {"normalizer", nullptr},
            {"pre_tokenizer", {{"type", "ByteLevel"}, {"add_prefix_space", false}}},
            {"post_processor", nullptr},
            {"decoder", {{"type", "ByteLevel"}}},
            {"model", {{"type", "BPE"}, {"vocab", {{"a", 0}, {"b", 1}, {"ab", 2}}}, {"merges", {"a b"}}}}};
}

/// The sentence with which a changed tokenizer.json is refused; empty when it is accepted.
std::string sentenceFor(const std::function<void(Json &)> &change)
{
    Json json = small();
    change(json);
    try {
        Tokenizer::fromJson(json.dump(), "the test's file");
    } catch (const Error &e) {
        EXPECT_EQ(e.kind(), ErrorKind::BadInput);
        return e.what();
    }
    return "";
}

TEST(TokenizerErrors, TheFileThatTheseTestsChangeIsGood)
{
    Tokenizer tokenizer = Tokenizer::fromJson(small().dump(), "the test");
    EXPECT_EQ(tokenizer.encode("ab<s>ba"), (std::vector<TokenId>{2, 3, 1, 0}));
    EXPECT_EQ(tokenizer.vocabulary(), 4);
}

TEST(TokenizerErrors, WhatIsUnsupportedIsNamed)
{
    struct Case {
        const char *pointer;
        Json value;
        const char *named;
    };
    const Case cases[] = {
        {"/model/type", "WordPiece", "WordPiece"},
        {"/model/dropout", 0.1, "dropout"},
        {"/model/continuing_subword_prefix", "##", "continuing_subword_prefix"},
        {"/model/end_of_word_suffix", "</w>", "end_of_word_suffix"},
        {"/normalizer", {{"type", "Precompiled"}}, "Precompiled"},
        {"/pre_tokenizer", {{"type", "Metaspace"}}, "Metaspace"},
        {"/pre_tokenizer", nullptr, "ByteLevel"},
        {"/pre_tokenizer", {{"type", "Digits"}}, "ByteLevel"},
        {"/pre_tokenizer", {{"type", "Split"}, {"behavior", "Sideways"}, {"pattern", {{"String", "x"}}}}, "Sideways"},
        {"/post_processor", {{"type", "Mystery"}}, "Mystery"},
        {"/decoder", {{"type", "WordPiece"}}, "WordPiece"},
    };
    for (const Case &unsupported : cases) {
        std::string sentence = sentenceFor([&](Json &json) { json[Json::json_pointer(unsupported.pointer)] = unsupported.value; });
        EXPECT_NE(sentence.find(unsupported.named), std::string::npos) << unsupported.pointer << ": " << sentence;
        EXPECT_NE(sentence.find("the test's file"), std::string::npos) << sentence;
    }
}

TEST(TokenizerErrors, WhatContradictsItselfIsRefused)
{
    const std::function<void(Json &)> changes[] = {
        [](Json &json) { json["model"].erase("vocab"); },
        [](Json &json) { json["model"].erase("merges"); },
        [](Json &json) { json.erase("model"); },
        [](Json &json) { json["model"]["vocab"]["b"] = 0; },
        [](Json &json) { json["model"]["vocab"]["b"] = -1; },
        [](Json &json) { json["model"]["vocab"]["b"] = 4294967296; },
        [](Json &json) { json["model"]["vocab"]["b"] = "1"; },
        [](Json &json) { json["model"]["merges"] = {"a c"}; },
        [](Json &json) { json["model"]["merges"] = {"b a"}; },
        [](Json &json) { json["model"]["merges"] = {"ab"}; },
        [](Json &json) { json["model"]["merges"] = {"a b c"}; },
        [](Json &json) { json["model"]["merges"] = {1}; },
        [](Json &json) { json["model"]["merges"] = Json::array({Json::array({"a"})}); },
        [](Json &json) { json["added_tokens"][0]["id"] = 17; },
        [](Json &json) { json["added_tokens"][0]["id"] = -3; },
        [](Json &json) { json["added_tokens"][0].erase("content"); },
        [](Json &json) { json["added_tokens"][0]["content"] = std::string(5000, 'x'); },
        [](Json &json) { json["added_tokens"] = 1; },
        [](Json &json) { json["pre_tokenizer"] = {{"type", "Sequence"}}; },
        [](Json &json) { json["pre_tokenizer"] = {{"type", "Split"}, {"behavior", "Isolated"}}; },
        [](Json &json) { json["pre_tokenizer"] = Json::array(); },
        [](Json &json) { json["post_processor"] = {{"type", "TemplateProcessing"}}; },
        [](Json &json) { json["post_processor"] = {{"type", "TemplateProcessing"}, {"single", Json::array()}}; },
        [](Json &json) {
            json["post_processor"] = {{"type", "TemplateProcessing"}, {"single", Json::array({{{"SpecialToken", {{"id", "?"}}}}})}};
        },
        [](Json &json) { json["post_processor"] = {{"type", "BertProcessing"}, {"sep", 1}, {"cls", 2}}; },
    };
    int number = 0;
    for (const auto &change : changes)
        EXPECT_NE(sentenceFor(change), "") << "change " << number++;
}

TEST(TokenizerErrors, PathsWithoutATokenizerAreRefused)
{
    test::TemporaryFolder folder;
    EXPECT_THROW(Tokenizer::open(folder.path()), Error);
    EXPECT_THROW(Tokenizer::open(folder / "absent.json"), Error);
    EXPECT_THROW(Tokenizer::open(folder / "absent.gguf"), Error);
    writeTextFileAtomically(folder / "tokenizer.json", "[]");
    EXPECT_THROW(Tokenizer::open(folder.path()), Error);
    writeTextFileAtomically(folder / "tokenizer.json", "{\"model\":");
    EXPECT_THROW(Tokenizer::open(folder.path()), Error);
    writeTextFileAtomically(folder / "tokenizer.json", small().dump());
    EXPECT_EQ(Tokenizer::open(folder.path()).vocabulary(), 4);
    EXPECT_EQ(Tokenizer::open(folder / "tokenizer.json").vocabulary(), 4);
}

} // namespace
} // namespace tessera
