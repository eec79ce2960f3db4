// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace tessera {

/// Bytes [begin, end) of a text.
struct TextRange {
    std::size_t begin = 0;
    std::size_t end = 0;
    bool operator==(const TextRange &) const = default;
};

/// A regular expression as tokenizer.json holds them: Oniguruma's dialect (Ruby syntax, Unicode classes), run by PCRE2. What
/// the two understand differently is translated (\s, \w, \d, \b, \h, ^, $, \uHHHH) or refused. Immutable; matching is thread
/// safe.
class Regex {
public:
    /// where names the source in the sentence of an error. Throws Error (BadInput) for a pattern that is no such expression
    /// or uses what is not supported.
    Regex(std::string_view pattern, const std::string &where);
    /// Matches exactly this text.
    static Regex literal(std::string_view text, const std::string &where);

    /// All matches in text, which must be valid UTF-8, leftmost first and without overlaps; an empty match moves on by one
    /// character. Throws Error (BadInput) when the expression needs too many steps on this text.
    std::vector<TextRange> matches(std::string_view text) const;

private:
    struct Compiled;
    std::shared_ptr<const Compiled> m_compiled;
};

/// The same expression in PCRE2's dialect. Exposed for its tests.
std::string translateRegex(std::string_view pattern, const std::string &where);

} // namespace tessera
