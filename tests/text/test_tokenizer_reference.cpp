// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/text/gguf_tokenizer.h"
#include "engine/text/tokenizer.h"

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/json.h"
#include "engine/checkpoint/gguf.h"
#include "engine/text/sentencepiece.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include <unistd.h>

namespace tessera {
namespace {

using Tokens = std::vector<TokenId>;

const std::filesystem::path kFolder = std::filesystem::path(TESSERA_TEST_DATA) / "text";
const std::filesystem::path kSmolLM2 =
    std::filesystem::path(TESSERA_SHARED_DATA) / "models" / "SmolLM2-135M-Instruct.Q4_1.gguf";

/// What Hugging Face's tokenizers library gives, written by make_tokenizers.py. Answers that are left out there equal others.
class Reference {
public:
    explicit Reference(const std::string &name)
        : m_texts(readJsonFile(kFolder / "strings.json")), m_expected(readJsonFile(kFolder / (name + ".expected.json")))
    {
    }

    std::size_t size() const { return m_texts.size(); }
    std::string text(std::size_t i) const { return m_texts[i].get<std::string>(); }
    Tokens plain(std::size_t i) const { return m_expected["plain"][i].get<Tokens>(); }
    Tokens special(std::size_t i) const { return orElse("special", i, plain(i)); }
    Tokens asText(std::size_t i) const { return orElse("as_text", i, plain(i)); }
    std::string decoded(std::size_t i) const { return orElse("decoded", i, text(i)); }
    std::string skipped(std::size_t i) const { return orElse("skipped", i, decoded(i)); }

private:
    template <typename T> T orElse(const char *kind, std::size_t i, T otherwise) const
    {
        const Json &value = m_expected[kind][i];
        return value.is_null() ? otherwise : value.get<T>();
    }

    Json m_texts, m_expected;
};

void compare(const Tokenizer &tokenizer, const Reference &reference)
{
    ASSERT_GE(reference.size(), 500u);
    for (std::size_t i = 0; i < reference.size(); ++i) {
        std::string text = reference.text(i);
        SCOPED_TRACE("string " + std::to_string(i) + ": " + Json(text).dump(-1, ' ', true));
        EXPECT_EQ(tokenizer.encode(text), reference.plain(i));
        EXPECT_EQ(tokenizer.encode(text, true), reference.special(i));
        EXPECT_EQ(tokenizer.encode(text, EncodeOptions{.specialAsText = true}), reference.asText(i));
        EXPECT_EQ(tokenizer.decode(reference.special(i)), reference.decoded(i));
        EXPECT_EQ(tokenizer.decode(reference.special(i), true), reference.skipped(i));
    }
}

class TokenizerReference : public testing::TestWithParam<const char *> {};

TEST_P(TokenizerReference, GivesTheTokensAndTextsOfTheTokenizersLibrary)
{
    compare(Tokenizer::open(kFolder / (std::string(GetParam()) + ".tokenizer.json")), Reference(GetParam()));
}

INSTANTIATE_TEST_SUITE_P(Fixtures, TokenizerReference,
                         testing::Values("gpt2", "llama3", "qwen2", "smollm", "added", "behaviours", "inverted", "o200k", "sparse",
                                         "unknown", "fallback"),
                         [](const auto &fixture) { return std::string(fixture.param); });

TEST(TokenizerReferenceSentencePiece, EveryFormOfTheModelGivesTheLibrarysTokens)
{
    Json strings = readJsonFile(kFolder / "strings.json"), expected = readJsonFile(kFolder / "sentencepiece.expected.json");
    ASSERT_GE(strings.size(), 500u);
    Tokenizer model = Tokenizer::open(kFolder / "sentencepiece.model");
    std::vector<std::pair<const char *, Tokenizer>> forms;
    forms.emplace_back("tokenizer.json", Tokenizer::fromJson(model.toJson(), "the written tokenizer.json"));
    forms.emplace_back("GGUF", Tokenizer::open(kFolder / "sentencepiece.gguf"));
    forms.emplace_back("tokenizer.model", std::move(model));
    for (const auto &[name, tokenizer] : forms) {
        EXPECT_EQ(tokenizer.encode("a", true).front(), 1) << name;
        for (std::size_t i = 0; i < strings.size(); ++i) {
            auto text = strings[i].get<std::string>();
            SCOPED_TRACE(std::string(name) + ", string " + std::to_string(i) + ": " + Json(text).dump(-1, ' ', true));
            auto tokens = expected["tokens"][i].get<Tokens>();
            EXPECT_EQ(tokenizer.encode(text, EncodeOptions{.specialAsText = true}), tokens);
            EXPECT_EQ(tokenizer.decode(tokens), expected["decoded"][i].is_null() ? text : expected["decoded"][i].get<std::string>());
        }
    }
}

TEST(TokenizerReferenceSentencePiece, GgufWrittenOfItGivesTheSameTokens)
{
    Tokenizer model = Tokenizer::open(kFolder / "sentencepiece.model");
    ModelConfig config;
    config.vocabulary = model.vocabulary() + 5;
    config.endTokens = {2};
    std::filesystem::path file = std::filesystem::temp_directory_path() / ("tessera-pieces-" + std::to_string(::getpid()) + ".gguf");
    writeGguf(file, ggufTokenizerOf(model.toJson(), config, "model"), {});
    Tokenizer again = Tokenizer::open(file);
    std::filesystem::remove(file);
    for (const Json &text : readJsonFile(kFolder / "strings.json"))
        EXPECT_EQ(again.encode(text.get<std::string>(), true), model.encode(text.get<std::string>(), true)) << text.dump(-1, ' ', true);
}

TEST(TokenizerReferenceSentencePiece, BytesThatAreNoTextBecomeReplacementCharacters)
{
    Tokenizer model = Tokenizer::open(kFolder / "sentencepiece.model");
    auto byte = [&](const char *token) { return *model.idOf(token); };
    EXPECT_EQ(model.decode(Tokens{byte("<0xE2>"), byte("<0x82>"), byte("<0xAC>")}), "\u20ac");
    EXPECT_EQ(model.decode(Tokens{byte("<0xE2>"), byte("<0x82>")}), "\ufffd\ufffd");
    EXPECT_EQ(model.bytesOf(byte("<0x0A>")), "\n");
    EXPECT_EQ(model.bytesOf(*model.idOf("\u2581")), " ");
}

TEST(TokenizerReferenceSentencePiece, MalformedModelsAreRefused)
{
    std::string good = readTextFile(kFolder / "sentencepiece.model", 1 << 20);
    auto refused = [](const std::string &bytes) {
        try {
            tokenizerJsonOf(parseSentencePieces(bytes, "model"), "model");
            return std::string("(accepted)");
        } catch (const Error &error) {
            return error.kind() == ErrorKind::BadInput ? std::string(error.what()) : std::string("(not as bad input) ") + error.what();
        }
    };
    for (std::size_t length = 0; length < good.size(); length += 97)
        EXPECT_NE(refused(good.substr(0, length)), "(accepted)") << length;
    EXPECT_NE(refused("\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01").find("malformed"), std::string::npos);
    // A piece, then a trainer of kind unigram.
    EXPECT_NE(refused(std::string("\x0a\x03\x0a\x01\x61\x12\x02\x18\x01", 9)).find("kind BPE"), std::string::npos);
    // The same of kind BPE, whose normaliser is absent: white space is not removed only where it says so; no pieces for bytes.
    EXPECT_NE(refused(std::string("\x0a\x03\x0a\x01\x61\x12\x02\x18\x02\x1a\x02\x18\x01", 13)).find("normalises"), std::string::npos);
    EXPECT_NE(refused(std::string("\x0a\x03\x0a\x01\x61\x12\x02\x18\x02\x1a\x02\x20\x00", 13)).find("single bytes"), std::string::npos);
}

TEST(TokenizerReferenceGguf, SmolLM2GivesTheTokensAndTextsOfTheTokenizersLibrary)
{
    if (!std::filesystem::exists(kSmolLM2))
        GTEST_SKIP() << kSmolLM2 << " is not here";
    compare(Tokenizer::open(kSmolLM2), Reference("smollm2"));
}

TEST(TokenizerReferenceGguf, TheTokenizerJsonWrittenForSmolLM2IsTheSameTokenizer)
{
    if (!std::filesystem::exists(kSmolLM2))
        GTEST_SKIP() << kSmolLM2 << " is not here";
    Tokenizer original = Tokenizer::open(kSmolLM2);
    Tokenizer copy = Tokenizer::fromJson(original.toJson(), "the written tokenizer.json");
    EXPECT_EQ(copy.vocabulary(), 49152);
    Json strings = readJsonFile(kFolder / "strings.json");
    for (const Json &text : strings)
        EXPECT_EQ(copy.encode(text.get<std::string>()), original.encode(text.get<std::string>())) << text.dump(-1, ' ', true);
}

} // namespace
} // namespace tessera
