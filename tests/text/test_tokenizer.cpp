// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/text/tokenizer.h"

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/json.h"
#include "engine/text/bpe_model.h"
#include "engine/text/utf8.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <map>
#include <string>
#include <thread>
#include <vector>

namespace tessera {
namespace {

using Tokens = std::vector<TokenId>;

const std::filesystem::path kFolder = std::filesystem::path(TESSERA_TEST_DATA) / "text";

Tokenizer fixture(const std::string &name) { return Tokenizer::open(kFolder / (name + ".tokenizer.json")); }

rc::Gen<std::string> anyText()
{
    auto character = rc::gen::oneOf(rc::gen::inRange<char32_t>(0, 0x80), rc::gen::inRange<char32_t>(0x80, 0xD800),
                                    rc::gen::inRange<char32_t>(0xE000, 0x110000), rc::gen::element<char32_t>(' ', '\n', '\'', 's', '<', '|'));
    return rc::gen::map(rc::gen::container<std::vector<char32_t>>(character), [](const std::vector<char32_t> &characters) {
        std::string text;
        for (char32_t c : characters)
            appendUtf8(text, c);
        return text;
    });
}

RC_GTEST_PROP(Tokenizer, DecodingWhatWasEncodedGivesTheTextBack, ())
{
    static const std::vector<Tokenizer> tokenizers = [] {
        std::vector<Tokenizer> list;
        for (const char *name : {"gpt2", "llama3", "smollm", "o200k"})
            list.push_back(fixture(name));
        return list;
    }();
    std::string text = *anyText();
    for (const Tokenizer &tokenizer : tokenizers) {
        RC_ASSERT(tokenizer.decode(tokenizer.encode(text)) == text);
        RC_ASSERT(tokenizer.decode(tokenizer.encode(text, EncodeOptions{.specialAsText = true})) == text);
        std::string bytes;
        for (TokenId token : tokenizer.encode(text))
            bytes += tokenizer.bytesOf(token);
        RC_ASSERT(bytes == text);
    }
}

RC_GTEST_PROP(Tokenizer, AnyBytesEncodeLikeTheirRepairedText, (const std::string &bytes))
{
    static const Tokenizer tokenizer = fixture("gpt2");
    RC_ASSERT(tokenizer.encode(bytes) == tokenizer.encode(replaceInvalidUtf8(bytes)));
}

/// Merges by looking for the best pair again after every merge.
Tokens naiveEncode(Tokens symbols, const std::map<std::pair<TokenId, TokenId>, std::pair<int, TokenId>> &merges)
{
    while (true) {
        std::size_t best = symbols.size();
        for (std::size_t i = 0; i + 1 < symbols.size(); ++i) {
            auto merge = merges.find({symbols[i], symbols[i + 1]});
            if (merge != merges.end()
                && (best == symbols.size() || merge->second.first < merges.at({symbols[best], symbols[best + 1]}).first))
                best = i;
        }
        if (best == symbols.size())
            return symbols;
        symbols[best] = merges.at({symbols[best], symbols[best + 1]}).second;
        symbols.erase(symbols.begin() + static_cast<std::ptrdiff_t>(best) + 1);
    }
}

RC_GTEST_PROP(BpeModel, MergesTheBestRankedLeftmostPairUntilNoneIsLeft, ())
{
    Json vocabulary = {{"a", 0}, {"b", 1}, {"c", 2}};
    Json merges = Json::array();
    std::map<std::pair<TokenId, TokenId>, std::pair<int, TokenId>> table;
    std::vector<std::string> tokens = {"a", "b", "c"};
    int count = *rc::gen::inRange(0, 14);
    for (int i = 0; i < count; ++i) {
        std::string left = *rc::gen::elementOf(tokens), right = *rc::gen::elementOf(tokens);
        std::string joined = left + right;
        std::pair<TokenId, TokenId> pair{vocabulary[left].get<TokenId>(), vocabulary[right].get<TokenId>()};
        if (joined.size() > 8 || table.count(pair))
            continue;
        if (!vocabulary.contains(joined)) {
            vocabulary[joined] = tokens.size();
            tokens.push_back(joined);
        }
        table[pair] = {i, vocabulary[joined].get<TokenId>()};
        merges.push_back(left + " " + right);
    }
    BpeModel model = BpeModel::fromJson({{"type", "BPE"}, {"vocab", vocabulary}, {"merges", merges}}, "the test");
    auto word = *rc::gen::container<std::string>(rc::gen::element('a', 'b', 'c'));
    Tokens symbols, encoded;
    for (char c : word)
        symbols.push_back(c - 'a');
    model.encode(word, encoded);
    RC_ASSERT(encoded == naiveEncode(symbols, table));
}

TEST(Tokenizer, SpecialTokensAreRecognisedUnlessTheyAreToBeText)
{
    Tokenizer tokenizer = fixture("qwen2");
    TokenId end = *tokenizer.idOf("<|endoftext|>");
    TokenId call = *tokenizer.idOf("<tool_call>");
    EXPECT_EQ(tokenizer.encode("<|endoftext|><tool_call>"), (Tokens{end, call}));
    Tokens asText = tokenizer.encode("<|endoftext|><tool_call>", EncodeOptions{.specialAsText = true});
    EXPECT_EQ(std::count(asText.begin(), asText.end(), end), 0);
    EXPECT_EQ(asText.back(), call) << "an added token that is not special stays a token";
    EXPECT_TRUE(tokenizer.isSpecial(end));
    EXPECT_FALSE(tokenizer.isSpecial(call));
    EXPECT_EQ(tokenizer.decode(Tokens{end, call}, true), "<tool_call>");
}

TEST(Tokenizer, IdsWithoutATokenDecodeToNothingAndHaveNoBytes)
{
    Tokenizer tokenizer = fixture("gpt2");
    EXPECT_EQ(tokenizer.decode(Tokens{1 << 30, -1}), "");
    EXPECT_THROW(tokenizer.bytesOf(static_cast<TokenId>(tokenizer.vocabulary())), Error);
    EXPECT_THROW(tokenizer.bytesOf(-1), Error);
}

TEST(Tokenizer, LongTextsOfAnyKindEncodeInAboutLinearTime)
{
    std::string prose;
    for (int i = 0; prose.size() < 200000; ++i)
        prose += "The " + std::to_string(i % 1000) + " quick brown foxes, it's said, jump\n\nover lazy dogs. ";
    std::vector<std::string> texts = {prose, std::string(200000, 'a'), std::string(200000, ' '), std::string(200000, '\n'),
                                      std::string(200000, '!'), std::string(200000, '1'), std::string(200000, '\0')};
    for (const char *name : {"llama3", "smollm", "added"}) {
        Tokenizer tokenizer = fixture(name);
        for (const std::string &text : texts) {
            auto begin = std::chrono::steady_clock::now();
            EXPECT_FALSE(tokenizer.encode(text).empty());
            std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
            // Far above the time it takes, far below what a quadratic step would take.
            EXPECT_LT(seconds.count(), 20) << name << " on much of " << text.substr(0, 8);
        }
    }
}

TEST(Tokenizer, ThreadsEncodeTheSame)
{
    Tokenizer tokenizer = fixture("llama3");
    std::string text = "Threads don't share 12345 scratch memory, naïve 漢字.";
    Tokens expected = tokenizer.encode(text);
    std::vector<Tokens> results(4);
    std::vector<std::thread> threads;
    for (Tokens &result : results)
        threads.emplace_back([&] {
            for (int i = 0; i < 200; ++i)
                result = tokenizer.encode(text);
        });
    for (std::thread &thread : threads)
        thread.join();
    for (const Tokens &result : results)
        EXPECT_EQ(result, expected);
}

TEST(Tokenizer, KeepsTheTextOfItsFile)
{
    std::string text = readTextFile(kFolder / "llama3.tokenizer.json", 1 << 20);
    EXPECT_EQ(Tokenizer::fromJson(text, "the test").toJson(), text);
}

} // namespace
} // namespace tessera
