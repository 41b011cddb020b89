#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""What two machines must have written alike: the blocks of tapes, their parts decompressed.

    unpacked.py DIR

zstd before 1.5.5 compresses to other bytes where the byte order is another. Where blocks lie, which the index of END tells
and their checksums, depends on that.
"""
import glob
import hashlib
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "format"))
import reader  # noqa: E402


def tell(path):
    with open(path, "rb") as f:
        tape = f.read()
    print(os.path.basename(path))
    for block, gap in reader.Scan(tape):
        if gap:
            print("gap")
            continue
        print(block.type, block.flags, block.rows, block.seq, block.min_ts, block.max_ts, block.watermark, block.epoch)
        for codec, tag, stored, raw, _ in block.table() if block.type != reader.END else ():
            print("\t", codec, tag, raw, hashlib.sha256(reader.decompress(codec, stored, raw)).hexdigest())


for path in sorted(glob.glob(f"{sys.argv[1]}/*")):
    tell(path)
