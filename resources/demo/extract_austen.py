#!/usr/bin/env python3
# SPDX-FileCopyrightText: Tessera contributors
# SPDX-License-Identifier: Apache-2.0
"""Extracts the six novels of Jane Austen as UTF-8 text files, one a novel, from Debian's package r-cran-janeaustenr.

The texts are Project Gutenberg's plain-text editions and in the public domain. The package keeps them as an R lazy-load
database: an index (.rdx) and a file (.rdb) of zlib-compressed objects in R's XDR serialisation, version 3. This script reads that
format by itself, so that R need not be installed:

    python3 resources/demo/extract_austen.py OUT [--data FOLDER]

Title, author, year and the tables before the first chapter are left out, lines are joined to paragraphs, the marks of
italics (_word_) are dropped, and paragraphs are separated by an empty line.
"""
import argparse
import pathlib
import re
import struct
import sys
import zlib

NOVELS = {"sensesensibility": "sense_and_sensibility", "prideprejudice": "pride_and_prejudice",
          "mansfieldpark": "mansfield_park", "emma": "emma", "northangerabbey": "northanger_abbey",
          "persuasion": "persuasion"}

# R's type codes (R Internals, section 1.8).
SYMBOL, PAIR_LIST, CHARACTER, LOGICAL, INTEGER, REAL, STRINGS, LIST = 1, 2, 9, 10, 13, 14, 16, 19
NULL_VALUE, NULL_IN_PLACE, REFERENCE = 254, 0, 255


class Reader:
    """One object of R's XDR serialisation, for the few types that a data package holds."""

    def __init__(self, data):
        self.data, self.at, self.references = data, 0, []
        if data[:2] != b"X\n":
            raise ValueError("not R's XDR serialisation")
        self.at = 2
        version, _, _ = self.integers(3)
        if version == 3:
            self.take(self.integers(1)[0])  # The native encoding's name.
        elif version != 2:
            raise ValueError(f"unknown serialisation version {version}")

    def take(self, size):
        if size < 0 or self.at + size > len(self.data):
            raise ValueError("truncated object")
        self.at += size
        return self.data[self.at - size:self.at]

    def integers(self, count):
        return struct.unpack(f">{count}i", self.take(4 * count))

    def item(self):
        flags, = self.integers(1)
        kind, has_attributes, has_tag = flags & 255, flags >> 9 & 1, flags >> 10 & 1
        if kind in (NULL_VALUE, NULL_IN_PLACE):
            return None
        if kind == REFERENCE:
            index = flags >> 8 or self.integers(1)[0]
            return self.references[index - 1]
        if kind == SYMBOL:
            self.references.append(self.item())
            return self.references[-1]
        if kind == PAIR_LIST:
            return self.pair_list(has_attributes, has_tag)
        if kind == CHARACTER:
            size, = self.integers(1)
            return None if size == -1 else self.take(size).decode("utf-8")
        value = self.vector(kind)
        names = (self.item() or {}).get("names") if has_attributes else None
        return dict(zip(names, value)) if names else value

    def pair_list(self, has_attributes, has_tag):
        pairs = {}
        while True:
            if has_attributes:
                self.item()
            tag = self.item() if has_tag else None
            pairs[tag] = self.item()
            flags, = self.integers(1)
            if flags & 255 != PAIR_LIST:
                return pairs
            has_attributes, has_tag = flags >> 9 & 1, flags >> 10 & 1

    def vector(self, kind):
        count, = self.integers(1)
        if kind in (LOGICAL, INTEGER):
            return list(self.integers(count))
        if kind == REAL:
            return list(struct.unpack(f">{count}d", self.take(8 * count)))
        if kind in (STRINGS, LIST):
            return [self.item() for _ in range(count)]
        raise ValueError(f"unknown R type {kind}")


def read_database(stem):
    """Every object of a lazy-load database, by name."""
    index = Reader(zlib.decompress(stem.with_suffix(".rdx").read_bytes(), wbits=47)).item()["variables"]
    data = stem.with_suffix(".rdb").read_bytes()
    objects = {}
    for name, (start, size) in index.items():
        block = data[start:start + size]
        length, = struct.unpack(">I", block[:4])
        if block[4:5] == b"2" or block[4:5] == b"3":
            raise ValueError("this database is compressed with bzip2 or xz; only zlib is read")
        text = zlib.decompress(block[4:])
        if len(text) != length:
            raise ValueError(f"{name}: {len(text)} bytes instead of {length}")
        objects[name] = Reader(text).item()
    return objects


CHAPTER = re.compile(r"^\s*(chapter|volume)\b", re.IGNORECASE)


def clean(lines):
    """Paragraphs from the first chapter on."""
    first = next(i for i, line in enumerate(lines) if re.match(r"^\s*chapter\s+(1|i|one)\b", line, re.IGNORECASE))
    # A table of contents repeats the chapters' titles: the text begins where a chapter is followed by prose.
    while all(CHAPTER.match(line) or not line.strip() for line in lines[first:first + 6]):
        first = next(i for i in range(first + 1, len(lines)) if CHAPTER.match(lines[i]))
    paragraphs, current = [], []
    for line in lines[first:] + [""]:
        if line.strip():
            current.append(line.strip())
        elif current:
            paragraphs.append(" ".join(current))
            current = []
    if "A NOTE ON THE TEXT" in paragraphs:
        del paragraphs[paragraphs.index("A NOTE ON THE TEXT"):]
    # Remarks of the edition and footnotes.
    paragraphs = [p for p in paragraphs if not re.match(r"^\[.*edition.*\]$|^\*", p)]
    text = "\n\n".join(paragraphs)
    text = re.sub(r"_([^_\n]+)_", r"\1", text)
    text = re.sub(r"[ \t]+", " ", text)
    text = re.sub(r"\n*\s*\b(THE END|FINIS|Finis)\b\.?\s*$", "", text)
    return text.strip() + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=pathlib.Path, help="the folder to write to")
    parser.add_argument("--data", type=pathlib.Path, default=pathlib.Path("/usr/lib/R/site-library/janeaustenr/data"),
                        help="the folder with Rdata.rdb and Rdata.rdx")
    arguments = parser.parse_args()
    if not (arguments.data / "Rdata.rdb").exists():
        sys.exit(f"no Rdata.rdb in {arguments.data}; install it with: apt-get install r-cran-janeaustenr")
    objects = read_database(arguments.data / "Rdata")
    arguments.out.mkdir(parents=True, exist_ok=True)
    for name, title in NOVELS.items():
        text = clean(objects[name])
        (arguments.out / f"{title}.txt").write_text(text, encoding="utf-8")
        print(f"{title}.txt: {len(text.encode())} bytes")


if __name__ == "__main__":
    main()
