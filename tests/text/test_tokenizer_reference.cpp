// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/text/gguf_tokenizer.h"
#include "engine/text/tokenizer.h"

#include "engine/base/file.h"
#include "engine/base/json.h"
#include "engine/checkpoint/gguf.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <ostream>
#include <string>
#include <vector>

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
