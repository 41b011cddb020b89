# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""Conformance vectors at the limits of docs/FORMAT.md section 13 and just above them. Those of large() are made for a
test and thrown away."""
import functools
import re

from vectors_tape import *  # noqa: F403
from vectors_blocks import ONE, TWO, V, V_COLUMN, headless, tape

MAX_NAMES, MAX_RAW, MAX_BODY, MAX_EPOCH = 32 << 20, 16 << 20, (16 << 20) + (64 << 10), 64 << 20
RUN = re.compile(rb"(.)\1{15,}", re.DOTALL)


@functools.lru_cache
def runs(data, tag=0):
    """A zstd frame of RLE blocks where bytes repeat, of raw ones elsewhere; without a checksum, which takes long here."""
    chunks, at = [], 0
    for found in [*RUN.finditer(data), None]:
        start, end = found.span() if found else (len(data), len(data))
        chunks += [(0, data[i:min(i + (128 << 10), start)]) for i in range(at, start, 128 << 10)]
        chunks += [(1, data[i:min(i + (128 << 10), end)]) for i in range(start, end, 128 << 10)]
        at = end
    frame = b"\x28\xb5\x2f\xfd\xa0" + struct.pack("<I", len(data))
    for i, (kind, chunk) in enumerate(chunks or [(0, b"")]):
        frame += (len(chunk) << 3 | kind << 1 | (i + 1 >= len(chunks))).to_bytes(3, "little") + (chunk[:1] if kind else chunk)
    return Part(frame, codec=1, tag=tag, raw=len(data))


def filled(*parts, work=0):
    """With padding, for a body that stands for its bytes and for `work` values."""
    body, raw = sum(16 + len(p.data) for p in parts) + 16, sum(p.raw for p in parts)
    size = max(-(-(raw - 1024 * body) // 1023), -(-work // 1024) - body, 0)
    return [*parts, padding(size)]


def zeros(size):
    """Facts of so many bytes, which canonical text shows as `fact % %`."""
    out = [b"\0" + string(bytes(65000))] * ((size - 5) // 65004)
    size -= 65004 * len(out)
    head = b"\0" + varint(size - 2 if size < 130 else size - 3 if size < 16387 else size - 4)
    return b"".join(out) + head + bytes(size - len(head))


def dictionaries(first, count, size=65000):
    """Their records are not shown either."""
    return [dictionary(i, b"d", [V], text=b"x" * size) for i in range(first, first + count)]


def content(record):
    """Bytes that count of a record of a SCHEMA block: those of its string."""
    body = record[1:]
    return len(body) - next(i + 1 for i, byte in enumerate(body) if byte < 128)


def names(add):
    """4: facts, schemas and enumerations of 32 MiB."""
    enums = [enumeration(1, b"n", [(1, b"A")]), enumeration(2, b"m", [])]
    some, event = dictionaries(2, 240), schema(1, b"e", [V])
    late = [schema(500, b"crossing", []), schema(501, b"behind", [])]

    def begun(left):
        """A section to which so many bytes of names may still be added."""
        t = Tape()
        t.schemas(event, *enums)
        t.add(SCHEMA, filled(runs(b"".join(some))))
        t.add(SCHEMA, filled(runs(b"".join(some[:9] + enums))))  # known: not counted
        t.schemas(b"\x09" + string(b"new" * 9), schema(400, b"kind", [], kind=3))  # ignored: neither
        size = MAX_NAMES - left - len(features()) + 16 - sum(map(content, [event, *enums, *some]))
        for part in (15 << 20, size - (15 << 20)):
            t.add(FACTS, filled(runs(zeros(part))))
        t.rows([10, 11], V_COLUMN)
        return t

    t = begun(content(late[0]) + 4)
    t.schemas(late[0])
    add("names_at", 0, "facts, schemas and enumerations of 32 MiB", t.end(said=[(b"k", b"1")]), TWO,
        others=["schema 2 g crossing 0 %", "fact k 1", "end stop 2 0"])
    t = begun(3)
    data = t.end(said=[(b"k", b"1")])
    add("names_above_in_end", 3, "one byte more, by the facts of END: it is damaged", data, TWO, [t.blocks[-1][1:3]], ["end -"])
    t = begun(content(late[0]) - 1)
    gaps = [t.schemas(*late), t.facts(), t.schemas(event), t.schemas(b"\x09" + string(b""))]
    t.values((12, 3))
    data = t.end()
    add("names_above_in_schema", 3, "one byte more, by a schema: it counts, and every SCHEMA, FACTS and END after it is damaged", data,
        [*TWO, (12, 0, 3)], gaps + [t.blocks[-1][1:3]], ["schema 2 g crossing 0 %", "end -"])
    t = begun(3)
    gaps = [t.facts((b"k", b"1")), t.facts()]
    data = t.end()
    add("names_above_in_facts", 3, "one byte more, by facts: none of them is known", data, TWO, gaps + [t.blocks[-1][1:3]], ["end -"])
    t = begun(content(enums[0]) - 1)
    gap = t.schemas(enumeration(3, b"n", [(1, b"A")]))
    data = t.end()
    add("names_above_in_enum", 3, "one byte more, by an enumeration", data, TWO, [gap, t.blocks[-1][1:3]], ["enum 3 n", "end -"])


def raw(add):
    """3.1: 16 MiB decompressed."""
    for name, excess in (("raw_16_mib", 0), ("raw_above_16_mib", 1)):
        t = tape()
        parts = [runs(zeros(MAX_RAW + excess - (1 << 14))), padding(1 << 14)]
        at = t.add(FACTS, parts)
        t.rows([10, 11], V_COLUMN)
        add(name, 3 if excess else 0, "decompressed bytes of a block: at most 16 MiB", t.end(), TWO, headless(at) if excess else [])


def columns(add):
    """7.2: 2^16 columns, 2^22 values, 1024 values for each byte. A column of which all is 1 is no field's."""
    def listed(name, rows, ones, twos, meaning, is_sound, size=None):
        """`ones` columns of schema 1, which all rows but one are of, and `twos` of schema 2."""
        t = tape(schema(1, b"e", []), schema(2, b"f", []))
        count = ones + twos
        hot = [column(0, VALUE, 0, delta(*range(10, 10 + rows))), column(0, VALUE, 1, const(0)),
               column(0, VALUE, 2, plain(*[1] * (rows - 1), 2))]
        entries = b"".join(entry for entry, _, _ in hot) + b"\1\1\1\1\1\1" * ones + b"\2\1\1\1\1\1" * twos
        parts = [runs(entries), runs(b"".join(data for _, _, data in hot) + b"\1" * count)]
        values = 3 * rows + ones * (rows - 1) + twos
        parts = filled(*parts, work=values if not size else 0)
        if size:
            body = sum(16 + len(p.data) for p in parts)
            parts[-1] = padding(parts[-1].raw + size - body)
        at = t.add(DATA, parts, rows=rows, min_ts=10, max_ts=9 + rows, watermark=10, epoch=1)
        t.events += rows
        assert not size or at[1] == 96 + size
        add(name, 0 if is_sound else 3, meaning, t.end(), [(10 + i, 0) for i in range(rows)] if is_sound else [], [] if is_sound else [at])
        return values

    for name, ones in (("columns_65535", 65532), ("columns_65536", 65533), ("columns_65537", 65534)):
        listed(name, 2, ones, 0, "columns of a block: at most 2^16", ones <= 65533)
    for name, twos, is_sound in (("values_below", 4092, True), ("values_at", 4093, True), ("values_above", 4094, False)):
        assert listed(name, 1024, 4093, twos, "values of a DATA block: at most 2^22", is_sound) == (1 << 22) + twos - 4093
    size = 1540
    for name, twos, is_sound in (("below", 0, True), ("at", 1, True), ("above", 2, False)):
        ones, more = divmod(1024 * size - 3 * 512, 511)
        listed("values_per_byte_" + name, 512, ones, more + twos - 1, "values of a DATA block: at most 1024 for each byte of its body", is_sound, size)


def grown(parts, size):
    """With padding, for a body of so many bytes."""
    return [*parts, padding(size - 16 - sum(16 + len(p.data) for p in parts))]


def widths(add):
    """13: 256 fields for each byte, each as often as it has 16 bytes."""
    size = 150
    for name, last in (("below", [field(b"l", BYTES, 1, 4080)]), ("at", [field(b"l", BYTES, 1, 4081)]), ("above", [field(b"l", BYTES, 1, 4096), field(b"m")])):
        fields = [field(b"%d" % i, BYTES, 1, 4096) for i in range(size - 1)] + last
        t = tape(schema(1, b"e", fields))
        hot = [column(0, VALUE, i, const([10, 0, 1][i])) for i in range(3)]
        body = [Part(b"".join(entry for entry, _, _ in hot)), Part(b"".join(data for _, _, data in hot))]
        at = t.add(DATA, grown(body, size), rows=1, min_ts=10, max_ts=10, watermark=10, epoch=1)
        t.events += 1
        assert at[1] == 96 + size
        is_sound = name != "above"
        add(f"width_per_byte_{name}", 0 if is_sound else 3, "fields of the rows of a DATA block: at most 256 for each byte of its body",
            t.end(), [(10, 0, *[None] * len(fields))] if is_sound else [], [] if is_sound else [at])


def entries(add):
    """6: 2^22 values in a DICT block; strings of 65,535 bytes."""
    wide = dictionary(1, b"d", [field(b"%d" % i, kind=STRING, size=1) for i in range(256)])
    narrow, both = dictionary(2, b"n", [V]), schema(3, b"e", [field(b"v", ref=1), field(b"s", kind=STRING, size=1, ref=2, attribute=255)], refs=[2, 1])
    for name, excess in (("entries_values_below", -1), ("entries_values_at", 0), ("entries_values_above", 1)):
        t = tape(wide, narrow, both)
        data = run(1, 1, 16383, [const(b"")] * 256) + run(2, 1, 256 + excess, [const(7)])
        at = t.add(DICT, filled(Part(data), work=16383 * (16 + 512) + 20 * 257), epoch=1)
        t.rows([1], [column(3, REFERENCE, 0, const(255)), column(3, REFERENCE, 1, const(16383))], ids=[3])
        add(name, 3 if excess > 0 else 0, "values of a DICT block: at most 2^22", t.end(), [(1, 0, None if excess > 0 else 7, b"")],
            [at] if excess > 0 else [])
    for size in (65535, 65536):
        t = tape(dictionary(1, b"d", [field(b"s", kind=STRING, size=1), V]), schema(2, b"e", [field(b"v", ref=1, attribute=1)], refs=[1]))
        at = t.add(DICT, filled(runs(run(1, 1, 1, [const(b"x" * size), const(7)])), work=65536 + 22), epoch=1)
        t.rows([1], [column(2, REFERENCE, 0, const(1))], ids=[2])
        is_sound = size < 65536
        add(f"entries_string_{size}", 0 if is_sound else 3, "strings of dictionaries: at most 65,535 bytes", t.end(),
            [(1, 0, 7 if is_sound else None)], [] if is_sound else [at])


def enumerations(add):
    t = tape(ONE, enumeration(256, b"n", []), enumeration(1, b"m", [(i, b"") for i in range(4096)]))
    t.rows([10, 11], V_COLUMN)
    add("enum_256_4096", 0, "the last enumeration, and one of 4096 values", t.end(), TWO, others=["enum 2 n", "value 4095 %"])


def all_of(add):
    for cases in (names, raw, columns, widths, entries, enumerations):
        cases(add)


def bodies(add):
    """3.1: bodies of 16 MiB + 64 KiB."""
    for name, excess in (("body_longest", 0), ("body_too_long", 1)):
        t = tape()
        at = t.add(99, Part(bytes(MAX_BODY - 16 + excess), codec=9, raw=5))
        assert at[1] == 96 + MAX_BODY + excess
        t.rows([10, 11], V_COLUMN)
        add(name, 3 if excess else 0, "bytes of a body: at most 16 MiB + 64 KiB", t.end(), TWO, headless(at) if excess else [])


def epochs(add):
    """6: 64 MiB of entries in an epoch: here 1024 of 65,536 bytes."""
    strings = dictionary(1, b"d", [field(b"s", kind=STRING, size=1), V])
    small, e = dictionary(2, b"n", [V]), schema(3, b"e", [field(b"v", ref=1, attribute=1), field(b"n", ref=2)], refs=[1, 2])
    for name, excess in (("epoch_below", -1), ("epoch_at", 0), ("epoch_above", 1)):
        t = tape(strings, small, e)
        entry = [const(b"x" * (65536 - 22)), const(7)]
        t.add(DICT, filled(runs(run(1, 1, 1023, entry)), work=1023 * 65536), epoch=1)
        gap = t.add(DICT, filled(runs(run(2, 1, 1, [const(8)]) + run(1, 1024, 1, [const(b"x" * (65536 - 22 - 20 + excess)), const(9)])),
                                 work=65536 + excess), epoch=1)
        later = t.entries(run(2, 2, 1, [const(6)]))
        t.rows([1, 2], [column(3, REFERENCE, 0, plain(1023, 1024)), column(3, REFERENCE, 1, plain(1, 2))], ids=[3, 3])
        t.epoch = 2
        t.entries(run(2, 1, 1, [const(5)]))
        t.rows([3], [column(3, REFERENCE, 0, const(0)), column(3, REFERENCE, 1, const(1))], ids=[3])
        add(name, 3, "entries of an epoch: at most 64 MiB; the run that exceeds them counts, the next epoch begins anew", t.end(),
            [(1, 0, 7, 8), (2, 0, 9, None if excess > 0 else 6), (3, 0, None, 5)],
            [gap, later] if excess > 0 else [later])


def texts(add):
    for size in (65536, 65537):
        t = tape(ONE)
        record = schema(2, b"long", [], text=b"x" * size)
        at = t.add(SCHEMA, filled(runs(record)))
        t.rows([10, 11], V_COLUMN)
        is_sound = size == 65536
        add(f"text_{size}", 0 if is_sound else 3, "the text of a schema: at most 64 KiB", t.end(), TWO, [] if is_sound else [at],
            ["schema 2 g long 0 " + "x" * size] if is_sound else [])


def strings(add):
    """7.2: strings of a field have at most 4096 bytes for each byte of the body, a dictionary's, too."""
    rows, string_field = 16384, field(b"s", kind=STRING, size=1)

    def block(t, number, coded, size):
        """The rows differ in the last."""
        listed = [column(0, VALUE, i, const([10, 0, number][i])) for i in range(3)] + [coded]
        t.add(DATA, grown([runs(b"".join(entry for entry, _, _ in listed)), runs(b"".join(data for _, _, data in listed))], size),
              rows=rows, min_ts=10, max_ts=10, watermark=10, epoch=1)
        t.events += rows
        assert t.blocks[-1][2] == 96 + size

    for name, excess in (("below", -1), ("at", 0), ("above", 1)):
        t, texts = tape(schema(1, b"e", [string_field])), [b"x" * 100] * (rows - 1) + [b"y" * (100 + excess)]
        block(t, 1, column(1, VALUE, 0, table(*texts)), 400)
        add(f"strings_per_byte_{name}", 0, "strings of a column: at most 4096 bytes for each byte of the body, or all are null", t.end(),
            [(10, 0, None if excess > 0 else text) for text in texts])
        t = tape(dictionary(1, b"d", [string_field]), schema(2, b"e", [field(b"s", kind=STRING, size=1, ref=1)], refs=[1]))
        texts = [b"x" * 75] * (rows - 1) + [b"y" * (75 + excess)]
        t.entries(run(1, 1, 2, [table(texts[0], texts[-1])]))
        block(t, 2, column(2, REFERENCE, 0, plain(*[1] * (rows - 1), 2)), 300)
        add(f"strings_told_per_byte_{name}", 0, "strings that a dictionary tells: at most 4096 bytes for each byte of the body, or all are null",
            t.end(), [(10, 0, None if excess > 0 else text) for text in texts])


def large(add):
    for cases in (bodies, epochs, texts, strings):
        cases(add)
