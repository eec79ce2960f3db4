#!/usr/bin/env python3
# SPDX-FileCopyrightText: Tessera contributors
# SPDX-License-Identifier: Apache-2.0
"""Writes engine/text/unicode_additions.cpp: the characters that the reference (Hugging Face's tokenizers 0.21, Unicode 16) knows
and Unicode 14 (Python 3.11's unicodedata, Debian 12's PCRE2) does not, by general category.

    make_unicode_additions.py > engine/text/unicode_additions.cpp
"""
import unicodedata

from tokenizers import Regex, pre_tokenizers

CATEGORIES = "Lu Ll Lt Lm Lo Mn Mc Me Nd Nl No Pc Pd Ps Pe Pi Pf Po Sm Sc Sk So Cf".split()


def main():
    assert unicodedata.unidata_version == "14.0.0"
    points = [c for c in range(0x110000) if not 0xD800 <= c < 0xE000 and unicodedata.category(chr(c)) == "Cn"]
    text = "".join(map(chr, points))
    lines = []
    for category in CATEGORIES:
        found = []
        split = pre_tokenizers.Split(Regex(rf"\p{{{category}}}"), "removed", invert=True)
        for _, (begin, end) in split.pre_tokenize_str(text):
            found += points[begin:end]
        ranges = []
        for point in sorted(found):
            if ranges and ranges[-1][1] == point - 1:
                ranges[-1][1] = point
            else:
                ranges.append([point, point])
        lines += [f'{{0x{a:X}, 0x{b:X}, "{category}"}},' for a, b in ranges]
    print("// SPDX-FileCopyrightText: Tessera contributors\n// SPDX-License-Identifier: Apache-2.0")
    print("// Written by tests/data/text/make_unicode_additions.py.")
    print('#include "engine/text/unicode_additions.h"\n\nnamespace tessera {\n')
    print("std::span<const UnicodeAddition> unicodeAdditions()\n{\n    static constexpr UnicodeAddition additions[] = {")
    line = ""
    for item in lines:
        if len(line) + len(item) > 110:
            print("        " + line)
            line = ""
        line += (" " if line else "") + item
    print("        " + line + "\n    };\n    return additions;\n}\n\n} // namespace tessera")


if __name__ == "__main__":
    main()
