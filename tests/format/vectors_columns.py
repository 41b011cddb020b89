# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""Conformance vectors: kinds of fields, codecs of columns, dictionaries, keyed columns."""
from vectors_tape import *  # noqa: F403

V = field(b"v")
ONE = schema(1, b"e", [V])
EXTREMES = [0, 1, 127, 128, (1 << 31) - 1, 1 << 31, (1 << 32) - 1, 1 << 32, (1 << 63) - 1, 1 << 63, (1 << 64) - 1]


def cut(n, size, is_signed):
    n &= (1 << 8 * size) - 1
    return n - (1 << 8 * size) if is_signed and n >> 8 * size - 1 else n


def extended(n, size, is_signed):
    return cut(n, size, is_signed) & MASK64


def tape(*records):
    t = Tape()
    t.schemas(*records)
    return t


def kinds(add):
    t, fields, coded = Tape(), [], []
    for size in (1, 2, 4, 8):
        for flags in (0, SIGNED):
            fields.append(field(b"i%d_%d" % (size, flags), size=size, flags=flags, role=size % 3))
            coded.append([extended(n, size, flags) for n in EXTREMES])
    t.schemas(schema(1, b"e", fields))
    times = list(range(10, 10 + len(EXTREMES)))
    codecs = [plain, delta, recent]
    t.rows(times, [column(1, VALUE, i, codecs[i % 3](*c)) for i, c in enumerate(coded)])
    add("integers", 0, "every width and sign, extreme values in three codecs", t.end(),
        [(ts, 0, *(cut(n, size, s) for size in (1, 2, 4, 8) for s in (0, 1))) for ts, n in zip(times, EXTREMES)])

    t = tape(schema(1, b"e", [field(b"v", size=1), field(b"s", size=2, flags=SIGNED)]))
    t.rows([1], [column(1, VALUE, 0, plain(0x1ff)), column(1, VALUE, 1, plain(0x18000))])
    add("integers_too_wide", 0, "a reader narrows integers to elem_size", t.end(), [(1, 0, 255, -32768)])

    roles = [field(b"r%d" % r, kind=BYTES, count=16, size=1, role=r) for r in (0, 1, 2, 3, 4, 5, 6, 7, 8, 255)]
    t = tape(schema(1, b"e", roles))
    t.rows([1], [column(1, VALUE, i, const(bytes(range(i, i + 16)))) for i in range(len(roles))])
    add("roles", 0, "every role and two unknown ones", t.end(),
        [(1, 0, *(bytes(range(i, i + 16)) for i in range(len(roles))))])

    t = tape(schema(1, b"e", [field(b"a%d" % s, kind=ARRAY, size=s, count=3) for s in (1, 2, 4, 8)] +
                    [field(b"b", kind=BYTES, size=1, count=5), field(b"s", kind=STRING, size=1)]))
    texts = [b"", b"a\0b", b"\xff\xfe", b"a b%c"]
    arrays = [[bytes((row * 7 + i) & 255 for i in range(3 * s)) for row in range(4)] for s in (1, 2, 4, 8)]
    fives = [b"\0\0\0\0\0", b"abc\0d", b"\xff" * 5, b"12345"]
    t.rows([1, 2, 3, 4], [column(1, VALUE, i, c(*a)) for i, (c, a) in enumerate(zip((table, planes, table, planes), arrays))] +
           [column(1, VALUE, 4, planes(*fives)), column(1, VALUE, 5, table(*texts))])
    add("arrays_bytes_strings", 0, "arrays of each width, bytes and strings (empty, with NUL, not UTF-8)", t.end(),
        [(1 + i, 0, *(a[i] for a in arrays), fives[i], texts[i]) for i in range(4)])

    t = tape(schema(1, b"e", [field(b"i", flags=OPTIONAL), field(b"b", kind=BYTES, size=1, count=2, flags=OPTIONAL),
                              field(b"s", kind=STRING, size=1, flags=OPTIONAL), field(b"n", flags=OPTIONAL),
                              field(b"w", kind=BYTES, size=1, count=2, flags=OPTIONAL)]))
    t.rows([1, 2, 3], [column(1, VALUE, 0, plain(7, 0, 9)), column(1, PRESENCE, 0, plain(1, 0, 1)),
                       column(1, VALUE, 1, table(b"ab", b"", b"cd")), column(1, PRESENCE, 1, plain(1, 0, 1)),
                       column(1, VALUE, 2, table(b"x", b"", b"")), column(1, PRESENCE, 2, plain(1, 0, 1)),
                       column(1, VALUE, 3, plain(1, 2, 3)),
                       column(1, VALUE, 4, table(b"ab", b"", b"abc")), column(1, PRESENCE, 4, const(1))])
    add("optional", 0, "absent values; no presence column is null; a present one of another length is null", t.end(),
        [(1, 0, 7, b"ab", b"x", None, b"ab"), (2, 0, None, None, None, None, None), (3, 0, 9, b"cd", b"", None, None)])

    t = tape(enumeration(1, b"state", [(1, b"ONE"), (2, b"T W%O"), ((1 << 64) - 2, b"MINUS_2"), ((1 << 64) - 1, b"")]),
             enumeration(3, b"bits", [(1, b"A"), (1 << 63, b"TOP")]), enumeration(256, b"unused", []),
             schema(1, b"e", [field(b"s", flags=SIGNED, enum=1), field(b"b", size=8, flags=BITS, enum=3),
                              field(b"u", enum=77)]))
    t.rows([1, 2], [column(1, VALUE, 0, plain(1, -2)), column(1, VALUE, 1, plain(1 << 63 | 1, 2)),
                    column(1, VALUE, 2, const(5))])
    add("enumerations", 0, "values, bits, negative ones, one that is missing, one that nobody uses", t.end(),
        [(1, 0, 1, 1 << 63 | 1, 5), (2, 0, -2, 2, 5)])

    t = Tape(parts=features(said=((b"clock", b"boottime"), (b"byte_order", b"big"))))
    t.schemas(schema(1, b"e", [field(b"a", kind=ARRAY, size=4, count=2), field(b"i", size=4)]))
    t.rows([1], [column(1, VALUE, 0, const(bytes([0, 0, 0, 1, 0, 0, 0, 2]))), column(1, VALUE, 1, const(258))])
    add("byte_order_big", 0, "arrays keep the machine's order, integers do not", t.end(),
        [(1, 0, bytes([0, 0, 0, 1, 0, 0, 0, 2]), 258)])


def bound(add):
    d = dictionary(1, b"d", [field(b"u2", size=2), field(b"s4", flags=SIGNED), field(b"t", kind=STRING, size=1),
                             field(b"b", kind=BYTES, size=1, count=4)])
    fields = [field(b"u8", size=8, ref=1), field(b"s8", size=8, flags=SIGNED, ref=1, attribute=1),
              field(b"u4of_s4", ref=1, attribute=1), field(b"t", kind=STRING, size=1, ref=1, attribute=2),
              field(b"b", kind=BYTES, size=1, count=4, ref=1, attribute=3),
              field(b"b2", kind=BYTES, size=1, count=2, ref=1, attribute=3), field(b"other_kind", ref=1, attribute=2),
              field(b"t_of_i", kind=STRING, size=1, ref=1), field(b"no_such", ref=1, attribute=9), field(b"own")]
    entries = run(1, 1, 2, [plain(1, 65535), plain(-1, 5), table(b"one", b""), planes(b"abcd", b"wxyz")])
    rows = [(65535 if i == 2 else 1, 5 if i == 2 else -1, 5 if i == 2 else MASK64, b"" if i == 2 else b"one",
             b"wxyz" if i == 2 else b"abcd", None, None, None, None) if i in (1, 2) else (None,) * 9 for i in (0, 1, 2, 3, 1)]
    t = tape(d, schema(2, b"e", fields, refs=[1]))
    t.entries(entries)
    t.rows([1, 2, 3, 4, 5], [column(2, REFERENCE, 0, recent(0, 1, 2, 3, 1)), column(2, VALUE, 0, plain(9, 8, 7, 6, 5))],
           ids=[2] * 5)
    add("bound_fields", 0, "fields of entries: none, known, missing, of other width, kind and length", t.end(),
        [(i + 1, 0, *row, 9 - i) for i, row in enumerate(rows)])

    both = schema(2, b"e", [field(b"v", ref=1), field(b"own")], refs=[1])
    small = dictionary(1, b"d", [V])

    def referring(t, *ids, **said):
        return t.rows([10 + i for i in range(len(ids))], [column(2, REFERENCE, 0, plain(*ids)), column(2, VALUE, 0, const(3))],
                      ids=[2] * len(ids), **said)

    t = tape(small, both)
    t.entries(run(1, 1, 2, [plain(100, 200)]))
    referring(t, 1, 2)
    t.epoch = 2
    t.entries(run(1, 1, 1, [plain(300)]))
    referring(t, 1, 2)
    t.epoch = 1
    referring(t, 1)
    add("epochs", 0, "a new epoch forgets all entries; a DATA block alone can begin one", t.end(),
        [(10, 0, 100, 3), (10, 0, 300, 3), (10, 0, None, 3), (11, 0, 200, 3), (11, 0, None, 3)])

    t = tape(small, both)
    t.entries(run(1, 1, 1, [plain(100)]))
    at = t.add(DICT, Part(run(1, 1, 1, [plain(300)]), codec=9), epoch=2)
    referring(t, 1)
    add("epoch_of_damaged", 3, "a DICT block that cannot be read begins no epoch", t.end(), [(10, 0, 100, 3)], [at])

    t = tape(small, both)
    t.entries(run(1, 1, 2, [plain(100, 200)]))
    at = t.entries(run(1, 2, 1, [plain(300)]))
    referring(t, 1, 2)
    add("entries_not_ascending", 3, "an id that was given: the block is damaged, the entries before stay", t.end(),
        [(10, 0, 100, 3), (11, 0, 200, 3)], [at])

    t = tape(small, both)
    t.entries(run(1, 5, 1, [plain(100)]), run(1, 9, 1, [plain(200)]))
    referring(t, 5, 9, 1, 6)
    add("entries_with_gaps", 0, "ids ascend and need not be dense for a reader", t.end(),
        [(10, 0, 100, 3), (11, 0, 200, 3), (12, 0, None, 3), (13, 0, None, 3)])

    t = tape(small, both)
    t.entries(run(1, 1, 1, [plain(100)]))
    t.seq += 1
    t.entries(run(1, 3, 1, [plain(300)]))
    referring(t, 1, 2, 3)
    add("entries_missing", 3, "a DICT block is missing: bound fields of its entries are null", t.end(),
        [(10, 0, 100, 3), (11, 0, None, 3), (12, 0, 300, 3)], [(t.blocks[3][1], 0)])

    t = tape(small, both, dictionary(3, b"other_kind", [field(b"x", kind=9)]))
    t.entries(run(77, 1, 3, [const(1)]), run(3, 1, 1, [const(1)]), run(1, 1, 1, [plain(100)]),
              run(1, 2, 1, [(99, b"\1")]), run(1, 3, 1, [plain(300)]))
    referring(t, 1, 2, 3)
    add("entries_unknown", 0, "runs of unknown schemas, kinds of fields and codecs are stepped over", t.end(),
        [(10, 0, 100, 3), (11, 0, None, 3), (12, 0, 300, 3)])

    t = tape(small, both)
    t.entries(run(1, 1, 2, [plain(100, 200)]))
    at = t.entries(run(1, 2, 1, [(99, b"\1")]))
    referring(t, 1, 2)
    add("entries_unknown_not_ascending", 3, "ids that do not ascend are damage whatever the codec", t.end(),
        [(10, 0, 100, 3), (11, 0, 200, 3)], [at])

    t = tape(both)
    t.entries(run(1, 1, 1, [plain(100)]))
    t.schemas(small)
    referring(t, 1)
    add("entries_before_schema", 0, "entries whose schema comes later stay unknown", t.end(), [(10, 0, None, 3)])

    for name, first, count, is_sound in (("entries_at_limit", 1 << 20, 1, True), ("entries_above_limit", 1 << 20, 2, False),
                                         ("entries_from_0", 0, 1, False)):
        t = tape(small, both)
        at = t.entries(run(1, first, count, [const(4)]))
        referring(t, 1 << 20)
        add(name, 0 if is_sound else 3, "ids of entries are 1 to 2^20", t.end(), [(10, 0, 4 if is_sound else None, 3)],
            [] if is_sound else [at])


def bytes_per_body(add):
    """6: at most 1024 values and bytes of entries per byte of a body."""
    for name, excess in (("entries_work_below", -1), ("entries_work_at", 0), ("entries_work_above", 1)):
        t = tape(dictionary(1, b"d", [field(b"s", kind=STRING, size=1)]),
                 schema(2, b"e", [field(b"s", kind=STRING, size=1, ref=1)], refs=[1]))
        value = b"x" * 110  # an entry of it counts 128 bytes
        size = 16 + len(run(1, 1, 2000, [const(value)]))
        count = 8 * size + excess
        at = t.entries(run(1, 1, count, [const(value)]))
        assert at[1] == 96 + size
        t.rows([1], [column(2, REFERENCE, 0, const(count))], ids=[2])
        add(name, 3 if excess > 0 else 0, "bytes of entries: 1024 for each byte of the body", t.end(),
            [(1, 0, None if excess > 0 else value)], [at] if excess > 0 else [])


def codecs(add):
    t = tape(ONE)
    values = [5, 5, 7, 5, 1, 2, 3, 4, 6, 8, 9, 7, 1 << 31, 5, 0, 0]
    for i, codec in enumerate((plain, delta, recent, listed)):
        t.rows([100 * i + k for k in range(16)], [column(1, VALUE, 0, codec(*values))])
    t.rows([400, 401], [column(1, VALUE, 0, const(77))])
    add("codecs_of_integers", 0, "VARINT, DELTA, RECENT with moves and misses, LISTED, CONST", t.end(),
        [(100 * i + k, 0, v) for i in range(4) for k, v in enumerate(values)] + [(400, 0, 77), (401, 0, 77)])

    t = tape(schema(1, b"e", [field(b"v", size=8)]))
    wide = [1 << 62, 0, MASK64, 1 << 62, MASK64 - 1, 1, MASK64, 3 << 62, (1 << 63) + 5]
    for i, codec in enumerate((plain, delta, recent, listed)):
        t.rows([100 * i + k for k in range(9)], [column(1, VALUE, 0, codec(*wide))])
    add("codecs_wrap", 0, "differences modulo 2^64", t.end(), [(100 * i + k, 0, v) for i in range(4) for k, v in enumerate(wide)])

    turns = [0, 5, MASK64, 1000, 6, 1001, 1 << 59, (1 << 59) - 9, 7, 1002, MASK64 - 1, 3, 40, 80, 120, 160, 200, 240, 280, 41, 8]
    t = tape(schema(1, b"e", [field(b"v", size=8)]))
    t.rows(range(21), [column(1, VALUE, 0, nearby(*turns))])
    # The second value, 0, plus and minus 2^60: the longest distances that there are.
    t.rows([30, 31], [column(1, VALUE, 0, (NEARBY, varints(MASK64, MASK64 - 8)))])
    far = [MASK64 - (1 << 60) + 1, (1 << 60) - 1]
    add("nearby", 0, "the nearest of the eight latest, and of all others the one that makes the smallest token", t.end(),
        [(i, 0, v) for i, v in enumerate(turns)] + [(30, 0, far[0]), (31, 0, far[1])])

    times = range(513)
    for name, count, rows in (("at_limit", 512, 513), ("above_limit", 513, 513), ("above_rows", 3, 2)):
        t = tape(schema(1, b"e", [V, field(b"w")]))
        t.rows(times[:rows], [column(1, VALUE, 0, (LISTED, varint(count) + b"\2" * count + varints(*([count - 1] * rows)))), column(1, VALUE, 1, const(8))])
        known = count if name == "at_limit" else None
        add("listed_" + name, 0, "at most 512 values are listed, and as many as there are", t.end(), [(i, 0, known, 8) for i in times[:rows]])

    t = tape(schema(1, b"e", [field(b"b", kind=BYTES, size=1, count=2), field(b"s", kind=STRING, size=1)]))
    pairs = [b"ab", b"cd", b"ab"]
    t.rows([1, 2, 3], [column(1, VALUE, 0, table(*pairs)), column(1, VALUE, 1, planes(*pairs))])
    t.rows([4, 5, 6], [column(1, VALUE, 0, planes(*pairs)), column(1, VALUE, 1, table(*pairs))])
    t.rows([7], [column(1, VALUE, 0, const(b"zz")), column(1, VALUE, 1, const(b""))])
    add("codecs_of_bytes", 0, "CONST, TABLE, PLANES", t.end(),
        [(i + 1, 0, p, p) for i, p in enumerate(pairs * 2)] + [(7, 0, b"zz", b"")])

    wrong = [("trailing", (VARINT, b"\5\6\7")), ("short", (VARINT, b"\5")), ("long_varint", (VARINT, b"\5" + b"\x80" * 10 + b"\0")),
             ("varint_above", (VARINT, b"\5" + b"\xff" * 9 + b"\2")), ("unknown", (99, b"\5\6")), ("table", (TABLE, b"\1\1a\0\0")),
             ("time", (TIME, b"\0\0")), ("paced", (PACED, b"\0\0")), ("as_is", (AS_IS, b"\5\6")), ("keyed_without_key", (KEYED, b"\1\1")),
             ("const_trailing", (CONST, b"\5\5")), ("recent_short", (RECENT, b"\0")), ("nearby_short", (NEARBY, b"\0")),
             ("listed_index", (LISTED, b"\1\6\0\1")), ("listed_short", (LISTED, b"\1\6\0")), ("listed_trailing", (LISTED, b"\1\6\0\0\0"))]
    for name, coded in wrong:
        t = tape(schema(1, b"e", [V, field(b"w")]))
        t.rows([1, 2], [column(1, VALUE, 0, coded), column(1, VALUE, 1, plain(8, 9))])
        add("column_" + name, 0, "a column at fault or of an unknown codec is null, others are not", t.end(),
            [(1, 0, None, 8), (2, 0, None, 9)])
    wrong = [("table_too_big", (TABLE, b"\3\1a\1b\1c\0\1")), ("table_index", (TABLE, b"\1\1a\0\1")), ("table_trailing", (TABLE, b"\1\1a\0\0\0")),
             ("planes_0", (PLANES, b"\0")), ("planes_short", (PLANES, b"\2abc")), ("const_short", (CONST, b"\3ab")),
             ("of_integers", (VARINT, b"\1\1"))]
    for name, coded in wrong:
        t = tape(schema(1, b"e", [field(b"s", kind=STRING, size=1), field(b"w")]))
        t.rows([1, 2], [column(1, VALUE, 0, coded), column(1, VALUE, 1, plain(8, 9))])
        add("strings_" + name, 0, "a column of strings at fault is null, others are not", t.end(), [(1, 0, None, 8), (2, 0, None, 9)])
    t = tape(schema(1, b"e", [field(b"b", kind=BYTES, size=1, count=2), field(b"c", kind=BYTES, size=1, count=2, flags=OPTIONAL)]))
    t.rows([1, 2], [column(1, VALUE, 0, table(b"ab", b"abc")), column(1, VALUE, 1, table(b"ab", b"abc")), column(1, PRESENCE, 1, const(1))])
    add("bytes_of_other_length", 0, "the column is at fault; of OPTIONAL fields only the value", t.end(), [(1, 0, None, b"ab"), (2, 0, None, None)])

    for name, hot in (("unknown_codec", (99, b"\1\1")), ("trailing", (VARINT, b"\1\1\1")), ("short", (VARINT, b"\1"))):
        for index, what in enumerate(("times", "cpus", "schemas")):
            t = tape(ONE)
            columns = [column(0, VALUE, i, hot if i == index else plain(*([1, 1] if i else [5, 5]))) for i in range(3)]
            at = t.rows([5, 5], [column(1, VALUE, 0, const(1))], hot=columns)
            add(f"hot_{what}_{name}", 3, "a fault of a hot column damages the block", t.end(), [], [at])


def clocks(add, codec=TIME, prefix="time", section="7.9"):
    def timed(name, meaning, times, cpus=None, ids=None, escapes=(), min_ts=None):
        t = tape(ONE, schema(2, b"f", []))
        ids = ids or [1] * len(times)
        count = ids.count(1)
        t.rows(times, [column(1, VALUE, 0, plain(*range(count)))], cpus, ids, time_codec=codec, escapes=escapes)
        rows, number = [], 0
        for ts, cpu, i in zip(times, cpus or [0] * len(times), ids):
            rows.append((ts, cpu, number) if i == 1 else (ts, cpu))
            number += i == 1
        add(f"{prefix}_{name}", 0, meaning, t.end(), sorted(rows, key=lambda row: row[0]))

    def hot(symbols, raw, rows=1):
        return [column(0, VALUE, 0, (codec, symbols)), *([] if raw is None else [column(0, RAW, 0, (AS_IS, raw))]),
                column(0, VALUE, 1, plain(*range(rows)) if rows > 1 else const(0)), column(0, VALUE, 2, const(1))]

    def refused(name, meaning, columns, rows=1):
        t = tape(ONE)
        at = t.rows([0] * rows, [column(1, VALUE, 0, const(1))], hot=columns)
        add(f"{prefix}_{name}", 3, meaning, t.end(), [], [at])

    timed("steady", "steps that a context learns", [1000 * i + (i * i * 7) % 40 for i in range(60)], ids=[1 + (i % 3 == 0) for i in range(60)])
    timed("lanes", "three CPUs, beside each other and at equal times",
          [10, 20, 20, 30, 10, 15, 20, 40, 5, 20], [0, 0, 0, 0, 1, 1, 1, 1, 4294967295, 4294967295], [1, 2, 1, 2, 1, 1, 1, 2, 2, 1])
    timed("escapes", "symbol 255, wanted or not", [0, 1, 2, 3, 1 << 40, (1 << 40) + 1, 1 << 62, (1 << 63) + 5, MASK64 - 1],
          escapes=(0, 2, 5))
    timed("extremes", "the whole range of times in one step", [0, MASK64 - 1, MASK64 - 1], [0, 0, 1], [1, 2, 1])
    big = [0, 1 << 33]
    for i in range(40):
        big.append(big[-1] + ((1 << 34) if i % 2 else i))
    timed("jumping", "residuals that grow and shrink", big)
    if codec == PACED:
        slow, at = [], 0
        for i in range(300):
            at += (300 + 200 * (i % 3) + i * i % 37) * (2 if i // 50 % 2 else 1) + 5000 * (i % 41 == 0)
            slow.append(at)
        timed("slower", "a CPU that is half as fast at times", slow, [i // 150 for i in range(300)],
              [1 + (i % 5 == 0 or i % 11 == 0) for i in range(300)])
    bits = 65 if codec == TIME else 64
    for name, symbols, raw in ((f"{bits}_bits", b"\xff", bits.to_bytes(10, "little")), ("bits_below_0", b"\4", b""),
                               ("raw_too_long", b"\0", b"\0"), ("raw_too_short", b"\xff", b""),
                               ("symbols_too_many", b"\0\0", b""), ("symbols_too_few", b"", b"")):
        refused(name, f"the time column contradicts section {section}", hot(symbols, raw))
    # The first rows of two CPUs share a context: the most bits there are, and one more.
    most = (64).to_bytes(9, "little") + b"\0" if codec == TIME else b"\x3f" + b"\0" * 8
    refused(f"{bits}_bits_by_symbol", "a symbol asks for a bit more than there can be", hot(b"\xff\x08" if codec == TIME else b"\xff\x18", most, 2), 2)
    refused("without_raw", "the time column has no raw column", hot(b"\0", None))


def clocks_paced(add):
    clocks(add, PACED, "paced", "7.4")


def keyed(add):
    d = dictionary(1, b"d", [field(b"k"), field(b"last", key_ref=1, flags=ID), field(b"flip", size=2, key_ref=1, flags=FLIP),
                             field(b"space", size=8, flags=SIGNED, key_ref=1, key_space=3)])
    fields = [field(b"a", key_ref=1), field(b"b", key_ref=1, flags=FLIP), field(b"c", size=2, flags=SIGNED, key_ref=1, key_space=7),
              field(b"key", ref=1), field(b"last", ref=1, attribute=1), field(b"flip", size=2, ref=1, attribute=2),
              field(b"space", size=8, flags=SIGNED, ref=1, attribute=3)]
    entries = [(6, 1000, 900, -5), (7, 901, 999, 0), (6, 1001, 0, -1 << 60), (65542, 1002, 60000, 7)]
    rows = [(1, 5000, 9000, -3), (2, 9001, 5001, -2), (0, 77, 78, 0), (1, 0, 9002, -30000), (4, 5000, 1 << 31, 32767), (3, 5001, 0, 32767), (0, 78, 77, 1)]
    for name, codec, dict_codec in (("keyed", "keyed", plain), ("keyed_and_plain", "plain", delta)):
        t = tape(d, schema(2, b"e", fields, refs=[1]))
        k, tokens, raw = Keyed(), [[], [], []], b""
        for key, last, flip, space in entries:
            for i, (value, size, is_flip, where) in enumerate(((last, 4, 0, 0), (flip, 2, 1, 0), (space, 8, 0, 3))):
                token, more = k.token(key, value, size, is_flip, where)
                tokens[i].append(token)
                raw += more
        t.entries(run(1, 1, 4, [plain(*(e[0] for e in entries))] + [dict_codec(*c) for c in tokens], raw))
        keys = [0] + [e[0] for e in entries]
        k, tokens, raws = Keyed(), [[], [], []], [b"", b"", b""]
        for ref, *values in rows:
            for i, (size, is_flip, where) in enumerate(((4, 0, 0), (4, 1, 0), (2, 0, 7))):
                if i == 1 and codec == "plain":
                    tokens[i].append(values[i])
                    continue
                token, more = k.token(keys[ref], values[i], size, is_flip, where)
                tokens[i].append(token)
                raws[i] += more
        columns = [column(2, REFERENCE, 0, plain(*(row[0] for row in rows)))]
        for i in range(3):
            is_plain = i == 1 and codec == "plain"
            columns.append(column(2, VALUE, i, (VARINT if is_plain else KEYED, varints(*tokens[i]))))
            if not is_plain:
                columns.append(column(2, RAW, i, (AS_IS, raws[i])))
        t.rows(list(range(7)), columns, ids=[2] * 7)
        add(name, 0, "values predicted by their key: FLIP, spaces, shared places, tokens 0 and 1", t.end(),
            [(i, 0, *row[1:], *(entries[row[0] - 1] if row[0] else (None,) * 4)) for i, row in enumerate(rows)])

    far = [1 << 31, (1 << 31) - 1, -1 << 31, (1 << 31) + 1, -(1 << 31) - 1, (1 << 32) + 3, -5 << 40, (1 << 63) - 2, -(1 << 63) + 1]
    t = tape(dictionary(1, b"d", [field(b"k")]), schema(2, b"e", [field(b"a", key_ref=1), field(b"b", size=8, key_ref=1)], refs=[1]))
    steps = [(far[i // 8 - 1], far[-(i // 8)]) if i % 8 == 0 and i else (i % 3, 0) for i in range(75)]
    rows, last = [], 0
    for i, (a, b) in enumerate(steps):
        rows.append([i, 0, last + a & 0xffffffff])
        last = rows[-1][2] + b & MASK64
        rows[-1].append(last)
    columns = [column(2, REFERENCE, 0, const(0))]
    for i in range(2):
        columns += [column(2, VALUE, i, (KEYED, varints(*(zigzagged(step[i]) + 2 for step in steps)))), column(2, RAW, i, (AS_IS, b""))]
    t.rows(list(range(75)), columns, ids=[2] * 75)
    add("keyed_far", 0, "distances of up to 63 bits, one place for two widths", t.end(), rows)

    d = dictionary(1, b"d", [field(b"k")])
    e = schema(2, b"e", [field(b"a", key_ref=1), field(b"own")], refs=[1])
    wrong = [("raw_missing", [1, 1], b"\4\6", None, 2), ("raw_short", [1, 1], b"\0\6", b"\1\2", 2), ("raw_long", [1, 1], b"\4\6", b"\1", 2),
             ("tokens_short", [1, 1], b"\4", b"", 2), ("entry_missing", [1, 2], b"\4\6", b"", 2), ("unknown_schema", [1, 1], b"\4\6", b"", 3)]
    for name, ids, tokens, raw, other in wrong:
        t = tape(d, e)
        t.entries(run(1, 1, 1, [const(8)]))
        columns = [column(2, REFERENCE, 0, plain(*ids)), column(2, VALUE, 0, (KEYED, tokens)), column(2, VALUE, 1, plain(6, 7))]
        if raw is not None:
            columns.append(column(2, RAW, 0, (AS_IS, raw)))
        t.rows([1, 2, 3][:other], columns, ids=[2, 2, 3][:other])
        add("keyed_" + name, 0, "no keyed value of the block is known", t.end(), [(1, 0, None, 6), (2, 0, None, 7)])
    wide = dictionary(1, b"d", [field(b"k"), field(b"a", key_ref=1)])
    bound = schema(2, b"e", [field(b"a", ref=1, attribute=1)], refs=[1])
    for name, status, runs in (
            ("fits", 0, run(1, 1, 1, [const(8), plain(0)], b"\1\0\0\0")), ("raw_long", 3, run(1, 1, 1, [const(8), plain(0)], b"\1\0\0\0\0")),
            ("raw_short", 3, run(1, 1, 1, [const(8), plain(0)], b"\1\0\0")), ("tokens_short", 3, run(1, 1, 2, [const(8), plain(1)])),
            ("unknown_before", 0, run(9, 1, 1, [const(8)]) + run(1, 1, 1, [const(8), plain(0)], b"\1\0\0\0"))):
        t = tape(wide, bound)
        at = t.entries(runs)
        t.rows([1], [column(2, REFERENCE, 0, const(1))], ids=[2])
        add("dict_keyed_" + name, status, "keyed attributes and their raw bytes", t.end(), [(1, 0, 1 if name == "fits" else None)], [at] if status else [])
    t = tape(d, e)
    columns = [column(2, REFERENCE, 0, const(0)), column(2, VALUE, 0, (KEYED, b"\4\6")), column(2, RAW, 0, (AS_IS, b"")), column(2, VALUE, 1, plain(6, 7))]
    t.rows([1, 2], columns, ids=[2, 2])
    add("keyed_entry_0", 0, "the key of entry 0 is 0", t.end(), [(1, 0, 1, 6), (2, 0, 3, 7)])


def companions(near=0, start=0):
    return bytes([near, start])


def paired(add, codec=PAIRED, name="paired"):
    d = dictionary(1, b"d", [field(b"k")])
    # len is near the payload behind it, left near what is not keyed; seq and the payload tell of the end.
    fields = [field(b"len", key_ref=1, tail=companions(near=3)), field(b"seq", key_ref=1), field(b"payload", key_ref=1, key_space=2, tail=companions(0, 2)),
              field(b"ack", key_ref=1, flags=FLIP), field(b"held"), field(b"left", flags=SIGNED | SUM, key_ref=1, key_space=2, tail=companions(near=5)),
              field(b"wide", size=8, key_ref=1, key_space=9, tail=companions(near=4, start=2)), field(b"narrow", size=1, flags=SIGNED, key_ref=1, key_space=9)]
    keys = [0, 6, 7]
    rows = [(1, 152, 5000, 100, 9000, 10, 90, 1 << 33, -3), (2, 52, 9000, 0, 5100, 10, 90, 1 << 33, -3), (1, 252, 5100, 200, 9000, 60, 40, (1 << 33) + 1, 5),
            (2, 52, 9000, 0, 5300, 65, -5, 1 << 63, -128), (1, 52, 5300, 0, 9000, 0, 0, 0, 0), (0, 4096, 1 << 31, 4044, 77, 1, 4043, 5, 3),
            (1, 52, 5100, 0, 9000, 0, -60, (1 << 33) + 1, 5), (2, 0, 9000, 52, 5100, 3, -3, 7, 127), (1, 60, 0, 0, 9052, 0, 5, 7, 127)]
    p, tokens, raws = Paired(codec), {i: [] for i in (0, 1, 2, 3, 5, 6, 7)}, {i: b"" for i in (0, 1, 2, 3, 5, 6, 7)}
    for ref, *v in rows:
        key = keys[ref]
        for i, place, value, size in ((1, p.place(key), v[1], 4), (2, p.place(key, space=2), v[2], 4), (3, p.place(key, True), v[3], 4),
                                      (6, p.place(key, space=9), v[6], 8), (7, p.place(key, space=9), v[7], 1),
                                      (0, p.place(key), v[0] - v[2], 4), (5, p.place(key, space=2), v[5] + v[4], 4)):
            token, raw = p.token(i, place, value, size)
            tokens[i].append(token)
            raws[i] += raw
            if i == 2 and v[2]:
                p.see(p.place(key), v[1] + v[2] & 0xffffffff)
    t = tape(d, schema(2, b"e", fields, refs=[1]))
    t.entries(run(1, 1, 2, [plain(6, 7)]))
    columns = [column(2, REFERENCE, 0, plain(*(row[0] for row in rows))), column(2, VALUE, 4, plain(*(row[5] for row in rows)))]
    for i in tokens:
        columns += [column(2, VALUE, i, (codec, varints(*tokens[i]))), column(2, RAW, i, (AS_IS, raws[i]))]
    t.rows(list(range(9)), columns, ids=[2] * 9)
    add(name, 0, "two last values, columns' own, near and start; those of another width or order do not count", t.end(),
        [(i, 0, *row[1:]) for i, row in enumerate(rows)])

    # What is full is 0, and tells in turn what is left; one that comes before what it is near cannot.
    fields = [field(b"early", key_ref=1, key_space=3, tail=companions(near=2)), field(b"held", flags=SIGNED | FULL, key_ref=1, tail=companions(near=4)),
              field(b"left", flags=SUM, key_ref=1, key_space=1, tail=companions(near=2)), field(b"goal", flags=SIGNED, key_ref=1, key_space=2),
              field(b"end", key_ref=1, key_space=4, tail=companions(start=2))]
    rows = [(0, 4680, 9000, 65160), (1, 37448, 8000, 65160), (2, 65160, 7000, 65160), (0, 5056, 6000, 65160), (0, 37824, 5000, 65160),
            (0, 65160, 0, 65160), (0, 0, 100, 65160), (0, -1, 100, 65160), (3, 0, 1, 0), (3, -1, 1, 0), (3, 9, 1, 0), (0, 0, 5, -1), (0, -1, 5, -1), (0, 7, 5, -1)]
    p, tokens, raws = Paired(codec), {i: [] for i in range(5)}, {i: b"" for i in range(5)}
    for early, held, left, goal in rows:
        full, coded = goal & 0xffffffff, held & 0xffffffff
        if full:
            coded = 0 if coded == full else {0: 0xffffffff, 0xffffffff: full}.get(coded, coded)
        for i, space, value in ((0, 3, early), (3, 2, goal), (4, 4, early), (1, 0, coded), (2, 1, left + held)):
            token, raw = p.token(i, p.place(6, space=space), value, far=1 << 20)
            tokens[i].append(token)
            raws[i] += raw
    t = tape(d, schema(2, b"e", fields, refs=[1]))
    t.entries(run(1, 1, 1, [plain(6)]))
    t.rows(list(range(len(rows))), [column(2, REFERENCE, 0, const(1))] +
           [c for i in tokens for c in (column(2, VALUE, i, (codec, varints(*tokens[i]))), column(2, RAW, i, (AS_IS, raws[i])))], ids=[2] * len(rows))
    add(name + "_full", 0, "0 means what is near; what has something near can be near, but tells no start", t.end(),
        [(i, 0, *row, row[0]) for i, row in enumerate(rows)])

    # The tokens of KEYED beside the others: they share places.
    e = schema(2, b"e", [field(b"a", key_ref=1), field(b"b", key_ref=1, tail=companions(near=1, start=1))], refs=[1])
    t = tape(d, e)
    t.rows([1, 2, 3], [column(2, REFERENCE, 0, const(0)), column(2, VALUE, 0, (KEYED, b"\6\6\2")), column(2, RAW, 0, (AS_IS, b"")),
                       column(2, VALUE, 1, (codec, b"\3\2\5" if codec == PAIRED else b"\3\2\16")), column(2, RAW, 1, (AS_IS, b""))], ids=[2] * 3)
    add(name + "_and_keyed", 0, "KEYED and other columns share places", t.end(), [(1, 0, 2, 2), (2, 0, 6, 12), (3, 0, 18, 37)])

    for fault, a, b in (("near_missing", None, b"\2\2"), ("near_unknown_codec", (99, b"\1\2"), b"\2\2"), ("start_plain", plain(1, 2), b"\2\2"),
                       ("tokens_short", (codec, b"\5\5"), b"\2"), ("tokens_long", (codec, b"\5\5"), b"\2\2\2"), ("raw_short", (codec, b"\5\5"), b"\0\2")):
        t = tape(d, e)
        columns = [column(2, REFERENCE, 0, const(0)), column(2, VALUE, 1, (codec, b)), column(2, RAW, 1, (AS_IS, b""))]
        if a:
            columns.append(column(2, VALUE, 0, a))
            columns += [column(2, RAW, 0, (AS_IS, b""))] if a[0] == codec else []
        t.rows([1, 2], columns, ids=[2, 2])
        known = (1, 2) if fault == "start_plain" else (None, None)
        add(name + "_" + fault, 0, "no keyed value of the block is known", t.end(), [(1, 0, known[0], None), (2, 0, known[1], None)])


def told(add):
    paired(add, TOLD, "told")

    # A head of 8 bytes and the rest, lengths that come again, and more of them than a column keeps.
    p, tokens, raw, rows = Paired(TOLD), [], b"", []
    for key, *values in ((1, 429, 8, 421), (2, 900, 8, 892), (3, 429, 8, 900), (1, *range(1000, 3000, 200), 2800, 1400, 1200, 2000), (2, 1 << 31, 8), (3, 1, 1 << 31, 1), (1, 1 << 31)):
        for value in values:
            token, more = p.token(0, p.place(key), value)
            tokens.append(token)
            raw += more
            rows.append((key, value))
    assert {0, 4, 5, 6, 12} < set(tokens) and max(tokens) > 127, sorted(tokens)
    # Nothing was told yet: the first value is 0, which becomes the last one of its place.
    for case, tokens, raw, rows in (("again", tokens, raw, rows), ("nothing", (4, 12, 14, 4), b"", [(1, 0), (1, 0), (1, 1), (1, (1 << 32) - 1)])):
        t = tape(dictionary(1, b"d", [field(b"k")]), schema(2, b"e", [field(b"a", key_ref=1), field(b"k", ref=1)], refs=[1]))
        t.entries(run(1, 1, 3, [plain(1, 2, 3)]))
        t.rows(list(range(len(rows))), [column(2, REFERENCE, 0, plain(*(key for key, _ in rows))), column(2, VALUE, 0, (TOLD, varints(*tokens))),
                                        column(2, RAW, 0, (AS_IS, raw))], ids=[2] * len(rows))
        add("told_" + case, 0, "what is left of a value, and what a column was told at length", t.end(),
            [(i, 0, value, key) for i, (key, value) in enumerate(rows)])


def referring(rows, hows, only_far=False, missing=()):
    """Columns of rows that refer to entries; CONST or plain where nothing else is said."""
    coded = shared(rows, hows, only_far)
    columns = []
    for number in sorted({number for number, _ in rows}):
        ids = [ids for n, ids in rows if n == number]
        for index in range(len(ids[0])):
            if (number, index) not in missing:
                columns.append(column(number, REFERENCE, index, coded.get((number, index), plain(*(row[index] for row in ids)))))
    return columns


def shared_references(add):
    # Values of entries are their ids and 1000 or 2000.
    records = [dictionary(1, b"d", [field(b"k")]), dictionary(2, b"d", [field(b"k")]),
               schema(3, b"e", [field(b"a", ref=1), field(b"b", ref=2), field(b"c", ref=3)], refs=[1, 2, 1]),
               schema(4, b"f", [field(b"b", ref=1), field(b"a", ref=2)], refs=[2, 1])]

    def begun():
        t = tape(*records)
        t.entries(run(1, 1, 400, [plain(*range(1001, 1401))]), run(2, 1, 400, [plain(*range(2001, 2401))]))
        return t

    def told(rows, unknown=()):
        dicts = {3: (1, 2, 1), 4: (2, 1)}
        return [(t, 0, *(None if not 1 <= i <= 400 or (number, k) in unknown else 1000 * dicts[number][k] + i for k, i in enumerate(ids)))
                for t, (number, ids) in enumerate(rows) if number in dicts]

    def write(t, rows, columns, **said):
        return t.rows(list(range(len(rows))), columns, ids=[number for number, _ in rows], **said)

    rows, state = [], 1
    for i in range(700):
        state = state * 1103515245 + 12345 & 0x7fffffff
        a, far = state >> 16 & 15, state >> 8 & 0xff
        if i % 50 < 5:  # who was never there, one after the other, in both directions
            a = i // 50 * 5 + i % 50 + 40 if i % 100 < 50 else 400 - i
        rows.append((3, (a, (a * 7 + i // 300) % 401, far)) if i % 3 else (4, ((a * 7 + i // 300) % 401, a)))
    for name, hows in (("plain", (0, 0, 0, 0, 0)), ("own", (2, 2, 2, 2, 2)), ("linked", (1, 1, 1, 1, 1)), ("mixed", (2, 3, 0, 1, 2))):
        t = begun()
        lists = {(3, 0): 1, (3, 1): 2, (3, 2): 1, (4, 0): 2, (4, 1): 1}
        write(t, rows, referring(rows, {at: (how, lists[at]) for at, how in zip(lists, hows)}))
        add("shared_" + name, 0, "references that others tell about", t.end(), told(rows))
    t = begun()
    write(t, rows, referring(rows, {(3, 0): (LINKED, 0), (3, 2): (OWN, 4096), (4, 1): (LINKED | OWN, 4096)}, True))
    add("shared_beside_others", 0, "lists of any number; other columns do not count; no id comes by its rank", t.end(), told(rows))

    few = [(3, (1, 2, 3)), (5, (7, 8)), (4, (9, 7)), (3, (7, 9, 1)), (5, (1, 1))]
    hows = {(3, 0): (0, 1), (3, 1): (LINKED, 2), (3, 2): (0, 1), (4, 0): (0, 2), (4, 1): (0, 1), (5, 0): (0, 1), (5, 1): (LINKED, 2)}
    t = begun()
    write(t, few, referring(few, hows))
    add("shared_unknown_schema", 0, "rows of an unknown schema count", t.end(), told(few))
    t = begun()
    twice = referring(few, {**hows, (3, 2): (LINKED, 2)})
    write(t, few, [c for c in twice if c[0][:3] == b"\3\1\2"] + referring(few, hows) + [column(3, REFERENCE, 8, (SHARED, b"\0\1\5\5"))])
    add("shared_listed_twice", 0, "the last counts; and none beyond the eighth", t.end(), told(few))

    ends = [(4, (0, i)) for i in (5, 0xc0000010, 0x90000000, 0xcffffff0, 0xffffffff, 3, 0, 0x3ffffff0, 0x7fffffe0, 0xbfffffd0, 0xffffffc0, 400, 3)]
    for name, how in (("list", 0), ("own", OWN)):
        t = begun()
        write(t, ends, referring(ends, {(4, 1): (how, 1)}, True))
        add("shared_wraps_" + name, 0, "ids modulo 2^32", t.end(), told(ends))
    t = begun()
    write(t, [(4, (0, i)) for i in range(4)], [column(4, REFERENCE, 0, const(0)), column(4, REFERENCE, 1, (SHARED, b"\0\1" + varints(10, 8, 8, 13)))])
    add("shared_wraps_next", 0, "the id after the highest of all is 0", t.end(), [(0, 0, None, None), (1, 0, None, None), (2, 0, None, None), (3, 0, None, 1002)])

    two = [(3, (1, 2, 3)), (4, (2, 1)), (3, (3, 2, 1))]
    hows = {(3, 0): (0, 1), (4, 1): (0, 1)}
    sound = dict(zip(((3, 0), (3, 1), (3, 2), (4, 0), (4, 1)), referring(two, hows)))
    for name, wrong in (("how", b"\4\1\0"), ("list", b"\0\x81\x20\0"), ("tokens_short", b"\0\1"), ("tokens_long", b"\0\1\0\0"),
                        ("token_large", b"\0\1" + varint(1 << 31)), ("token_64_bits", b"\0\1" + varint(MASK64)), ("nothing", b""),
                        ("link_large", b"\1\1" + varint((1 << 31) + 1))):
        t = begun()
        write(t, two, [c for at, c in sound.items() if at != (4, 1)] + [column(4, REFERENCE, 1, (SHARED, wrong))])
        add("shared_wrong_" + name, 0, "no shared reference of the block is known", t.end(), told(two, hows))
    t = begun()
    write(t, two, [c for at, c in sound.items() if at != (4, 1)] + [column(4, REFERENCE, 1, (SHARED, b"\0\1" + varint((1 << 31) - 1)))])
    add("shared_token_largest", 0, "a distance of 31 bits", t.end(), told([two[0], (4, (2, 401)), (3, (401, 2, 1))]))
    t = begun()
    write(t, two, [c for at, c in sound.items() if at != (4, 1)] + [column(4, REFERENCE, 1, (SHARED, b"\0\1\0"), part=2)], codecs={2: 9})
    add("shared_part_unknown", 0, "a part with one of them cannot be decompressed: none is known", t.end(), told(two, hows))
    t = tape(ONE)
    t.rows([1, 2], [column(1, VALUE, 0, (SHARED, b"\0\1\1\1"))])
    add("column_shared", 0, "of values it is an unknown codec", t.end(), [(1, 0, None), (2, 0, None)])


def recalled(add, codec=RECALLED, prefix="recalled"):
    d = dictionary(1, b"d", [field(b"k")])
    # An address near a number that is keyed, one that is signed and near one that is not, one near nothing.
    here = schema(2, b"here", [field(b"seq", key_ref=1), field(b"addr", size=8, tail=companions(near=1)), field(b"n", flags=SIGNED),
                               field(b"s", size=8, flags=SIGNED, tail=companions(near=3)), field(b"alone", size=8)], refs=[1])
    there = schema(3, b"there", [field(b"addr", size=8, tail=companions(near=2)), field(b"seq")])
    page, far = 0xffff888104a00000, 3 << 60
    rows = [(2, 7, page, -1, -5, 0), (3, page, 7), (2, 8, page + 0x200, -1, -5, page + 0xe0), (3, page + 0x200, 8), (2, 9, page, 0, far, page + 0x2e0),
            (2, 7, page + 0x400, 5, -5, page + 0xe0), (3, page + 0x400, 7), (3, 0, 0), (2, 0, 0, 5, -5, page + 0x4e0), (3, page + 0xe0, 9),
            (3, page, 9), (2, 9, page, 5, 0, 0), (2, 8, page + 0x200, -1, -5, page + 0xe0), (3, 1, 7), (3, 2, 7), (3, 1, 7)]
    r, p, seqs, tokens = Recall(codec), Paired(), [], {}
    for kind, *v in rows:
        if kind == 2:
            seqs.append(p.token(0, p.place(6), v[0], far=1 << 30)[0])
        for name, value, number in [("addr", v[1], v[0]), ("s", v[3], v[2]), ("alone", v[4], 0)] if kind == 2 else [("there", v[0], v[1])]:
            tokens.setdefault(name, []).append(r.token(name, value, number & 0xffffffff))
    mine, others = [row[1:] for row in rows if row[0] == 2], [row[1:] for row in rows if row[0] == 3]
    assert {8, 9} <= {t for of in tokens.values() for t in of} and min(map(min, tokens.values())) < 8, tokens

    def columns(addr=(codec, varints(*tokens["addr"])), there=(codec, varints(*tokens["there"])), seq=True, number=True):
        found = [column(2, REFERENCE, 0, const(1)), column(2, VALUE, 1, addr), column(2, VALUE, 2, plain(*(v[2] for v in mine))),
                 column(2, VALUE, 3, (codec, varints(*tokens["s"]))), column(2, VALUE, 4, (codec, varints(*tokens["alone"]))),
                 column(3, VALUE, 0, there)]
        found += [column(2, VALUE, 0, (PAIRED, varints(*seqs))), column(2, RAW, 0, (AS_IS, b""))] if seq else []
        return found + [column(3, VALUE, 1, plain(*(v[1] for v in others)))] * number

    def told(known):
        return [(i, 0, *v) if known else (i, 0, v[0], None, v[2], None, None) if kind == 2 else (i, 0, None, v[1]) for i, (kind, *v) in enumerate(rows)]

    def begin(*more):
        t = tape(d, here, there, *more)
        t.entries(run(1, 1, 1, [plain(6)]))
        return t

    times, ids = list(range(len(rows))), [row[0] for row in rows]
    t = begin()
    t.rows(times, columns(), ids=ids)
    add(prefix, 0, "addresses by number, by the one before, latest and new ones, of two events", t.end(), told(True))

    for name, said in (("short", {"addr": (codec, varints(*tokens["addr"][:-1]))}), ("trailing", {"there": (codec, varints(*tokens["there"], 0))}),
                       ("near_missing", {"number": False})):
        t = begin()
        t.rows(times, columns(**said), ids=ids)
        text = [row[:-1] + (None,) if name == "near_missing" and len(row) == 4 else row for row in told(False)]
        add(prefix + "_" + name, 0, "no recalled value of the block is known", t.end(), text)

    t = begin()
    t.rows(times + [50], columns(), ids=ids + [9])
    add(prefix + "_unknown_schema", 0, "no recalled value of the block is known, and no keyed one", t.end(),
        [(row[0], 0, None, *row[3:]) if len(row) == 7 else row for row in told(False)])

    # Narrow ones, and such with a key, cannot have this codec; nor can what a keyed field is near.
    for name, f, near in (("narrow", field(b"v"), False), ("with_key", field(b"v", size=8, key_ref=1), False),
                          ("near_keyed", field(b"v", size=8), True)):
        e = schema(2, b"e", [f, field(b"w", size=8, key_ref=1, tail=companions(near=1)) if near else field(b"w", size=8)], refs=[1])
        t = tape(d, e)
        t.rows([1, 2], [column(2, REFERENCE, 0, const(0)), column(2, VALUE, 0, (codec, b"\x10\x10" if codec == RECALLED else b"\x17\x17")), column(2, RAW, 1, (AS_IS, b"")),
                        column(2, VALUE, 1, (PAIRED if near else codec, b"\x05\x05"))], ids=[2, 2])
        add(prefix + "_" + name, 0, "a column that cannot be recalled, or be near" if near else "no recalled value of the block is known", t.end(),
            [(1, 0, 3, None), (2, 0, 6, None)] if near else [(1, 0, None, None), (2, 0, None, None)])


def reused(add):
    recalled(add, REUSED, "reused")

    # Pages of a slab are taken in turn, then back in the other order, by two events that have two halves of each.
    e, f = (schema(i, b"e", [field(b"v", size=8)]) for i in (1, 2))
    page, order = 0xffff888104a00000, [(i * 5 % 12) for i in range(12)]
    order += order[::-1][2:] + order[4:] + [20, 3, 20, 11, 4, 9, 20, 0, 2, 7, 1, 20]
    r, rows, tokens = Recall(REUSED), [], {1: [], 2: []}
    for i, n in enumerate(order):
        for kind in ([1, 2] if i % 3 else [1]):
            value = page + 512 * n + (0, 0, 0xe0)[kind]
            tokens[kind].append(r.token(kind, value))
            rows.append((kind, value))
    met = {t - 11 & 3 for of in tokens.values() for t in of if 10 < t < 200}
    assert {1, 3} <= met and {9, 10} <= set(tokens[1] + tokens[2]), tokens
    ids = [kind for kind, _ in rows]
    for case, codec, said in (("way_back", REUSED, tokens), ("not_met", REUSED, {1: tokens[1][:-1] + [11 + 4 * len(r.met) + 1], 2: tokens[2]}),
                              ("and_recalled", RECALLED, None)):
        if not said:  # a column of each: what one is told is not met for the other, but is seen with and after
            said, ids = {1: [11 + 2 * zigzagged(page), 11 + 1, 9, 10], 2: [8, 8, 10 + zigzagged(page), 8]}, [1, 2, 1, 2, 1, 2, 1, 2]
            rows = list(zip(ids, [page, page, page, page, 0, page, 0, 0]))
        t = tape(e, f)
        t.rows(list(range(len(ids))), [column(1, VALUE, 0, (REUSED, varints(*said[1]))), column(2, VALUE, 0, (codec, varints(*said[2])))], ids=ids)
        add("reused_" + case, 0, "addresses come back the other way round; which were met before", t.end(),
            [(i, 0, None if case == "not_met" else value) for i, (_, value) in enumerate(rows)])


def crossed(add):
    def pair(**said):
        return [field(b"from", kind=BYTES, size=1, count=2), field(b"to", **{"kind": BYTES, "size": 1, "count": 2, **said})]

    bound = [field(b"from", kind=BYTES, size=1, count=2, ref=1), field(b"to", kind=BYTES, size=1, count=2, ref=1, attribute=1)]

    def write(coded, fields=None, first=planes(b"ab", b"cd", b"ab", b"xy")):
        t = tape(dictionary(1, b"d", fields or pair()), schema(2, b"e", bound, refs=[1]))
        at = t.entries(run(1, 1, 4, [first, coded]))
        t.rows([1, 2, 3, 4], [column(2, REFERENCE, 0, plain(1, 2, 3, 4))], ids=[2] * 4)
        return t, at

    t, _ = write((CROSSED, b"\2\1\0\1mn"))
    add("crossed", 0, "bytes that the attribute before has in a neighbouring entry", t.end(),
        [(1, 0, b"ab", b"cd"), (2, 0, b"cd", b"ab"), (3, 0, b"ab", b"mn"), (4, 0, b"xy", b"ab")])
    t, _ = write((CROSSED, b"\2\1\2\1"), first=const(b"kk"))
    add("crossed_const", 0, "the attribute before has one value", t.end(), [(i, 0, b"kk", b"kk") for i in range(1, 5)])
    wrong = [("before_first", b"\1\1\0\1mn"), ("behind_last", b"\2\1\0\2mn"), ("token", b"\2\1\0\3mn"), ("short", b"\2\1\0\1m"),
             ("tokens_short", b"\2\1\2"), ("long", b"\2\1\0\1mno")]
    for name, data in wrong:
        t, at = write((CROSSED, data))
        add("crossed_" + name, 3, "the block of entries is damaged", t.end(), [(i, 0, None, None) for i in range(1, 5)], [at])
    other = pair(count=3)
    t, at = write((CROSSED, b"\2\1\2\1"), fields=other)
    add("crossed_other_length", 3, "nothing to cross", t.end(), [(i, 0, None, None) for i in range(1, 5)], [at])
    t, at = write((CROSSED, b"\2\1\2\1"), fields=[field(b"from", size=2), pair()[1]], first=const(5))
    add("crossed_integer", 3, "nothing to cross", t.end(), [(i, 0, None, None) for i in range(1, 5)], [at])
    t = tape(dictionary(1, b"d", pair()), schema(2, b"e", bound, refs=[1]))
    at = t.entries(run(1, 1, 2, [(CROSSED, b"\2\1"), const(b"ab")]))
    t.rows([1], [column(2, REFERENCE, 0, const(1))], ids=[2])
    add("crossed_first", 3, "nothing to cross", t.end(), [(1, 0, None, None)], [at])


def all_of(add):
    for cases in (kinds, bound, bytes_per_body, codecs, clocks, clocks_paced, keyed, paired, told, recalled, reused, shared_references, crossed):
        cases(add)
