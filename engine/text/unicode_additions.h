// SPDX-FileCopyrightText: Tessera contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>

namespace tessera {

/// A range of characters with their general category.
struct UnicodeAddition {
    char32_t first, last;
    std::string_view category; ///< "Lo"
};

/// The characters that Unicode 15 and 16 added to Unicode 14, by category. PCRE2 and ICU know what was assigned when they were
/// made; with these a text gives the same tokens with any version of them, and the same as with the tokenizers library.
std::span<const UnicodeAddition> unicodeAdditions();

} // namespace tessera
