// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/text/corpus.h"
#include "engine/text/token_file.h"

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/hash.h"
#include "engine/text/bpe_trainer.h"
#include "engine/text/utf8.h"
#include "tests/base/temporary_folder.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <numeric>
#include <set>
#include <string>
#include <vector>

namespace tessera {
namespace {

using test::TemporaryFolder;

std::string sampleText()
{
    std::string text = "\xEF\xBB\xBF";
    for (int i = 0; i < 3000; ++i)
        text += std::string(i % 7 == 0 ? "\n\n" : " ") + "word" + std::to_string(i % 97) + (i % 5 ? " and more" : ", é漢👍  ");
    return text;
}

const Tokenizer &tokenizer()
{
    static const Tokenizer instance = [] {
        BpeTrainer trainer;
        trainer.addText(sampleText());
        return Tokenizer::fromJson(trainer.train({400, {"<|endoftext|>"}, 2}), "trained");
    }();
    return instance;
}

TEST(Corpus, ReadingInPiecesLosesNothingAndGivesTheTokensOfTheWholeText)
{
    TemporaryFolder folder;
    std::string text = sampleText();
    writeTextFileAtomically(folder / "a.txt", text);
    std::vector<TokenId> whole = tokenizer().encode(text.substr(3));
    for (std::size_t pieceBytes : {16u, 100u, 1000u, 1u << 20}) {
        std::string joined;
        std::vector<TokenId> tokens;
        readTextPieces(folder / "a.txt", pieceBytes, [&](std::string_view piece) {
            EXPECT_TRUE(isValidUtf8(piece));
            joined += piece;
            std::vector<TokenId> more = tokenizer().encode(piece);
            tokens.insert(tokens.end(), more.begin(), more.end());
            return true;
        });
        EXPECT_EQ(joined, text.substr(3)) << "pieces of " << pieceBytes;
        EXPECT_EQ(tokens, whole) << "pieces of " << pieceBytes;
    }
}

TEST(Corpus, TextWithoutAnyWordIsCutBetweenCharacters)
{
    TemporaryFolder folder;
    std::string text;
    for (int i = 0; i < 500; ++i)
        text += "漢👍é";
    writeTextFileAtomically(folder / "a.txt", text);
    std::string joined;
    int pieces = 0;
    readTextPieces(folder / "a.txt", 16, [&](std::string_view piece) {
        joined += piece;
        ++pieces;
        return true;
    });
    EXPECT_EQ(joined, text);
    EXPECT_GT(pieces, 5);
}

TEST(Corpus, TakesTheFirstTokensAndReadsSpecialTokensAsText)
{
    TemporaryFolder folder;
    writeTextFileAtomically(folder / "a.txt", "word1 <|endoftext|> word2");
    writeTextFileAtomically(folder / "b.txt", "and more");
    std::vector<std::filesystem::path> files = {folder / "a.txt", folder / "b.txt"};
    std::vector<TokenId> all = encodeTextFiles(tokenizer(), files);
    EXPECT_EQ(tokenizer().decode(all), "word1 <|endoftext|> word2and more");
    EXPECT_EQ(std::count(all.begin(), all.end(), *tokenizer().idOf("<|endoftext|>")), 0);
    std::vector<TokenId> first = encodeTextFiles(tokenizer(), files, 3);
    EXPECT_EQ(first, std::vector<TokenId>(all.begin(), all.begin() + 3));
    EXPECT_THROW(encodeTextFile(tokenizer(), folder / "absent.txt"), Error);
    EXPECT_THROW(encodeTextFile(tokenizer(), folder.path()), Error);
}

RC_GTEST_PROP(Corpus, PartsAreDisjointWindowsThatTogetherAreTheText, ())
{
    auto window = *rc::gen::inRange<std::int64_t>(1, 6);
    auto count = *rc::gen::inRange<std::int64_t>(3 * window, 100);
    auto shares = *rc::gen::pair(rc::gen::inRange(0, 50), rc::gen::inRange(0, 50));
    std::vector<TokenId> tokens(static_cast<std::size_t>(count));
    std::iota(tokens.begin(), tokens.end(), 0);
    CorpusSplit split{window, shares.first / 100.0, shares.second / 100.0, *rc::gen::arbitrary<std::uint64_t>()};
    CorpusParts parts = splitCorpus(tokens, split);
    std::vector<TokenId> all;
    for (const auto *part : {&parts.distil, &parts.score, &parts.test}) {
        RC_ASSERT(!part->empty());
        RC_ASSERT(part->size() % static_cast<std::size_t>(window) == 0u);
        for (std::size_t i = 0; i < part->size(); ++i)
            if (i % static_cast<std::size_t>(window) != 0)
                RC_ASSERT((*part)[i] == (*part)[i - 1] + 1);
        all.insert(all.end(), part->begin(), part->end());
    }
    std::sort(all.begin(), all.end());
    RC_ASSERT(all == std::vector<TokenId>(tokens.begin(), tokens.begin() + count / window * window));
    CorpusParts again = splitCorpus(tokens, split);
    RC_ASSERT(again.distil == parts.distil && again.score == parts.score && again.test == parts.test && again.hash == parts.hash);
}

TEST(Corpus, SharesDecideTheSizesOfTheParts)
{
    std::vector<TokenId> tokens(1000 * 8 + 3, 1);
    CorpusParts parts = splitCorpus(tokens, {8, 0.1, 0.05, 1});
    EXPECT_EQ(parts.score.size(), 800u);
    EXPECT_EQ(parts.test.size(), 400u);
    EXPECT_EQ(parts.distil.size(), 6800u);
    EXPECT_NE(parts.hash, splitCorpus(tokens, {8, 0.1, 0.05, 2}).hash);
}

TEST(Corpus, RefusesTextsThatAreTooShortAndSharesThatLeaveNothing)
{
    std::vector<TokenId> tokens(20, 1);
    EXPECT_THROW(splitCorpus(tokens, {7, 0.1, 0.1, 0}), Error);
    EXPECT_THROW(splitCorpus(tokens, {0, 0.1, 0.1, 0}), Error);
    EXPECT_THROW(splitCorpus(tokens, {2, 0.5, 0.5, 0}), Error);
    EXPECT_THROW(splitCorpus(tokens, {2, -0.1, 0.5, 0}), Error);
}

TEST(TokenFile, HoldsLittleEndianIntegersAndComesBackTheSame)
{
    TemporaryFolder folder;
    std::vector<TokenId> tokens = {0, 1, 258, 70000};
    std::string hash = writeTokenFile(folder / "t.tokens", tokens);
    std::string bytes("\0\0\0\0\1\0\0\0\2\1\0\0\x70\x11\1\0", 16);
    EXPECT_EQ(readTextFile(folder / "t.tokens", 100), bytes);
    EXPECT_EQ(hash, hashFile(folder / "t.tokens"));
    TokenFile file(folder / "t.tokens", 70001);
    EXPECT_TRUE(std::equal(tokens.begin(), tokens.end(), file.tokens().begin(), file.tokens().end()));
    EXPECT_EQ(file.hash(), hash);
}

TEST(TokenFile, RefusesOtherFilesAndTokensOutsideTheVocabulary)
{
    TemporaryFolder folder;
    writeTextFileAtomically(folder / "odd", "12345");
    EXPECT_THROW(TokenFile(folder / "odd", 100), Error);
    writeTokenFile(folder / "t", std::vector<TokenId>{1, 2, 3});
    EXPECT_THROW(TokenFile(folder / "t", 3), Error);
    writeTokenFile(folder / "n", std::vector<TokenId>{-1});
    EXPECT_THROW(TokenFile(folder / "n", 3), Error);
    EXPECT_THROW(TokenFile(folder / "absent", 3), Error);
}

} // namespace
} // namespace tessera
