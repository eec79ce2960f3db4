// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/text/utf8.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <set>
#include <string>

namespace tessera {
namespace {

TEST(Utf8, EveryCodePointThatIsWrittenIsReadBack)
{
    for (char32_t c = 0; c < 0x110000; ++c) {
        if (c >= 0xD800 && c < 0xE000)
            continue;
        std::string text = "a";
        appendUtf8(text, c);
        ASSERT_TRUE(isValidUtf8(text)) << std::uint32_t(c);
        CodePoint point = codePointAt(text, 1);
        ASSERT_EQ(point.value, c);
        ASSERT_EQ(point.size, text.size() - 1);
        ASSERT_EQ(codePointBefore(text, text.size()), 1u);
    }
}

TEST(Utf8, ReplacesMaximalPartsAsTheUnicodeStandardShowsIt)
{
    // The examples of section 3.9, tables 3-8 to 3-11.
    const std::string r = "\xEF\xBF\xBD";
    EXPECT_EQ(replaceInvalidUtf8("\xC0\xAF\xE0\x80\xBF\xF0\x81\x82\x41"), r + r + r + r + r + r + r + r + "A");
    EXPECT_EQ(replaceInvalidUtf8("\xED\xA0\x80\xED\xBF\xBF\xED\xAF\x41"), r + r + r + r + r + r + r + r + "A");
    EXPECT_EQ(replaceInvalidUtf8("\xF4\x91\x92\x93\xFF\x41\x80\xBF\x42"), r + r + r + r + r + "A" + r + r + "B");
    EXPECT_EQ(replaceInvalidUtf8("\xE1\x80\xE2\xF0\x91\x92\xF1\xBF\x41"), r + r + r + r + "A");
}

RC_GTEST_PROP(Utf8, ReplacingLeavesValidTextAloneAndAlwaysGivesValidText, (const std::string &bytes))
{
    std::string repaired = replaceInvalidUtf8(bytes);
    RC_ASSERT(isValidUtf8(repaired));
    RC_ASSERT(isValidUtf8(bytes) == (repaired == bytes));
}

TEST(ByteAlphabet, HasOneCharacterForEachByteAndNoneIsASpaceOrControl)
{
    std::set<char32_t> characters;
    for (unsigned byte = 0; byte < 256; ++byte) {
        char32_t c = characterOfByte(static_cast<std::uint8_t>(byte));
        characters.insert(c);
        EXPECT_EQ(byteOfCharacter(c), static_cast<std::uint8_t>(byte));
        EXPECT_GT(c, 0x20u);
        EXPECT_FALSE(c >= 0x7F && c <= 0xA0) << byte;
    }
    EXPECT_EQ(characters.size(), 256u);
    EXPECT_EQ(characterOfByte(' '), U'Ġ');
    EXPECT_EQ(characterOfByte('\n'), U'Ċ');
    EXPECT_EQ(characterOfByte('a'), U'a');
}

RC_GTEST_PROP(ByteAlphabet, BytesComeBack, (const std::string &bytes))
{
    RC_ASSERT(fromByteAlphabet(toByteAlphabet(bytes)) == bytes);
}

TEST(ByteAlphabet, OtherCharactersStandForNoByte)
{
    EXPECT_EQ(fromByteAlphabet("a b"), std::nullopt);
    EXPECT_EQ(fromByteAlphabet("漢"), std::nullopt);
}

} // namespace
} // namespace tessera
