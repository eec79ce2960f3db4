# SPDX-FileCopyrightText: Tessera contributors
# SPDX-License-Identifier: Apache-2.0
"""Texts that tokenizers disagree about: a fixed list for the fixtures and an endless supply of random ones."""
import random
import unicodedata

WHITE_SPACE = "\t\n\x0b\x0c\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
NEARLY_SPACE = "\x1c\x1d\x1e\x1f\u180e\u200b\u200c\u200d\u2060\ufeff\xad"
SPECIALS = ["<|endoftext|>", "<|begin_of_text|>", "<|im_start|>", "<|im_end|>", "<mask>", "<word>", "<é>", "[L]", "[R]", "<tool_call>",
            "Straße", "    ", "<|end", "|>", "<|", "hello"]
CONTRACTIONS = ["'s", "'t", "'re", "'ve", "'m", "'ll", "'d", "'S", "'T", "'RE", "'Ve", "'M", "'lL", "'D", "’s", "'\u017f", "'ſt", "'K",
                "'x", "''s", "'", "'sx", "'ŉ"]
WORDS = ["hello", "world", "Hello", "WORLD", "naïve", "naïve", "café", "café", "Straße", "ﬁne", "ﬃ", "İstanbul", "ǅ", "ǆ", "Ω", "Ω", "Å", "Å",
         "안녕하세요", "안녕", "각", "ᄒ", "漢字", "豈", "日本語", "ひらがな", "カタカナ", "ｶﾞ", "がぎ",
         "שלום", "שָׁלוֹם", "مرحبا", "السَّلامُ", "हिन्दी", "क्षि", "ไทย", "ไทยภาษา", "தமிழ்", "Ελληνικά", "Русский", "ქართული", "ᚠᚢᚦ", "አማርኛ",
         "ꓤꓯ", "𐍈𐌰", "𝔘𝔫𝔦", "𝟘𝟙", "𠮷野家", "𒀀𒁀", "👨‍👩‍👧‍👦", "👍🏽", "🇩🇪🇫🇷", "🏴\U000e0067\U000e0062\U000e007f", "❤️", "☺", "#️⃣",
         "1st", "x86_64", "3.14159", "1,234,567", "2024-01-31", "0xDEADBEEF", "١٢٣", "१२३४", "๑๒๓", "½⅓", "²³", "ⅣⅫ", "①②", "〇一二", "𝟏𝟐", "௧௨", "꘡꘢",
         "foo_bar", "__init__", "camelCase", "a.b.c", "->", "!=", "===", "/*", "*/", "//", "{{", "}}", "\\n", "\\u0041", "\\ud83d", "%s", "$HOME",
         "&amp;", "<br/>", "http://x.y/z?q=1&r=2#s", "a@b.c", "C++", "#include", "def f(x):", "return", "0.5e-10", "—", "…", "“quoted”", "‘q’", "«»",
         "、。", "！？", "·", "©", "™", "€", "£1", "¥", "∑∫", "→", "\u0301", "\u0300\u0316", "a\u0301\u0316", "a\u0316\u0301", "q\u0307\u0323", "\u1e9b\u0323",
         "\ue000", "\uf8ff", "\ufdd0", "\uffff", "\ufffd", "\U0001ffff", "\U0010ffff", "\U000f0000", "\U000e0001", "\u202e", "\u2066", "\u0378",
         "\U00031350\U000323af", "\U0002ebf0", "\U00010d50\U00010d70", "\U00011f50\U00011f51", "\U0001e030", "\u1c89", "\ua7cb", "\U00011938", "㋿",
         "\x00", "\x01", "\x07", "\x08", "\x1b[0m", "\x7f", "\x80", "\x9f", "Ġ", "Ċ", "Ġthe", "Ā", "ł", "Ń"]
CODE = ["for (int i = 0; i < n; ++i) {\n\tsum += a[i];\n}\n", "def f(x):\n    return x ** 2  # square\n\n\nprint(f(3))\n",
        "SELECT * FROM t WHERE a='b' AND c<>1;", "{\"a\": [1, 2.5, null, true], \"b\": {\"c\": \"d\\n\"}}", "<a href=\"x\">y</a>\r\n",
        "if (a && b || !c) return a?b:c;", "\\begin{equation} x^2 \\end{equation}", "git commit -m \"it's\" && ls -la | grep '^d'",
        "std::vector<std::string> v{\"a\", \"b\"};", "let x = `${y}`;\n\n// done", "\t\t\tindented\n\t\t\t\tmore\n", "x=1;y=2;z=x+y;"]


def fixed_strings():
    """Every kind of trouble by name, each at least once."""
    texts = ["", " ", "  ", "   ", "\n", "\n\n", "\r\n", "\r\n\r\n", "\t", " \n", "\n ", " \n ", "a", " a", "a ", "  a", "a  ", "a b", "a  b", "a   b",
             "a\nb", "a\n\nb", "a \n b", "a\n \nb", "a \n\n  b", "a\r\nb", "a\tb", "a \tb", "a\t b", "\n\n\na", "a\n\n\n", " . ", "...", " ...", "!!!\n\n\n", ".\n",
             ". \n", "?\r\n?", "1", "12", "123", "1234", "12345", "123456", "1234567", " 1", " 12", " 1234", "a1", "1a", "a 1 b", "1 2 3", "12 345 6789", "1\n2",
             "9" * 30, "-1", "+1", "1.", ".1", "1.5", "1e5", "1_000", "1 000"]
    for space in WHITE_SPACE + NEARLY_SPACE:
        texts += [space, "a" + space + "b", space * 2 + "x", "x" + space * 3, "1" + space + " !", " " + space + "é"]
    for contraction in CONTRACTIONS:
        texts += ["it" + contraction, "I" + contraction + " x", contraction, " " + contraction + "9"]
    for special in SPECIALS:
        texts += [special, "a" + special + "b", " " + special + " ", special * 3, "x " + special + "\n\ty", special[:-1], special[1:], special.upper(),
                  "_" + special, special + "1", special + "\u0301"]
    texts += WORDS
    texts += [" " + word + " " + word + "," + word for word in WORDS]
    texts += CODE
    texts += ["".join(SPECIALS), " ".join(SPECIALS), "<|endoftext|><|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n", "<|endoftext|",
              "<<|endoftext|>>", "<|endoftext|><|endoftext|>", "[L] [R]", "[R] [L]", "  [L]  [R]  ", "\u3000[L]\u3000[R]\u3000", "x[L]\n\n[L]y", "<word><word>",
              "é<word>é", "9<word>", "_<word>", "-<word>-", "HELLO hello heLLo", "cafe\u0301 <é> <e\u0301>"]
    for block in range(0, 0x110000, 0x1000):
        points = [block + offset for offset in (0x21, 0x3A7, 0x7FF, 0xC05)]
        text = "".join(chr(p) for p in points if not 0xD800 <= p < 0xE000 and unicodedata.category(chr(p)) != "Cn")
        if text and (block < 0x20000 or block % 0x8000 == 0):
            texts += [text, " " + " ".join(text)]
    texts += ["a" * 1500, " " * 1000, "\n" * 700, "ab" * 600, "1" * 700, "!" * 600, "é" * 400, "e\u0301" * 300, "漢" * 300, "👍" * 200, " a" * 500, "a " * 300,
              "\t \n" * 200, "'s" * 200, "가" * 200, "\u0301" * 200, "\x00" * 300, "x" + " " * 500 + "y", "Ab1 " * 150]
    seen = set()
    return [text for text in texts if not (text in seen or seen.add(text))]


def any_character(generator):
    """A character from anywhere, mostly one that Python's tables know; newer and unassigned ones too."""
    while True:
        plane = generator.choices([0, 1, 2, 3, 14, 15, 16], [12, 6, 2, 1, 1, 1, 1])[0]
        point = plane * 0x10000 + generator.randrange(0x10000)
        if 0xD800 <= point < 0xE000:
            continue
        if unicodedata.category(chr(point)) != "Cn" or generator.random() < 0.1:
            return chr(point)


def random_string(generator):
    parts = []
    for _ in range(generator.choice([1, 2, 3, 5, 8, 13, 30])):
        kind = generator.randrange(12)
        if kind == 0:
            part = generator.choice(SPECIALS)
        elif kind == 1:
            part = generator.choice(CONTRACTIONS)
        elif kind in (2, 3):
            part = generator.choice(WORDS)
        elif kind == 4:
            part = generator.choice(WHITE_SPACE + "      \n\n\n\r\t") * generator.choice([1, 1, 1, 2, 3])
        elif kind == 5:
            part = "".join(generator.choice("abcdefghijklmnopqrstuvwxyzABC'  \n.,;0123456789<|>_-") for _ in range(generator.randrange(1, 12)))
        elif kind == 6:
            part = "".join(any_character(generator) for _ in range(generator.randrange(1, 4)))
        elif kind == 7:
            part = chr(generator.randrange(0x20, 0x250))
        elif kind == 8:
            part = str(generator.randrange(10 ** generator.randrange(1, 9)))
        elif kind == 9:
            part = generator.choice("\u0300\u0301\u0316\u0327\u0345\u093c\u3099\u1161\u11a8\u05b0\u0f71\U0001d165\u1100\uac00\u00c5\u212b\u2126\u0958\ufb1d")
        elif kind == 10:
            part = generator.choice(CODE)
            begin = generator.randrange(len(part))
            part = part[begin:begin + generator.randrange(1, 12)]
        else:
            part = generator.choice(NEARLY_SPACE + "!?.,-_'\"()[]{}<>|/\\@#$%^&*~`+=:;")
        parts.append(part)
        if generator.random() < 0.3:
            parts.append(" ")
    return "".join(parts)


def random_strings(count, seed):
    generator = random.Random(seed)
    return [random_string(generator) for _ in range(count)]
