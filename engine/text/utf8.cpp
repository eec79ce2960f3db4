// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#include "engine/text/utf8.h"

#include <array>

namespace tessera {
namespace {

struct Sequence {
    std::size_t size = 1; ///< Bytes of the well-formed sequence, or of the maximal part of an ill-formed one.
    bool valid = false;
};

bool within(std::string_view text, std::size_t offset, unsigned char low, unsigned char high)
{
    return offset < text.size() && static_cast<unsigned char>(text[offset]) >= low
           && static_cast<unsigned char>(text[offset]) <= high;
}

/// Table 3-7 of the Unicode standard: the second byte's range depends on the first.
Sequence sequenceAt(std::string_view text, std::size_t offset)
{
    auto lead = static_cast<unsigned char>(text[offset]);
    if (lead < 0x80)
        return {1, true};
    if (lead < 0xC2 || lead > 0xF4)
        return {1, false};
    std::size_t length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    unsigned char low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
    unsigned char high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
    if (!within(text, offset + 1, low, high))
        return {1, false};
    for (std::size_t i = 2; i < length; ++i)
        if (!within(text, offset + i, 0x80, 0xBF))
            return {i, false};
    return {length, true};
}

struct ByteAlphabet {
    std::array<char32_t, 256> characters{};
    std::array<std::int16_t, 324> bytes{};

    ByteAlphabet()
    {
        bytes.fill(-1);
        char32_t next = 256;
        for (unsigned byte = 0; byte < 256; ++byte) {
            bool printable = (byte >= '!' && byte <= '~') || (byte >= 0xA1 && byte <= 0xAC) || byte >= 0xAE;
            characters[byte] = printable ? byte : next++;
            bytes[characters[byte]] = static_cast<std::int16_t>(byte);
        }
    }
};

const ByteAlphabet &byteAlphabet()
{
    static const ByteAlphabet alphabet;
    return alphabet;
}

} // namespace

CodePoint codePointAt(std::string_view text, std::size_t offset)
{
    auto byte = [&](std::size_t i) {
        return offset + i < text.size() ? static_cast<unsigned char>(text[offset + i]) : 0u;
    };
    char32_t lead = byte(0);
    if (lead < 0x80)
        return {lead, 1};
    if (lead < 0xE0)
        return {(lead & 0x1F) << 6 | (byte(1) & 0x3F), 2};
    if (lead < 0xF0)
        return {(lead & 0x0F) << 12 | (byte(1) & 0x3F) << 6 | (byte(2) & 0x3F), 3};
    return {(lead & 0x07) << 18 | (byte(1) & 0x3F) << 12 | (byte(2) & 0x3F) << 6 | (byte(3) & 0x3F), 4};
}

std::size_t codePointBefore(std::string_view text, std::size_t end)
{
    std::size_t begin = end - 1;
    while (begin > 0 && (static_cast<unsigned char>(text[begin]) & 0xC0) == 0x80)
        --begin;
    return begin;
}

void appendUtf8(std::string &text, char32_t codePoint)
{
    auto push = [&](char32_t byte) { text.push_back(static_cast<char>(static_cast<unsigned char>(byte))); };
    if (codePoint < 0x80) {
        push(codePoint);
    } else if (codePoint < 0x800) {
        push(0xC0 | codePoint >> 6);
        push(0x80 | (codePoint & 0x3F));
    } else if (codePoint < 0x10000) {
        push(0xE0 | codePoint >> 12);
        push(0x80 | (codePoint >> 6 & 0x3F));
        push(0x80 | (codePoint & 0x3F));
    } else {
        push(0xF0 | codePoint >> 18);
        push(0x80 | (codePoint >> 12 & 0x3F));
        push(0x80 | (codePoint >> 6 & 0x3F));
        push(0x80 | (codePoint & 0x3F));
    }
}

std::size_t codePointCount(std::string_view text)
{
    std::size_t count = 0;
    for (char c : text)
        count += (static_cast<unsigned char>(c) & 0xC0) != 0x80;
    return count;
}

bool isValidUtf8(std::string_view text)
{
    for (std::size_t at = 0; at < text.size();) {
        Sequence sequence = sequenceAt(text, at);
        if (!sequence.valid)
            return false;
        at += sequence.size;
    }
    return true;
}

std::string replaceInvalidUtf8(std::string_view text)
{
    std::string result;
    result.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
        Sequence sequence = sequenceAt(text, at);
        if (sequence.valid)
            result.append(text, at, sequence.size);
        else
            result += "\xEF\xBF\xBD";
        at += sequence.size;
    }
    return result;
}

char32_t characterOfByte(std::uint8_t byte) { return byteAlphabet().characters[byte]; }

std::optional<std::uint8_t> byteOfCharacter(char32_t character)
{
    const auto &bytes = byteAlphabet().bytes;
    if (character >= bytes.size() || bytes[character] < 0)
        return std::nullopt;
    return static_cast<std::uint8_t>(bytes[character]);
}

std::string toByteAlphabet(std::string_view bytes)
{
    std::string text;
    text.reserve(bytes.size() + bytes.size() / 4);
    for (char c : bytes)
        appendUtf8(text, characterOfByte(static_cast<std::uint8_t>(c)));
    return text;
}

std::optional<std::string> fromByteAlphabet(std::string_view text)
{
    std::string bytes;
    bytes.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
        CodePoint point = codePointAt(text, at);
        std::optional<std::uint8_t> byte = byteOfCharacter(point.value);
        if (!byte)
            return std::nullopt;
        bytes.push_back(static_cast<char>(*byte));
        at += point.size;
    }
    return bytes;
}

} // namespace tessera
