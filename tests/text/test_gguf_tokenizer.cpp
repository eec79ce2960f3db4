// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/text/gguf_tokenizer.h"

#include "engine/base/error.h"
#include "engine/base/json.h"
#include "engine/checkpoint/gguf.h"
#include "engine/text/tokenizer.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace tessera {
namespace {

const std::filesystem::path kFolder = std::filesystem::path(TESSERA_TEST_DATA) / "text";

/// A GGUF file with metadata alone.
class Metadata {
public:
    void text(const std::string &key, const std::string &value)
    {
        begin(key, 8);
        string(value);
    }
    void number(const std::string &key, std::uint32_t value)
    {
        begin(key, 4);
        integer(value, 4);
    }
    void flag(const std::string &key, bool value)
    {
        begin(key, 7);
        integer(value, 1);
    }
    void texts(const std::string &key, const std::vector<std::string> &values)
    {
        begin(key, 9);
        integer(8, 4);
        integer(values.size(), 8);
        for (const std::string &value : values)
            string(value);
    }
    void numbers(const std::string &key, const std::vector<std::int32_t> &values)
    {
        begin(key, 9);
        integer(5, 4);
        integer(values.size(), 8);
        for (std::int32_t value : values)
            integer(static_cast<std::uint32_t>(value), 4);
    }
    std::string file() const
    {
        Metadata head;
        head.m_bytes = "GGUF";
        head.integer(3, 4);
        head.integer(0, 8);
        head.integer(m_count, 8);
        return head.m_bytes + m_bytes;
    }

private:
    void integer(std::uint64_t value, int bytes)
    {
        for (int i = 0; i < bytes; ++i)
            m_bytes += static_cast<char>(value >> 8 * i & 255);
    }
    void string(const std::string &value)
    {
        integer(value.size(), 8);
        m_bytes += value;
    }
    void begin(const std::string &key, std::uint32_t type)
    {
        ++m_count;
        string(key);
        integer(type, 4);
    }

    std::uint64_t m_count = 0;
    std::string m_bytes;
};

/// The vocabulary of a fixture as GGUF metadata.
struct Vocabulary {
    std::vector<std::string> tokens, merges;
    std::vector<std::int32_t> types;

    explicit Vocabulary(const std::string &name)
    {
        Json json = readJsonFile(kFolder / (name + ".tokenizer.json"));
        auto put = [&](std::size_t id, const std::string &token, std::int32_t type) {
            if (tokens.size() <= id) {
                tokens.resize(id + 1);
                types.resize(id + 1);
            }
            tokens[id] = token;
            types[id] = type;
        };
        for (const auto &[token, id] : json["model"]["vocab"].items())
            put(id.get<std::size_t>(), token, 1);
        for (const Json &added : json["added_tokens"])
            put(added["id"].get<std::size_t>(), added["content"].get<std::string>(), added["special"].get<bool>() ? 3 : 4);
        for (const Json &merge : json["model"]["merges"])
            merges.push_back(merge[0].get<std::string>() + " " + merge[1].get<std::string>());
    }

    Metadata metadata(const std::string &pre) const
    {
        Metadata metadata;
        metadata.text("tokenizer.ggml.model", "gpt2");
        metadata.text("tokenizer.ggml.pre", pre);
        metadata.texts("tokenizer.ggml.tokens", tokens);
        metadata.numbers("tokenizer.ggml.token_type", types);
        metadata.texts("tokenizer.ggml.merges", merges);
        return metadata;
    }
};

Tokenizer tokenizerOf(const Metadata &metadata)
{
    std::string file = metadata.file();
    return Tokenizer::fromGguf(GgufFile::parse(std::as_bytes(std::span(file)), "the test's GGUF"));
}

void compare(const Tokenizer &tokenizer, const Tokenizer &expected, bool special)
{
    Json strings = readJsonFile(kFolder / "strings.json");
    for (const Json &text : strings) {
        EXPECT_EQ(tokenizer.encode(text.get<std::string>(), special), expected.encode(text.get<std::string>(), special))
            << text.dump(-1, ' ', true);
    }
}

class GgufTokenizer : public testing::TestWithParam<std::pair<const char *, const char *>> {};

TEST_P(GgufTokenizer, IsTheTokenizerThatThePublishedFileDescribes)
{
    auto [fixture, pre] = GetParam();
    Metadata metadata = Vocabulary(fixture).metadata(pre);
    metadata.flag("tokenizer.ggml.add_bos_token", false);
    compare(tokenizerOf(metadata), Tokenizer::open(kFolder / (std::string(fixture) + ".tokenizer.json")), false);
}

INSTANTIATE_TEST_SUITE_P(Fixtures, GgufTokenizer,
                         testing::Values(std::pair("gpt2", "gpt-2"), std::pair("gpt2", "default"), std::pair("llama3", "llama-bpe"),
                                         std::pair("qwen2", "qwen2"), std::pair("smollm", "smollm")));

TEST(GgufTokenizer, AddsTheBeginningTokenAsLlama3Does)
{
    Vocabulary vocabulary("llama3");
    Tokenizer expected = Tokenizer::open(kFolder / "llama3.tokenizer.json");
    auto begin = static_cast<std::uint32_t>(*expected.idOf("<|begin_of_text|>"));
    Metadata silent = vocabulary.metadata("llama-bpe");
    silent.number("tokenizer.ggml.bos_token_id", begin);
    compare(tokenizerOf(silent), expected, true);
    Metadata told = vocabulary.metadata("llama-bpe");
    told.number("tokenizer.ggml.bos_token_id", begin);
    told.flag("tokenizer.ggml.add_bos_token", true);
    compare(tokenizerOf(told), expected, true);
}

TEST(GgufTokenizer, AddsBothEndsWhereTheFileSaysSo)
{
    Metadata metadata = Vocabulary("smollm").metadata("smollm");
    metadata.flag("tokenizer.ggml.add_bos_token", true);
    metadata.number("tokenizer.ggml.bos_token_id", 1);
    metadata.flag("tokenizer.ggml.add_eos_token", true);
    metadata.number("tokenizer.ggml.eos_token_id", 2);
    Tokenizer tokenizer = tokenizerOf(metadata);
    EXPECT_EQ(tokenizer.encode("", true), (std::vector<TokenId>{1, 2}));
    EXPECT_EQ(tokenizer.encode("", false), std::vector<TokenId>());
    EXPECT_EQ(tokenizer.decode(std::vector<TokenId>{1, 2}), "<|im_start|><|im_end|>");
}

TEST(GgufTokenizer, RefusesWhatItDoesNotKnowByName)
{
    auto sentence = [](const std::function<void(Metadata &, Vocabulary &)> &fill) {
        Metadata metadata;
        Vocabulary vocabulary("gpt2");
        fill(metadata, vocabulary);
        try {
            tokenizerOf(metadata);
        } catch (const Error &e) {
            return std::string(e.what());
        }
        return std::string();
    };
    EXPECT_NE(sentence([](Metadata &m, Vocabulary &) { m.text("tokenizer.ggml.model", "rwkv"); }).find("rwkv"), std::string::npos);
    EXPECT_NE(sentence([](Metadata &m, Vocabulary &v) { m = v.metadata("deepseek-v9"); }).find("deepseek-v9"), std::string::npos);
    EXPECT_NE(sentence([](Metadata &, Vocabulary &) {}).find("tokenizer.ggml.model"), std::string::npos);
    EXPECT_NE(sentence([](Metadata &m, Vocabulary &v) {
                  v.types.pop_back();
                  m = v.metadata("gpt-2");
              }).find("token_type"),
              std::string::npos);
    EXPECT_NE(sentence([](Metadata &m, Vocabulary &v) {
                  v.tokens[5] = v.tokens[6];
                  m = v.metadata("gpt-2");
              }).find("twice"),
              std::string::npos);
    EXPECT_NE(sentence([](Metadata &m, Vocabulary &v) {
                  v.tokens[5] = "\xff\xfe";
                  m = v.metadata("gpt-2");
              }).find("UTF-8"),
              std::string::npos);
    EXPECT_NE(sentence([](Metadata &m, Vocabulary &v) {
                  v.merges[0] = "nospace";
                  m = v.metadata("gpt-2");
              }).find("merge"),
              std::string::npos);
    EXPECT_NE(sentence([](Metadata &m, Vocabulary &v) {
                  m = v.metadata("gpt-2");
                  m.flag("tokenizer.ggml.add_bos_token", true);
                  m.number("tokenizer.ggml.bos_token_id", 1u << 30);
              }).find("bos_token_id"),
              std::string::npos);
}

} // namespace
} // namespace tessera
