// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/text/bpe_trainer.h"

#include "engine/base/error.h"
#include "engine/base/json.h"
#include "engine/text/tokenizer.h"
#include "engine/text/utf8.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace tessera {
namespace {

/// The words of a text of lower-case letters and single spaces, as GPT-2's pattern cuts it.
std::vector<std::string> wordsOf(const std::string &text)
{
    std::vector<std::string> words;
    for (std::size_t i = 0; i < text.size(); ++i) {
        bool begins = words.empty() || (text[i] == ' ' && text[i - 1] != ' ')
                      || (text[i] == ' ' && i + 1 < text.size() && text[i + 1] != ' ');
        if (begins)
            words.emplace_back();
        words.back() += text[i];
    }
    return words;
}

using Pair = std::pair<int, int>;

/// Byte pair encoding by the book: all pairs are counted anew before every merge.
std::vector<std::string> naiveTokens(const std::string &text, std::size_t vocabularySize, int minimumCount)
{
    std::vector<std::string> tokens;
    for (char32_t c = 0; c < 0x200; ++c)
        if (byteOfCharacter(c)) {
            tokens.emplace_back();
            appendUtf8(tokens.back(), c);
        }
    std::vector<std::vector<int>> words;
    for (const std::string &word : wordsOf(text)) {
        words.emplace_back();
        for (char c : word) {
            std::string token = toByteAlphabet(std::string(1, c));
            words.back().push_back(static_cast<int>(std::find(tokens.begin(), tokens.end(), token) - tokens.begin()));
        }
    }
    while (tokens.size() < vocabularySize) {
        std::map<Pair, int> counts;
        for (const auto &word : words)
            for (std::size_t i = 0; i + 1 < word.size(); ++i)
                ++counts[{word[i], word[i + 1]}];
        std::pair<Pair, int> best{{0, 0}, 0};
        for (const auto &entry : counts)
            if (entry.second > best.second)
                best = entry;
        if (best.second < minimumCount)
            break;
        std::string joined = tokens[static_cast<std::size_t>(best.first.first)] + tokens[static_cast<std::size_t>(best.first.second)];
        auto known = std::find(tokens.begin(), tokens.end(), joined);
        auto id = static_cast<int>(known - tokens.begin());
        if (known == tokens.end())
            tokens.push_back(joined);
        for (auto &word : words)
            for (std::size_t i = 0; i + 1 < word.size(); ++i)
                if (Pair(word[i], word[i + 1]) == best.first) {
                    word[i] = id;
                    word.erase(word.begin() + static_cast<std::ptrdiff_t>(i) + 1);
                }
    }
    return tokens;
}

std::vector<std::string> trainedTokens(const std::string &text, const BpeTraining &options)
{
    BpeTrainer trainer;
    trainer.addText(text);
    Json json = parseJson(trainer.train(options), "the trained tokenizer");
    std::vector<std::string> tokens(json["model"]["vocab"].size());
    for (const auto &[token, id] : json["model"]["vocab"].items())
        tokens.at(id.get<std::size_t>()) = token;
    return tokens;
}

RC_GTEST_PROP(BpeTrainer, FindsTheTokensOfCountingEverythingAnewBeforeEachMerge, ())
{
    auto text = *rc::gen::container<std::string>(*rc::gen::inRange(0, 200), rc::gen::element('a', 'b', 'c', ' '));
    RC_PRE(text.find("  ") == std::string::npos && !text.ends_with(' '));
    int minimum = *rc::gen::inRange(1, 4);
    auto size = *rc::gen::inRange<std::size_t>(256, 300);
    BpeTraining options{static_cast<std::int64_t>(size), {}, minimum};
    RC_ASSERT(trainedTokens(text, options) == naiveTokens(text, size, minimum));
}

TEST(BpeTrainer, MergesTheFirstPairOfTheLowerIdsWhereCountsAreEqual)
{
    std::vector<std::string> tokens = trainedTokens("ab cd ab cd", {257, {}, 2});
    EXPECT_EQ(tokens.back(), "ab");
}

TEST(BpeTrainer, PutsSpecialTokensFirstAndTheyAreNotPartOfTheText)
{
    BpeTrainer trainer;
    trainer.addText("the cat and the dog and the bird");
    Tokenizer tokenizer = Tokenizer::fromJson(trainer.train({270, {"<|endoftext|>", "<pad>"}, 2}), "trained");
    EXPECT_EQ(tokenizer.idOf("<|endoftext|>"), 0);
    EXPECT_EQ(tokenizer.idOf("<pad>"), 1);
    EXPECT_EQ(tokenizer.encode("<pad>").size(), 1u);
    EXPECT_TRUE(tokenizer.isSpecial(1));
    EXPECT_EQ(tokenizer.encode(" the").size(), 1u);
}

TEST(BpeTrainer, EncodesAnyTextAfterTrainingOnOneLetter)
{
    BpeTrainer trainer;
    trainer.addText("aaaa");
    Tokenizer tokenizer = Tokenizer::fromJson(trainer.train({4096, {}, 1}), "trained");
    std::string text = "naïve 漢字 👍🏽\n\t\x01";
    EXPECT_EQ(tokenizer.decode(tokenizer.encode(text)), text);
}

TEST(BpeTrainer, RefusesAVocabularyThatCannotHoldTheBytes)
{
    BpeTrainer trainer;
    EXPECT_THROW(trainer.train({255, {}, 2}), Error);
    EXPECT_THROW(trainer.train({256, {"<s>"}, 2}), Error);
    EXPECT_THROW(trainer.train({300, {"a"}, 2}), Error);
    EXPECT_THROW(trainer.train({300, {"<s>", "<s>"}, 2}), Error);
    EXPECT_THROW(trainer.train({300, {""}, 2}), Error);
}

} // namespace
} // namespace tessera
