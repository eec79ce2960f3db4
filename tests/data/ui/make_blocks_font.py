# SPDX-FileCopyrightText: Tessera contributors
# SPDX-License-Identifier: Apache-2.0
"""Writes blocks.ttf, in which every letter is the same block: half an em wide, three quarters high above the base line.

Text set in it takes the same place on every machine, and no letter's shape gets into a picture. At 12 pixels an em all its
measures are whole pixels: 6 from letter to letter, 9 above the base line and 3 below it.

    python3 make_blocks_font.py blocks.ttf
"""
import struct
import sys

EM, ADVANCE, ASCENT, DESCENT = 1200, 600, 900, 300
LEFT, RIGHT, BOTTOM, TOP = 100, 500, 0, 700
BLANK, BLOCK = 1, 2  # Glyph 0 is the block, too: what no font knows.
LETTERS = [(0x21, 0x7E), (0xA1, 0x24F), (0x370, 0x3FF), (0x2010, 0x2044), (0x2070, 0x209C), (0x2190, 0x22FF), (0x25A0, 0x25FF)]
BLANKS = [(0x20, 0x20), (0xA0, 0xA0), (0x2007, 0x2009), (0x202F, 0x202F)]


def glyph():
    corners = [(LEFT, BOTTOM), (LEFT, TOP), (RIGHT, TOP), (RIGHT, BOTTOM)]
    data = struct.pack(">hhhhh", 1, LEFT, BOTTOM, RIGHT, TOP) + struct.pack(">HH", 3, 0) + bytes([1] * 4)
    for axis in (0, 1):
        before = 0
        for corner in corners:
            data += struct.pack(">h", corner[axis] - before)
            before = corner[axis]
    return data + b"\0" * (-len(data) % 4)


def cmap():
    taken = {code: BLOCK for first, last in LETTERS for code in range(first, last + 1)}
    taken.update({code: BLANK for first, last in BLANKS for code in range(first, last + 1)})
    codes = sorted(taken)
    segments = [[codes[0], codes[0]]]
    for code in codes[1:]:
        if code == segments[-1][1] + 1:
            segments[-1][1] = code
        else:
            segments.append([code, code])
    segments.append([0xFFFF, 0xFFFF])
    count, ids, offsets = len(segments), [], []
    for i, (first, last) in enumerate(segments):
        offsets.append(2 * (count - i + len(ids)))
        ids += [taken.get(code, 0) for code in range(first, last + 1)]
    power = 1 << (count.bit_length() - 1)
    body = struct.pack(">HHHH", 2 * count, 2 * power, power.bit_length() - 1, 2 * (count - power))
    body += b"".join(struct.pack(">H", last) for _, last in segments) + b"\0\0"
    body += b"".join(struct.pack(">H", first) for first, _ in segments)
    body += b"\0\0" * count  # Deltas: the ids are written out.
    body += struct.pack(f">{count}H", *offsets) + struct.pack(f">{len(ids)}H", *ids)
    return struct.pack(">HHHHL", 0, 1, 3, 1, 12) + struct.pack(">HHH", 4, len(body) + 6, 0) + body, codes


def names():
    texts = {1: "Tessera Blocks", 2: "Regular", 3: "Tessera Blocks 1", 4: "Tessera Blocks", 5: "Version 1.0", 6: "TesseraBlocks"}
    records, storage = b"", b""
    for number, text in texts.items():
        encoded = text.encode("utf-16-be")
        records += struct.pack(">HHHHHH", 3, 1, 0x409, number, len(encoded), len(storage))
        storage += encoded
    return struct.pack(">HHH", 0, len(texts), 6 + len(records)) + records + storage


def tables():
    block = glyph()
    mapping, codes = cmap()
    return {
        b"OS/2": struct.pack(">HhHHHhhhhhhhhhhh", 4, ADVANCE, 400, 5, 0, 300, 300, 0, 150, 300, 300, 0, 300, 60, 350, 0)
        + bytes(10) + struct.pack(">LLLL", 1, 0, 0, 0) + b"TSRA"
        + struct.pack(">HHHhhhHH", 0x40, codes[0], codes[-1], ASCENT, -DESCENT, 0, ASCENT, DESCENT)
        + struct.pack(">LLhhHHH", 1, 0, 500, 700, 0, 32, 1),
        b"cmap": mapping,
        b"glyf": block + block,
        b"head": struct.pack(">LLLLHHqqhhhhHHhhh", 0x10000, 0x10000, 0, 0x5F0F3CF5, 0x0B, EM, 0, 0, LEFT, BOTTOM, RIGHT, TOP, 0, 8,
                             2, 0, 0),
        b"hhea": struct.pack(">LhhhHhhhhhhhhhhhH", 0x10000, ASCENT, -DESCENT, 0, ADVANCE, LEFT, LEFT, RIGHT, 1, 0, 0, 0, 0, 0, 0, 0, 3),
        b"hmtx": struct.pack(">HhHhHh", ADVANCE, LEFT, ADVANCE, 0, ADVANCE, LEFT),
        b"loca": struct.pack(">HHHH", 0, len(block) // 2, len(block) // 2, len(block)),
        b"maxp": struct.pack(">LHHHHHHHHHHHHHH", 0x10000, 3, 4, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0),
        b"name": names(),
        b"post": struct.pack(">LLhhLLLLL", 0x30000, 0, -150, 60, 1, 0, 0, 0, 0),
    }


def checksum(data):
    data += b"\0" * (-len(data) % 4)
    return sum(struct.unpack(f">{len(data) // 4}L", data)) & 0xFFFFFFFF


def font():
    parts = tables()
    power = 1 << (len(parts).bit_length() - 1)
    head = struct.pack(">LHHHH", 0x10000, len(parts), 16 * power, power.bit_length() - 1, 16 * (len(parts) - power))
    directory, body, where = b"", b"", {}
    start = len(head) + 16 * len(parts)
    for tag in sorted(parts):
        where[tag] = start + len(body)
        directory += tag + struct.pack(">LLL", checksum(parts[tag]), where[tag], len(parts[tag]))
        body += parts[tag] + b"\0" * (-len(parts[tag]) % 4)
    whole = bytearray(head + directory + body)
    struct.pack_into(">L", whole, where[b"head"] + 8, (0xB1B0AFBA - checksum(bytes(whole))) & 0xFFFFFFFF)
    return bytes(whole)


with open(sys.argv[1], "wb") as file:
    file.write(font())
