#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""hostile_tapes.py DIRECTORY: sound tapes that cost a reader as much memory as docs/FORMAT.md section 13 allows.

names.tape: schemas, enumerations and facts. epochs.tape: dictionaries, too. rows.tape: open blocks. index.tape: an
index. all.tape: all of these in one section.
"""
import pathlib
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "format"))
from vectors_tape import *  # noqa: E402,F403

ROWS = 65536
CELLS = 1 << 22
COLUMNS = CELLS // ROWS - 3  # times, CPUs and schemas count
STRINGS = 255                # attributes of an entry, empty: they cost more than they count
ENTRY = 16 + 2 * STRINGS
EPOCH = 64 << 20


def put_names(tape):
    """A field costs several times its 16 bytes."""
    fields = [field(b"", STRING, 1, type_=b"")] * STRINGS
    for first in range(3, 4097, 1024):
        tape.schemas(*(dictionary(n, b"", fields) for n in range(first, min(first + 1024, 4097))))
    values = [(n, b"") for n in range(4096)]
    tape.schemas(*(enumeration(n, b"", values) for n in range(1, 257)))
    for _ in range(3):
        tape.facts(*[(b"f", b"x" * 65536)] * 60)


def put_epochs(tape):
    """Of one row each, that waits: dictionaries with one entry, and entries as many as may be."""
    few = [run(n, 1, 1, [const(b"")] * STRINGS) for n in range(3, 4097)]
    tape.schemas(dictionary(1, b"d", [field(b"", STRING, 1, type_=b"")] * STRINGS))
    for tape.epoch in range(1, 5):
        tape.entries(*few)
        first, left = 1, EPOCH // ENTRY - len(few)
        while left:
            count = min(left, CELLS // STRINGS)
            tape.add(DICT, [Part(run(1, first, count, [const(b"")] * STRINGS)), padding(16 << 10)], epoch=tape.epoch)
            first, left = first + count, left - count
        tape.rows([5], [], ids=[2], more=[padding(100)], watermark=0)


def put_rows(tape, blocks=4):
    strings = [column(2, VALUE, i, (PLANES, varint(4) + b"abcd" * ROWS)) for i in range(COLUMNS)]
    for i in range(blocks):
        tape.rows(list(range(i, ROWS + i)), strings, ids=[2] * ROWS, watermark=0)


def event(tape):
    tape.schemas(schema(2, b"e", [field(b"s%d" % i, STRING, 1) for i in range(COLUMNS)]))


def put_index(tape):
    entry = bytes([99]) + varints(0, 96, 0, 0) + zigzag(0) + zigzag(0)
    return varint(1 << 19) + entry * (1 << 19)


def make(*parts, index=None):
    tape = Tape()
    event(tape)
    for part in parts:
        part(tape)
    return tape.end(index=index and index(tape))


def main():
    directory = pathlib.Path(sys.argv[1])
    made = {
        "names": make(put_names),
        "epochs": make(put_names, put_epochs),
        "rows": make(put_rows),
        "index": make(lambda tape: tape.rows([1], [], ids=[2]), index=put_index),
        "all": make(put_names, put_epochs, put_rows, index=put_index),
    }
    for name, data in made.items():
        (directory / f"{name}.tape").write_bytes(data)


if __name__ == "__main__":
    main()
