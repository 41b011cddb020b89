# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""Conformance vectors: losses, readings, facts, endings; what is cut, flipped, foreign, repeated or missing."""
from vectors_tape import *  # noqa: F403
from vectors_blocks import ONE, TWO, V_COLUMN, headless, small, tape


def records(add):
    t = tape()
    t.values((10, 1))
    t.losses(*((5, 9, 0xffffffff if cause % 2 else cause, cause % 2, cause, cause) for cause in (0, 1, 2, 3, 4, 5, 6, 99, 0xffffffff)), tail=b"new")
    t.losses((0, MASK64, 0, 4096, MASK64, 0))
    add("loss", 0, "each cause, count 0 (unknown), schemas known and not, members of a newer writer", t.end(lost=3), [(10, 0, 1)],
        others=["loss 5 9 0 0 0 0", "loss 5 9 4294967295 1 1 1", f"loss 0 {MASK64} 0 0 {MASK64} 0", "loss 5 9 4294967295 1 99 99"])
    for name, loss in (("cpu", (0, 0, 1 << 32, 0, 0, 0)), ("schema", (0, 0, 0, 1 << 32, 0, 0)), ("cause", (0, 0, 0, 0, 0, 1 << 32)), ("short", (1, 2, 3))):
        t = tape()
        at = t.losses((1, 2, 0, 0, 7, 0), loss)
        t.values((10, 1))
        add(f"loss_wrong_{name}", 3, "a loss out of range: damage, the records before it count", t.end(), [(10, 0, 1)], [at], ["loss 1 2 0 0 7 0"])
    t = tape()
    t.clocks((1, 2, 3, 4), (MASK64, 0, MASK64, 1 << 63))
    t.clocks((5, 6, 7, 8), tail=b"new")
    t.values((10, 1))
    add("clock", 0, "readings, members of a newer writer", t.end(), [(10, 0, 1)],
        others=["clock 1 2 3 4", f"clock {MASK64} 0 {MASK64} {1 << 63}", "clock 5 6 7 8"])
    t = Tape(parts=features(said=((b"clock", b"boottime"), (b"", b""), (b"a", b"1"))))
    t.facts((b"before", b"x y%"))
    t.schemas(ONE)
    t.values((10, 1))
    t.facts((b"a", b"2"), (b"new key", b"\0after"), (b"k\0k", b"\xff"))
    add("facts", 0, "facts in SECTION, FACTS and END, repeated, empty, unknown, with NUL", t.end(said=[(b"cpu_ns", b"7")]), [(10, 0, 1)],
        others=["fact % %", "fact a 1", "fact a 2", "fact new%20key %", "fact k %ff", "fact before x%20y%25", "fact cpu_ns 7"])
    for name, fact, is_sound in (("key_255", (b"k" * 255, b""), True), ("key_256", (b"k" * 256, b""), False),
                                 ("value_65536", (b"k", b"v" * 65536), True), ("value_65537", (b"k", b"v" * 65537), False)):
        t = tape()
        at = t.add(FACTS, zpart(facts((b"before", b"1"), fact, (b"after", b"2"))))
        t.values((10, 1))
        add(f"facts_{name}", 0 if is_sound else 3, "length of a fact", t.end(), [(10, 0, 1)], [] if is_sound else [at], ["fact before 1"])
    for count in (4096, 4097):
        t = tape()
        at = t.add(FACTS, facts(*[(b"", b"")] * (count - 1)))
        t.values((10, 1))
        add(f"facts_{count}", 0 if count == 4096 else 3, f"{count} facts", t.end(), [(10, 0, 1)], [] if count == 4096 else [at])


def endings(add):
    def one(name, status, meaning, gaps=(), others=(), reason=b"stop", damage=None, **said):
        t = tape()
        t.values((10, 1), (11, 2))
        data = t.end(reason, **said)
        add(name, status, meaning, data, TWO, [t.blocks[-1][1:3]] if gaps else (), others)

    one("end", 0, "END with an index and a trailer", others=["end stop 2 0"])
    one("end_without_index", 0, "END with an empty index", index=b"\0", others=["end stop 2 0"])
    one("end_without_trailer", 0, "END without part 1", trailer=False, others=["end stop 2 0"])
    one("end_reason_63", 0, "a reason of 63 bytes", reason=b"r" * 63, others=["end " + "r" * 63 + " 2 0"])
    one("end_reason_64", 0, "a reason of 64 bytes: the first 63 are told", reason=b"r" * 64, others=["end " + "r" * 63 + " 2 0"])
    one("end_reason_empty", 0, "an empty reason", reason=b"", others=["end % 2 0"])
    one("end_counts_differ", 0, "totals that are not those of the tape are told as they are", events=9, lost=5, others=["end stop 9 5"])
    one("end_index_nonsense", 0, "an index that contradicts itself: it is a cache", index=b"\xff\xff\xff")
    one("end_index_missing", 0, "no index at all, not even its count", index=b"")
    one("end_index_elsewhere", 0, "an index whose entries point elsewhere", index=b"\2" + b"\4\1\x60\0\0\0\0" * 2)
    one("end_index_huge", 0, "an index of more entries than there are bytes", index=varint(1 << 40))
    t = tape()
    t.values((10, 1), (11, 2))
    add("end_missing", 3, "no END: cut short", t.data, TWO, [], ["end -"])
    t = tape()
    t.values((10, 1), (11, 2))
    t.end()
    at = t.values((20, 3))
    add("end_then_data", 0, "a block after END", t.data, [*TWO, (20, 0, 3)])
    add("section_only", 3, "a SECTION block and nothing else", Tape().data, others=["section", "end -"])
    t = Tape()
    add("section_and_end", 0, "a section of nothing", t.end(), others=["end stop 0 0"])


def cuts(add):
    a, b = small(), small(b"signal", salt=77, first=100)
    later = [(100, 0, 1), (101, 0, 2)]
    add("tapes_two", 0, "two sections, one after the other", a.data + b.data, TWO + later)
    add("tapes_same_twice", 0, "a tape twice", a.data * 2, TWO * 2)
    add("tapes_first_cut", 3, "the first one is cut, the second is whole", a.data[:-40] + b.data, TWO + later, [a.blocks[-1][1:2] + (a.blocks[-1][2] - 40,)])
    add("tapes_first_without_end", 3, "the first one has no END", a.data[:a.blocks[-1][1]] + b.data, TWO + later)
    at, size = a.blocks[2][1:3]
    for name, end in (("magic", at + 5), ("header", at + 50), ("header_end", at + 96), ("table", at + 100), ("part", at + size - 3), ("byte", at + size - 1)):
        add(f"cut_{name}", 3, "cut inside a block", a.data[:end], [], [(at, end - at)])
    add("cut_boundary", 3, "cut between blocks", a.data[:at])
    add("cut_in_end", 3, "cut inside END", a.data[:-1], TWO, [(a.blocks[3][1], a.blocks[3][2] - 1)])
    for end in (1, 7, 8, 95, 96, 110):
        add(f"cut_at_{end}", 4 if end < 96 else 3, "cut inside the SECTION block", a.data[:end], [], [] if end < 96 else [(0, end)])

    def flipped(data, at):
        return data[:at] + bytes([data[at] ^ 4]) + data[at + 1:]

    body = at + 96
    for name, where in (("magic", at), ("type", at + 8), ("header", at + 60), ("header_crc", at + 93), ("table", body), ("table_crc_part", body + 28),
                        ("directory", body + 32), ("columns", at + size - 1)):
        add(f"flip_{name}", 3, "one bit of a DATA block", flipped(a.data, where), [],
            headless((at, size)) if where < body else [(at, size)])
    for block, name in ((1, "schema"), (3, "end")):
        where, length = a.blocks[block][1:3]
        add(f"flip_{name}", 3, f"one bit of the {name.upper()} block", flipped(a.data, where + length - 20), TWO if block == 3 else [], [(where, length)])
    add("flip_section_body", 3, "a SECTION whose body is damaged begins its section", flipped(a.data, 96 + 20), TWO, [(0, a.blocks[0][2])])
    add("flip_section_header", 3, "a SECTION whose header is damaged: its blocks lie before any section", flipped(a.data, 50) + b.data, later)
    add("flip_section_header_alone", 4, "no sound SECTION block at all", flipped(a.data, 50))
    add("flip_second_section", 3, "the blocks of a section without its SECTION are foreign", a.data + flipped(b.data, 50), TWO,
        [(len(a.data), b.blocks[0][2])] + [(len(a.data) + at, size) for _, at, size, *_ in b.blocks[1:]])

    t = tape()
    t.values((10, 1))
    at = t.values((15, 9), salt=77, seq=9)
    t.seq = 3
    t.values((11, 2))
    add("foreign_block", 3, "a block of another section is stepped over", t.end(), TWO, [at])
    t = tape()
    t.values((10, 1))
    at = t.values((10, 1), seq=2)
    t.values((11, 2))
    add("repeated_block", 3, "a block whose number was there is stepped over", t.end(), TWO, [at])
    t = tape()
    t.values((10, 1))
    t.seq += 5
    at = t.values((11, 2))
    add("missing_blocks", 3, "a jump in the numbers", t.end(), TWO, [(at[0], 0)])
    t = Tape(seq=7)
    t.schemas(ONE)
    t.rows([10, 11], V_COLUMN)
    add("section_seq_7", 0, "a SECTION with number 7: what precedes is not missing", t.end(), TWO)
    at = a.blocks[2][1]
    for name, junk in (("text", b"something else\n" * 3), ("magic", MAGIC * 4), ("one_byte", b"\xd7"), ("header", a.data[at:at + 90])):
        add(f"garbage_{name}", 3, "bytes between blocks", a.data[:at] + junk + a.data[at:], TWO, [(at, len(junk))])
        add(f"garbage_before_{name}", 3, "bytes before the first SECTION", junk + a.data, TWO)
        add(f"garbage_after_{name}", 3, "bytes after END", a.data + junk, TWO, [(len(a.data), len(junk))])
    add("block_before_section", 3, "a block before the first SECTION", a.data[at:at + size] + a.data, TWO)
    t = tape()
    t.rows([10, 11], V_COLUMN, more=[Part(small(salt=5).data, crc=1)])
    inside, end = t.blocks[2][1:3]
    add("tape_in_damaged_body", 3, "a tape in a body whose checksum fails: a sound header follows it, so it is stepped over", t.end(), [], [(inside, end)])
    t = tape()
    at = t.rows([10, 11], V_COLUMN, body_len=5000)
    t.values((20, 3))
    add("body_len_beyond", 3, "a body longer than the tape: searched", t.end(), [(20, 0, 3)], headless(at))
    for name, said in (("raw_len", {"raw_len": 1}), ("body_len_short", {"tail": b"x"}), ("parts_none", {"part_count": 0}), ("table_beyond", {"part_count": 15})):
        t = tape()
        at = t.rows([10, 11], V_COLUMN, **said)
        t.values((20, 3))
        add(f"body_{name}", 3, "header, table and parts contradict each other", t.end(), [(20, 0, 3)],
            headless(at) if name == "table_beyond" else [at])


def others(add):
    a = small()
    digit = bytearray(a.data)
    add("digit_9", 4, "the version digit 9 in every magic", a.data.replace(MAGIC, b"\xd7TAPE9\r\n"))
    digit[5] = ord("0")
    add("digit_0", 4, "the version digit 0: a draft", a.data.replace(MAGIC, b"\xd7TAPE0\r\n"))
    add("file_empty", 4, "an empty file", b"")
    add("file_text", 4, "a text file", b"This is no tape.\n" * 20)
    add("file_magic_only", 4, "a magic and nothing else", MAGIC)
    add("file_zeros", 4, "zeros", bytes(500))
    t = Tape(parts=features(incompat=5))
    add("incompat_second", 4, "a second section that is refused", a.data + t.end())
    t = Tape(parts=b"\0" * 15)
    t.schemas(ONE)
    t.rows([10, 11], V_COLUMN)
    add("section_short", 3, "a SECTION body shorter than its two words", t.end(), TWO, [(0, t.blocks[0][2])])
    t = Tape(parts=Part(features(), codec=5))
    t.schemas(ONE)
    t.rows([10, 11], V_COLUMN)
    add("section_unknown_codec", 3, "a SECTION part of an unknown codec is as damage", t.end(), TWO, [(0, t.blocks[0][2])])


def all_of(add):
    for cases in (records, endings, cuts, others):
        cases(add)
