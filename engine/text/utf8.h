// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tessera {

/// One code point and how many bytes it takes.
struct CodePoint {
    char32_t value = 0;
    std::size_t size = 0;
};

/// The code point that begins at offset of valid UTF-8. Precondition: offset < text.size().
CodePoint codePointAt(std::string_view text, std::size_t offset);
/// Where the last code point before end begins. Precondition: 0 < end <= text.size().
std::size_t codePointBefore(std::string_view text, std::size_t end);
void appendUtf8(std::string &text, char32_t codePoint);
/// The number of code points of valid UTF-8.
std::size_t codePointCount(std::string_view text);

bool isValidUtf8(std::string_view text);
/// Replaces every maximal part of an ill-formed sequence by one U+FFFD (Unicode standard, section 3.9, U+FFFD Substitution of
/// Maximal Subparts), as Rust's and Python's decoders do.
std::string replaceInvalidUtf8(std::string_view text);

/// The alphabet of byte-level BPE (GPT-2): a printable character for each byte, the byte itself where it is printable in
/// Latin-1, otherwise U+0100 and up.
char32_t characterOfByte(std::uint8_t byte);
std::optional<std::uint8_t> byteOfCharacter(char32_t character);
/// Bytes to the characters that stand for them, in UTF-8.
std::string toByteAlphabet(std::string_view bytes);
/// The reverse; nothing where a character stands for no byte.
std::optional<std::string> fromByteAlphabet(std::string_view text);

} // namespace tessera
