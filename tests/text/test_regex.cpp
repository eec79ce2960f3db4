// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/text/regex.h"

#include "engine/base/error.h"
#include "engine/text/normalizer.h"
#include "engine/text/utf8.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

namespace tessera {
namespace {

std::vector<std::string> found(const std::string &pattern, const std::string &text)
{
    std::vector<std::string> result;
    for (TextRange range : Regex(pattern, "the test").matches(text))
        result.push_back(text.substr(range.begin, range.end - range.begin));
    return result;
}

using Strings = std::vector<std::string>;

TEST(Regex, FindsTheLeftmostMatchesWithoutOverlaps)
{
    EXPECT_EQ(found("ab|b+", "abbab"), (Strings{"ab", "b", "ab"}));
    EXPECT_EQ(found("x*", "axxb"), (Strings{"", "xx", ""}));
    EXPECT_EQ(found(R"(\p{N}{1,3})", "12345 ½"), (Strings{"123", "45", "½"}));
    EXPECT_EQ(found(R"((?i:'s|'ll))", "it'S 'LL 'ſ"), (Strings{"'S", "'LL", "'ſ"}));
    EXPECT_EQ(found(R"(\s+(?!\S)|\s+)", "a   b"), (Strings{"  ", " "}));
}

TEST(Regex, ClassesAreThoseOfOniguruma)
{
    for (char32_t c = 0; c < 0x3100; ++c) {
        std::string text;
        appendUtf8(text, c);
        EXPECT_EQ(!found(R"(\s)", text).empty(), isWhiteSpace(c)) << std::uint32_t(c);
        EXPECT_EQ(!found(R"([^\S])", text).empty(), isWhiteSpace(c)) << std::uint32_t(c);
        EXPECT_EQ(found(R"(\S)", text).empty(), isWhiteSpace(c)) << std::uint32_t(c);
    }
    EXPECT_EQ(found(R"(\w+)", "aé_\u0301٣²-x"), (Strings{"aé_\u0301٣²", "x"}));
    EXPECT_EQ(found(R"(\h+)", "xBEEFg09"), (Strings{"BEEF", "09"}));
    EXPECT_EQ(found(R"(\d)", "1٣½"), (Strings{"1", "٣"}));
    EXPECT_EQ(found(R"(\bé\w*)", "aéx éx"), (Strings{"éx"}));
    EXPECT_EQ(found(R"(^a$)", "a\nb\na"), (Strings{"a", "a"}));
    EXPECT_EQ(found(R"(\u00e9|\x{1F44D}|\v)", "é👍\x0b\n"), (Strings{"é", "👍", "\x0b"}));
    EXPECT_EQ(found(R"(a{,2}b)", "aaab"), (Strings{"aab"}));
    EXPECT_EQ(found(R"([\p{Han}ー]+)", "漢字ー、、"), (Strings{"漢字ー"}));
    EXPECT_EQ(found(R"(\P{L}+)", "ab1 2é"), (Strings{"1 2"}));
    EXPECT_EQ(found(R"(\p{^L})", "a1"), (Strings{"1"}));
}

TEST(Regex, LettersOfUnicode16AreLettersWithEveryPcre2)
{
    // CJK extension H (15.0), extension I (15.1), Garay (16.0), Kawi digits (15.0).
    EXPECT_EQ(found(R"(\p{L}+)", "\U00031350\U0002EBF0\U00010D50!"), (Strings{"\U00031350\U0002EBF0\U00010D50"}));
    EXPECT_EQ(found(R"(\p{Nd})", "\U00011F50"), (Strings{"\U00011F50"}));
    EXPECT_EQ(found(R"([^\s\p{L}\p{N}]+)", "a\U00031350,\U00011F50"), (Strings{","}));
}

TEST(Regex, LiteralTextMatchesItselfOnly)
{
    std::string text = "a.b*(c)[d]\\|^$ \n-#é";
    Regex regex = Regex::literal(text, "the test");
    EXPECT_EQ(regex.matches("x" + text + text).size(), 2u);
    EXPECT_TRUE(regex.matches("axb*(c)[d]\\|^$ \n-#é").empty());
}

TEST(Regex, RefusesWhatTheDialectsUnderstandDifferently)
{
    for (const char *pattern : {"[a[b]]", "[a&&b]", "a{2}+", "a{2}?", "(?m:.)", "a(?i)b", R"(\R)", R"(\K)", R"(\1)", R"(\C)", R"([\W])", R"(\xff)",
                                R"(\u12)", R"(\p)", "(", "[", "a\\", "*", R"(\p{Nonsense})", "[b-a]", "(?R)", "(*COMMIT)a"})
        EXPECT_THROW(Regex(pattern, "the test"), Error) << pattern;
    EXPECT_THROW(Regex(std::string("a\0b", 3), "the test"), Error);
    EXPECT_THROW(Regex("\xff", "the test"), Error);
    EXPECT_THROW(Regex(std::string(1000, '(') + std::string(1000, ')'), "the test"), Error);
}

TEST(Regex, AnExpressionThatExplodesEndsWithAnErrorInSeconds)
{
    auto begin = std::chrono::steady_clock::now();
    EXPECT_THROW(found("(a+)+b|(a|aa)+c", std::string(200, 'a')), Error);
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(20));
}

} // namespace
} // namespace tessera
