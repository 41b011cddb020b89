#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""spoil.py SOUND NAME OUT: a tape that a reader must refuse, or read with care, made from a sound one.

Used by make.sh. Block layout: docs/FORMAT.md section 3.
"""
import struct
import sys
import zlib

SECTION, DATA = 1, 4


class Block:
    def __init__(self, tape, at):
        self.at, self.type = at, tape[at + 8]
        self.header_len, self.body_len = struct.unpack_from("<HI", tape, at + 10)
        self.body = at + self.header_len
        self.end = self.body + self.body_len


def blocks_of(tape):
    blocks, at = [], 0
    while at < len(tape):
        assert tape[at:at + 5] == b"\xd7TAPE", f"no block at {at}"
        blocks.append(Block(tape, at))
        at = blocks[-1].end
    return blocks


def seal(tape, block):
    """Right checksums again after a change."""
    table_end = block.body + 16 * tape[block.at + 88]
    part = table_end
    for entry in range(block.body, table_end, 16):
        stored = struct.unpack_from("<I", tape, entry + 4)[0]
        struct.pack_into("<I", tape, entry + 12, zlib.crc32(tape[part:part + stored]))
        part += stored
    struct.pack_into("<I", tape, block.at + 84, zlib.crc32(tape[block.at + 96:table_end]))
    struct.pack_into("<I", tape, block.at + 92, zlib.crc32(tape[block.at:block.at + 92]))


def last_data(tape):
    return [b for b in blocks_of(tape) if b.type == DATA][-1]


def cut(tape):
    """The end is missing, from the middle of the last events on."""
    b = last_data(tape)
    return tape[:b.body + b.body_len // 2]


def flipped(tape):
    """One bit of the last events is not what was written."""
    b = last_data(tape)
    tape[b.body + b.body_len // 2] ^= 1
    return tape


def text(_):
    return b"hello.tape\n==========\nThese are notes about a tape, and not one themselves.\n"


def empty(_):
    return b""


def format9(tape):
    """What a program of the far future may write: another version digit in every block."""
    for b in blocks_of(tape):
        tape[b.at + 5:b.at + 6] = b"9"
        seal(tape, b)
    return tape


def feature(tape):
    """An incompat bit that nobody knows (docs/FORMAT.md section 4), in a section without facts."""
    first = blocks_of(tape)[0]
    assert first.type == SECTION
    bits = struct.pack("<QQ", 1 << 40, 0)
    body = struct.pack("<BBHIII", 0, 0, 0, len(bits), len(bits), 0) + bits
    tape[first.body:first.end] = body
    struct.pack_into("<II", tape, first.at + 12, len(body), len(bits))
    tape[first.at + 88] = 1
    seal(tape, Block(tape, 0))
    return tape


def main():
    sound, name, out = sys.argv[1:]
    with open(sound, "rb") as f:
        tape = bytearray(f.read())
    how = {"bad-cut": cut, "bad-flipped": flipped, "bad-text": text, "bad-empty": empty,
           "unsupported-format9": format9, "unsupported-feature": feature}[name]
    spoilt = how(tape)
    with open(out, "wb") as f:
        f.write(spoilt)


if __name__ == "__main__":
    main()
