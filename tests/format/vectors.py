#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""vectors.py [--large] DIRECTORY: makes the conformance vectors anew: NAME.tape, NAME.canonical and the table `expected`;
--large: those that are not kept in testdata/.

The tapes are written from docs/FORMAT.md by vectors_tape.py. What each must tell (its events, its gaps, its exit
status) is said beside the bytes, by whoever wrote the case; the canonical text is reader.py's, and a text that
tells otherwise is an error (status 1). A refused tape (status 4) has no text. 77: there is nothing here to decompress zstd with.
"""
import io
import pathlib
import sys

import reader
import vectors_blocks
import vectors_columns
import vectors_damage
import vectors_limits

sys.dont_write_bytecode = True


def word(value):
    if value is None:
        return "-"
    return value.hex() or "%" if isinstance(value, bytes) else str(value)


def told(text, kind, first):
    """The words of lines of a kind."""
    return [line.split(" ")[1:first] + line.split(" ")[first + 2:] if first else line.split(" ")[1:]
            for line in text.decode().splitlines() if line.split(" ")[0] == kind]


class Vectors:
    def __init__(self, directory):
        self.directory, self.table, self.wrong = directory, [], 0

    def add(self, name, status, meaning, tape, events=(), gaps=(), others=()):
        """others: more lines, as they must be in the text."""
        out = io.BytesIO()
        try:
            found = reader.read(tape, reader.Text(out))
        except reader.NewerTape:
            found = 4
        text = out.getvalue()
        (self.directory / f"{name}.tape").write_bytes(tape)
        if status != 4:
            (self.directory / f"{name}.canonical").write_bytes(text)
            self.compare(name, "events", told(text, "event", 3), events)
            self.compare(name, "gaps", told(text, "gap", 0), gaps)
            for line in others:
                self.compare(name, line, [line] if line in text.decode().splitlines() else [], [line])
        self.compare(name, "status", found, status)
        assert not any(name == line.split(" ")[0] for line in self.table), name
        self.table.append(f"{name} {status} {meaning}\n")

    def compare(self, name, what, found, said):
        if what in ("events", "gaps"):
            said = [[word(value) for value in line] for line in said]
        if found != said:
            self.wrong += 1
            print(f"{name}: {what}: reader.py tells\n  {found}\nand not\n  {said}", file=sys.stderr)


def main():
    if not reader.can_decompress():
        return 77
    directory, is_large = pathlib.Path(sys.argv[-1]), "--large" in sys.argv
    directory.mkdir(parents=True, exist_ok=True)
    for old in [*directory.glob("*.tape"), *directory.glob("*.canonical")]:
        old.unlink()
    vectors = Vectors(directory)
    if is_large:
        vectors_limits.large(vectors.add)
    else:
        for cases in (vectors_columns, vectors_blocks, vectors_damage, vectors_limits):
            cases.all_of(vectors.add)
    (directory / "expected").write_text("".join(sorted(vectors.table)))
    return 1 if vectors.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
