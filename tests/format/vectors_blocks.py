# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""Conformance vectors: blocks, parts, sections, what grows, what is damaged."""
from vectors_tape import *  # noqa: F403

V = field(b"v")
ONE = schema(1, b"e", [V])


def tape(*records, **said):
    t = Tape(**said)
    t.schemas(*(records or [ONE]))
    return t


def small(reason=b"stop", salt=SALT, first=10):
    t = tape(salt=salt)
    t.values((first, 1), (first + 1, 2))
    t.end(reason)
    return t


def headless(at):
    """The gaps of a block whose header is not sound: its number is missing, too."""
    return [at, (sum(at), 0)]


# What the program zstd made of the columns of "zstd_compressed": compressed literals and sequences.
COMPRESSED = bytes.fromhex(
    "28b52ffd0468c5000058000200010001020304050604042b3e152382230236046d3c3f9431")
# What it made of a schema with PROBE_TEXT, `-D` the preset: a match of 400 bytes in it, between literals.
PRESET = bytes.fromhex("28b52ffd0068f500009002ad030101000167016590030001110176010200b09a219746b0426549")
PROBE_TEXT = (b"name: tcp_probe\nID: 2273\nformat:\n"
              b"\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n"
              b"\tfield:unsigned char common_flags;\toffset:2;\tsize:1;\tsigned:0;\n"
              b"\tfield:unsigned char common_preempt_count;\toffset:3;\tsize:1;\tsigned:0;\n"
              b"\tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;\n\n"
              b"\tfield:__u8 saddr[28];\toffset:8;\tsize:28;\tsigned:0;\n"
              b"\tfield:__u8 daddr[28];\toffset:36;\tsize:28;\tsigned:0;\n"
              b"\tfield:__u16 ")
TWO = [(10, 0, 1), (11, 0, 2)]
V_COLUMN = [column(1, VALUE, 0, plain(1, 2))]


def grows(add):
    def one(name, status, meaning, said=None, events=TWO, gaps=(), section=None, rows=None, between=None):
        t = Tape(**(section or {}))
        t.schemas(ONE)
        gap = between(t) if between else None
        at = t.rows([10, 11], V_COLUMN, **(rows or {}))
        gaps = [{"rows": at, "between": gap, "after": (sum(at), 0)}[g] for g in gaps]
        add(name, status, meaning, t.end(), events, gaps)

    one("plain", 0, "one DATA block of one column, nothing compressed")
    one("zstd", 0, "parts are zstd frames", rows={"codecs": {1: zpart}})
    one("parts_padding", 0, "padding parts", rows={"more": [padding(100), padding(0)]})
    one("parts_unknown_tag", 0, "a part with an unknown tag", rows={"more": [Part(b"new", tag=99)]})
    one("parts_unknown_codec_unused", 0, "a part of an unknown codec that no column lies in", rows={"more": [Part(b"new", codec=9, raw=50)]})
    one("parts_flags_unused", 0, "a part with flags that no column lies in", rows={"more": [Part(b"new", flags=1)]})
    one("parts_16", 0, "16 parts", rows={"more": [padding(1)] * 14})
    one("parts_17", 3, "17 parts: no sound header", rows={"more": [padding(1)] * 15}, events=[], gaps=["rows", "after"])
    one("header_longer", 0, "96 bytes of header that a newer writer added", rows={"extra": b"new!" * 24})
    one("header_4096", 0, "the longest header", rows={"extra": bytes(4000)})
    one("header_4097", 3, "a header too long", rows={"extra": bytes(4001)}, events=[], gaps=["rows", "after"])
    one("header_95", 3, "a header too short", rows={"header_len": 95}, events=[], gaps=["rows", "after"])
    one("header_reserved", 0, "reserved bytes of the header are ignored", rows={"reserved": b"abc"})
    one("header_flags", 0, "unknown flags of a block are ignored", rows={"flags": 0xfc})
    one("compat_bits", 0, "compat bits are ignored", section={"parts": features(compat=MASK64)})
    one("incompat_bit_0", 4, "an incompat bit", section={"parts": features(incompat=1)})
    one("incompat_bit_63", 4, "the last incompat bit", section={"parts": features(incompat=1 << 63)})
    one("section_features_only", 0, "a SECTION without facts", section={"parts": features(said=())})
    one("block_unknown", 0, "a block of an unknown type", between=lambda t: t.add(99, b"whatever"))
    one("block_unknown_critical", 4, "a critical block of an unknown type", between=lambda t: t.add(99, b"whatever", flags=CRITICAL))
    one("block_unknown_critical_unsound", 3, "a critical block that is not sound says nothing", gaps=["between"],
        between=lambda t: t.add(99, Part(b"whatever", crc=1), flags=CRITICAL))
    one("block_type_0", 0, "type 0 is unknown", between=lambda t: t.add(0, b""))
    one("block_critical_known", 0, "CRITICAL on a known type", rows={"flags": CRITICAL})
    for name, kind, body in (("loss", LOSS, b""), ("facts", FACTS, b""), ("dict", DICT, b""), ("schema", SCHEMA, b""), ("clock", CLOCK, b"")):
        one(f"codec_unknown_{name}", 3, "an unknown codec is as damage", gaps=["between"],
            between=lambda t, kind=kind, body=body: t.add(kind, Part(body, codec=9), epoch=1 if kind == DICT else 0))
        one(f"later_parts_{name}", 0, "later parts are ignored, whatever they are",
            between=lambda t, kind=kind, body=body: t.add(kind, [Part(body), Part(b"x", codec=7), padding(3)], epoch=1 if kind == DICT else 0))
        one(f"no_parts_{name}", 3, "a block without a part", gaps=["between"],
            between=lambda t, kind=kind: t.add(kind, [], epoch=1 if kind == DICT else 0))
    one("data_empty", 0, "a DATA block of no rows is only a watermark", between=lambda t: t.add(DATA, [], watermark=5))

    t = tape(schema(1, b"e", [V, field(b"w")]))
    t.rows([10, 11], [column(1, VALUE, 0, plain(1, 2)), column(1, VALUE, 1, plain(3, 4), part=2)], codecs={2: 9})
    add("parts_unknown_codec", 0, "columns in a part of an unknown codec are null", t.end(), [(10, 0, 1, None), (11, 0, 2, None)])
    t = tape(schema(1, b"e", [V, field(b"w")]))
    t.rows([10, 11], [column(1, VALUE, 0, plain(1, 2)), column(1, VALUE, 1, plain(3, 4), part=2)],
           codecs={2: lambda data: Part(data, flags=0x8000)})
    add("parts_flags", 0, "columns in a part with flags are null", t.end(), [(10, 0, 1, None), (11, 0, 2, None)])
    t = tape(schema(1, b"e", [V, field(b"w")]))
    t.rows([10, 11], [column(1, VALUE, 0, plain(1, 2)), column(1, VALUE, 1, plain(3, 4), part=2)],
           codecs={2: lambda data: Part(zstd(data, checksum=1), codec=1, raw=len(data))})
    add("parts_zstd_checksum", 0, "columns in a frame that contradicts itself are null", t.end(), [(10, 0, 1, None), (11, 0, 2, None)])
    t = tape(schema(1, b"e", [field(b"v")]))
    t.rows(list(range(200)), [column(1, VALUE, 0, plain(*(i % 7 for i in range(200))))], codecs={1: lambda data: Part(COMPRESSED, codec=1, raw=len(data))})
    add("zstd_compressed", 0, "a compressed frame of zstd", t.end(), [(i, 0, i % 7) for i in range(200)])
    t = tape()
    at = t.rows([10, 11], V_COLUMN, codecs={1: 9})
    add("parts_unknown_codec_hot", 3, "the hot columns lie in a part of an unknown codec", t.end(), [], [at])


def frames(add):
    """3.2: what a part of codec 1 may be."""
    data, skippable = varints(3, 4), b"\x5a\x2a\x4d\x18" + struct.pack("<I", 2) + b"xx"
    sound = [("window_at", "a window of 2^24 bytes", zstd(data, header=b"\x84\x70")), ("without_checksum", "no checksum of its own", zstd(data, header=b"\xa0"))]
    wrong = [("frames_two", "two frames", zstd(data[:1]) + zstd(data[1:])), ("frame_then_empty", "a second frame of nothing", zstd(data) + zstd(b"")),
             ("skippable_before", "a skippable frame before", skippable + zstd(data)), ("skippable_after", "a skippable frame after", zstd(data) + skippable),
             ("byte_after", "a byte after the frame", zstd(data) + b"\0"), ("cut", "a frame that is cut", zstd(data)[:-1]),
             ("window_above", "a window above 2^24 bytes", zstd(data, header=b"\x84\x71")),
             ("dictionary", "a frame that needs a dictionary", zstd(data, header=b"\xa5\7"))]
    for name, meaning, stored in sound + wrong:
        t = tape(schema(1, b"e", [V, field(b"w")]))
        t.rows([10, 11], [*V_COLUMN, column(1, VALUE, 1, (VARINT, data), part=2)], codecs={2: lambda data: Part(stored, codec=1, raw=len(data))})
        values = (3, 4) if (name, meaning, stored) in sound else (None, None)
        add("zstd_" + name, 0, meaning + ("" if values[0] else ": the part is damaged"), t.end(), [(10, 0, 1, values[0]), (11, 0, 2, values[1])])
    for name, stored in (("nothing", b""), ("skippable_alone", skippable)):
        t = tape()
        at = t.add(FACTS, Part(stored, codec=1, raw=0))
        t.rows([10, 11], V_COLUMN)
        add("zstd_" + name, 3, "no frame, although nothing is to come out of it", t.end(), TWO, [at])


def presets(add):
    """3.2: parts of codec 2."""
    probe = schema(1, b"e", [V], text=PROBE_TEXT)
    line = "schema 1 g e 0 " + PROBE_TEXT.decode().replace(" ", "%20").replace("\n", "%0a").replace("\t", "%09")
    for name, status, meaning, part in (
            ("preset", 0, "a schema of which most is in the preset", Part(PRESET, codec=2, raw=len(probe))),
            ("preset_unused", 0, "a frame that goes on from the preset and does not need it", Part(zstd(probe), codec=2, raw=len(probe))),
            ("preset_longer", 3, "a part that says another length", Part(PRESET, codec=2, raw=len(probe) + 1)),
            ("preset_unsaid", 3, "a match in the preset under codec 1", Part(PRESET, codec=1, raw=len(probe))),
            ("preset_dictionary", 3, "a frame that names a dictionary", Part(zstd(probe, header=b"\xa5\7"), codec=2, raw=len(probe))),
            ("preset_two", 3, "two frames", Part(PRESET + PRESET, codec=2, raw=2 * len(probe)))):
        t = Tape()
        at = t.add(SCHEMA, part)
        t.rows([10, 11], V_COLUMN)
        add(name, status, meaning, t.end(), [] if status else TWO, [at] if status else [], [] if status else [line])
    t = tape()
    t.rows([10, 11], V_COLUMN, codecs={1: lambda data: Part(zstd(data), codec=2, raw=len(data))})
    add("preset_data", 0, "columns in a part of codec 2", t.end(), TWO)


def schemas(add):
    def one(name, status, meaning, records, events, gaps=(), columns=V_COLUMN, ids=None, before=(ONE,)):
        t = Tape()
        if before:
            t.schemas(*before)
        at = t.schemas(*records)
        t.rows([10, 11], columns, ids=ids)
        add(name, status, meaning, t.end(), events, [at if g == "schemas" else g for g in gaps])

    other = schema(1, b"other", [field(b"w", size=8)])
    one("schema_repeated", 0, "a known id keeps its first meaning", [schema(1, b"e", [V], text=b""), other], TWO,
        before=[schema(1, b"e", [V], text=b"the text")])
    one("enum_repeated", 0, "a known enumeration keeps its first meaning", [enumeration(1, b"x", []), enumeration(1, b"y", [])], TWO,
        before=[enumeration(1, b"n", [(1, b"A")]), schema(1, b"e", [field(b"v", enum=1)])])
    one("schema_record_unknown", 0, "records of unknown kinds are ignored", [b"\x09" + string(b"new"), b"\0" + string(b"")], TWO)
    one("schema_tail", 0, "members a newer writer added", [schema(1, b"e", [field(b"v", tail=b"new")], tail=b"new"),
                                                         enumeration(1, b"n", [(1, b"A")], tail=b"new")], TWO, before=())
    one("schema_kind_unknown", 0, "a schema of an unknown kind: its rows are left out", [schema(2, b"new", [V], kind=3)], [(10, 0, 1)], ids=[1, 2],
        columns=[column(1, VALUE, 0, plain(1)), column(2, VALUE, 0, plain(1))])
    one("schema_unknown", 0, "rows of a schema that is not there are left out", [], [(10, 0, 1)], ids=[1, 4096],
        columns=[column(1, VALUE, 0, plain(1)), column(4096, VALUE, 0, plain(1))])
    one("schema_after_data", 0, "a schema that comes after its rows: they are left out", [], [(11, 0, 1)], ids=[3, 1],
        columns=[column(1, VALUE, 0, plain(1))])
    one("schema_text_flags", 0, "text, flags, group and names to be escaped", [schema(2, b"na me%", [field(b"f g", type_=b"unsigned int")], flags=255,
                                                                                  group=b"\xff", text=b"name: x\nID: 1\n")], TWO)
    one("schema_flags_of_fields", 0, "all flags of a field, known and unknown", [schema(2, b"f", [field(b"x", flags=0xff & ~OPTIONAL, key_ref=0)])], TWO)
    one("field_kind_unknown", 0, "a field of an unknown kind is null", [schema(2, b"f", [field(b"x", kind=9, size=3, count=7), V])],
        [(10, 0, None, 5), (11, 0, None, 6)], ids=[2, 2], columns=[column(2, VALUE, 0, plain(1, 2)), column(2, VALUE, 1, plain(5, 6))])
    one("field_kind_0", 0, "a field of kind 0 is null", [schema(2, b"f", [field(b"x", kind=0), V])],
        [(10, 0, None, 5), (11, 0, None, 6)], ids=[2, 2], columns=[column(2, VALUE, 1, plain(5, 6))])
    one("fields_0", 0, "an event without fields", [schema(2, b"f", [])], [(10, 0), (11, 0)], ids=[2, 2], columns=[])
    one("fields_256", 0, "256 fields, the last one with a value", [schema(2, b"f", [field(b"%d" % i, size=1) for i in range(256)])],
        [(10, 0, *[None] * 255, 5), (11, 0, *[None] * 255, 6)], ids=[2, 2], columns=[column(2, VALUE, 255, plain(5, 6))])
    one("fields_257", 3, "257 fields", [schema(2, b"f", [field(b"%d" % i, size=1) for i in range(257)])], TWO, ["schemas"])
    one("refs_8", 0, "8 dictionaries", [schema(2, b"f", [field(b"x", ref=8)], refs=range(10, 18))], TWO)
    wrong = [
        ("schema_id_0", schema(0, b"f", [])), ("schema_id_4097", schema(4097, b"f", [])), ("refs_9", schema(2, b"f", [], refs=range(10, 19))),
        ("refs_0", schema(2, b"f", [], refs=[0])), ("refs_4097", schema(2, b"f", [], refs=[4097])),
        ("field_ref_above", schema(2, b"f", [field(b"x", ref=2)], refs=[1])),
        ("dict_field_ref", dictionary(2, b"f", [field(b"x", ref=1)])),
        ("field_name_256", schema(2, b"f", [field(b"n" * 256)])), ("field_type_256", schema(2, b"f", [field(b"n", type_=b"n" * 256)])),
        ("schema_name_256", schema(2, b"n" * 256, [])), ("group_256", schema(2, b"f", [], group=b"n" * 256)),
        ("field_name_nul", schema(2, b"f", [field(b"a\0b")])), ("field_type_nul", schema(2, b"f", [field(b"n", type_=b"a\0")])),
        ("schema_name_nul", schema(2, b"a\0b", [])), ("group_nul", schema(2, b"f", [], group=b"\0")), ("text_nul", schema(2, b"f", [], text=b"a\0")),
        ("elem_size_3", schema(2, b"f", [field(b"x", size=3)])), ("elem_size_0", schema(2, b"f", [field(b"x", size=0)])),
        ("elem_size_16", schema(2, b"f", [field(b"x", size=16)])),
        ("count_2_of_integer", schema(2, b"f", [field(b"x", count=2)])), ("count_0_of_array", schema(2, b"f", [field(b"x", kind=ARRAY, count=0)])),
        ("count_0_of_bytes", schema(2, b"f", [field(b"x", kind=BYTES, size=1, count=0)])),
        ("count_1_of_string", schema(2, b"f", [field(b"x", kind=STRING, size=1, count=1)])),
        ("bytes_elem_size_2", schema(2, b"f", [field(b"x", kind=BYTES, size=2, count=2)])),
        ("string_elem_size_2", schema(2, b"f", [field(b"x", kind=STRING, size=2)])),
        ("field_4104_bytes", schema(2, b"f", [field(b"x", kind=ARRAY, size=8, count=513)])),
        ("key_ref_above", schema(2, b"f", [field(b"x", key_ref=2)], refs=[1])), ("key_of_bytes", schema(2, b"f", [field(b"x", kind=BYTES, size=1, key_ref=1)], refs=[1])),
        ("key_of_bound", schema(2, b"f", [field(b"x", ref=1, key_ref=1)], refs=[1])), ("dict_key_ref_2", dictionary(2, b"f", [V, field(b"x", key_ref=2)])),
        ("dict_key_itself", dictionary(2, b"f", [field(b"x", key_ref=1)])), ("dict_key_keyed", dictionary(2, b"f", [V, field(b"x", key_ref=1), field(b"y", key_ref=1, key_attribute=1)])),
        ("dict_key_missing", dictionary(2, b"f", [V, field(b"x", key_ref=1, key_attribute=7)])),
        ("dict_key_of_string", dictionary(2, b"f", [field(b"s", kind=STRING, size=1), field(b"x", key_ref=1)])),
        ("id_of_bytes", schema(2, b"f", [field(b"x", kind=BYTES, size=1, flags=ID)])), ("schema_cut", b"\x02" + string(b"\2\1\0\1g\1n")),
        ("field_cut", schema(2, b"f", [string(b"\1x\1t\1\0\0\4\1\0")])), ("schema_record_cut", b"\x02\x7f\1"),
        ("enum_id_0", enumeration(0, b"n", [])), ("enum_id_257", enumeration(257, b"n", [])), ("enum_descends", enumeration(1, b"n", [(2, b"B"), (1, b"A")])),
        ("enum_twice", enumeration(1, b"n", [(1, b"A"), (1, b"B")])), ("enum_nul", enumeration(1, b"n", [(1, b"A\0")])), ("enum_name_nul", enumeration(1, b"a\0", [])),
        ("enum_4097", enumeration(1, b"n", [(i, b"") for i in range(4097)])), ("enum_name_256", enumeration(1, b"n" * 256, [])),
        ("enum_value_name_256", enumeration(1, b"n", [(1, b"n" * 256)])),
    ]
    for name, record in wrong:
        one("wrong_" + name, 3, "breaks a rule of section 5: damage, the records before it count",
            [schema(3, b"before", [V]), record, schema(4, b"after", [V])], TWO, ["schemas"])
    one("names_255", 0, "the longest names", [schema(2, b"n" * 255, [field(b"f" * 255, type_=b"t" * 255)], group=b"g" * 255),
                                             enumeration(1, b"e" * 255, [(1, b"v" * 255)])], TWO)
    one("field_4096_bytes", 0, "the longest field", [schema(4096, b"f", [field(b"x", kind=ARRAY, size=8, count=512)])],
        [(10, 0, b"x" * 4096), (11, 0, b"x" * 4096)], ids=[4096] * 2, columns=[column(4096, VALUE, 0, const(b"x" * 4096))])


def data(add):
    def one(name, status, meaning, times=(10, 11), columns=V_COLUMN, events=TWO, is_damaged=False, **said):
        t = tape(ONE)
        at = t.rows(list(times), columns, **said)
        add(name, status, meaning, t.end(), events if not is_damaged else [], [at] if is_damaged else [])

    one("rows_descend", 3, "times of a CPU descend", [11, 10], is_damaged=True)
    one("cpus_descend", 3, "CPUs descend", cpus=[1, 0], is_damaged=True)
    one("min_ts_differs", 3, "min_ts is not the lowest time", min_ts=9, is_damaged=True)
    one("max_ts_differs", 3, "max_ts is not the highest time", max_ts=12, is_damaged=True)
    one("time_beyond_all", 3, "a time of 2^64 - 1", [10, MASK64], is_damaged=True)
    one("time_highest", 0, "a time of 2^64 - 2", [10, MASK64 - 1], events=[(10, 0, 1), (MASK64 - 1, 0, 2)])
    one("cpu_highest", 0, "CPU 2^32 - 1", cpus=[5, 0xffffffff], events=[(10, 5, 1), (11, 0xffffffff, 2)])
    one("schema_id_0_row", 3, "a row of schema 0", ids=[0, 1], is_damaged=True)
    one("schema_id_4097_row", 3, "a row of schema 4097", ids=[1, 4097], is_damaged=True)
    one("directory_trailing", 3, "a cut entry at the end of the directory", tail=b"\1\0", is_damaged=True)
    one("directory_schema_4097", 3, "a column of schema 4097", columns=V_COLUMN + [column(4097, VALUE, 0, (CONST, b""))], is_damaged=True)
    one("directory_index_256", 0, "a column of field 256", columns=V_COLUMN + [column(1, VALUE, 256, (CONST, b"\1"))])
    one("directory_index_257", 3, "a column of field 257", columns=V_COLUMN + [column(1, VALUE, 257, (CONST, b"\1"))], is_damaged=True)
    one("directory_part_above", 3, "a column in a part that is not there", columns=V_COLUMN + [(column(1, VALUE, 5, (CONST, b""), part=9)[0], 1, b"")], is_damaged=True)
    one("directory_part_outside", 3, "a column that leaves its part", columns=V_COLUMN + [column(1, VALUE, 5, (CONST, b"\1"), length=50)], is_damaged=True)
    one("directory_what_unknown", 0, "an unknown kind of column", columns=V_COLUMN + [column(1, 9, 0, (CONST, b"\1"))])
    one("directory_twice", 0, "a column that is listed twice: the last counts", columns=V_COLUMN + [column(1, VALUE, 0, plain(3, 4))],
        events=[(10, 0, 3), (11, 0, 4)])
    one("directory_field_unknown", 0, "a column of a field that is not there", columns=V_COLUMN + [column(1, VALUE, 3, (CONST, b"\1")), column(1, REFERENCE, 3, (CONST, b"\1"))])
    one("presence_of_no_optional", 0, "a presence column of a field that is not OPTIONAL", columns=V_COLUMN + [column(1, PRESENCE, 0, plain(0, 1))])
    one("column_missing", 0, "a column that is absent is null", columns=[], events=[(10, 0, None), (11, 0, None)])
    one("used_entries", 0, "a damaged list of used entries", more=[Part(b"\xff\xff", tag=1)])
    one("schema_bits_wrong", 0, "schema_bits of no row", schema_bits=1 << 9)
    t = tape()
    at = t.rows([10, 11], V_COLUMN, rows=3)
    add("rows_above", 3, "the header has more rows than the columns", t.end(events=2), [], [at])
    t = tape()
    hot = [column(0, VALUE, i, plain(*([1, 1] if i else [10, 11]))) for i in (0, 1)]
    at = t.rows([10, 11], V_COLUMN, hot=hot)
    add("hot_missing", 3, "no column of schema ids", t.end(), [], [at])

    def many(name, status, rows, size, is_damaged):
        """Rows of a schema that nobody knows: nothing of them is printed."""
        t = tape()
        hot = [column(0, VALUE, i, const([10, 0, 9][i])) for i in range(3)]
        made = [10] * rows
        probe = Tape().rows(made, [], hot=hot, ids=[9] * rows)[1] - 96
        at = t.rows(made, [], hot=hot, ids=[9] * rows, more=[padding(size - probe - 16)], epoch=1)
        assert at[1] == 96 + size
        add(name, status, f"{rows} rows in a body of {size} bytes", t.end(), [], headless(at) if is_damaged else [])

    many("rows_per_byte_at", 0, 64 * 200, 200, False)
    many("rows_per_byte_above", 3, 64 * 200 + 1, 200, True)
    many("rows_65536", 0, 65536, 1024, False)
    many("rows_65537", 3, 65537, 1100, True)

    size = 16 + len(zstd(b"", 0))
    while size != 16 + len(zstd(bytes(1024 * size), 0)):
        size = 16 + len(zstd(bytes(1024 * size), 0))
    for name, raw, is_sound in (("raw_per_byte_at", 1024 * size, True), ("raw_per_byte_above", 1024 * size + 1, False)):
        t = tape()
        at = t.add(99, Part(zstd(bytes(raw), 0), codec=1, raw=raw))
        assert at[1] == 96 + size
        t.rows([10, 11], V_COLUMN)
        add(name, 0 if is_sound else 3, "1024 decompressed bytes for each byte of a body", t.end(), TWO, [] if is_sound else headless(at))


def order(add):
    t = tape()
    t.rows([5, 10, 5, 7], [column(1, VALUE, 0, plain(1, 2, 3, 4))], cpus=[0, 0, 3, 3])
    add("lanes", 0, "rows of two CPUs come in the order of times, equal ones as in the block", t.end(), [(5, 0, 1), (5, 3, 3), (7, 3, 4), (10, 0, 2)])
    t = tape()
    t.values((10, 1), (30, 2), watermark=10)
    t.values((20, 3), (30, 4), watermark=20)
    t.values((25, 5), watermark=25)
    t.values((30, 6), watermark=30)
    add("blocks_overlap", 0, "overlapping blocks are merged; equal times as on the tape", t.end(),
        [(10, 0, 1), (20, 0, 3), (25, 0, 5), (30, 0, 2), (30, 0, 4), (30, 0, 6)])
    t = tape()
    t.values((10, 1), (30, 2), watermark=31)
    t.values((20, 3), flags=LATE, watermark=31)
    t.values((40, 4))
    add("late", 0, "a LATE block: its rows come when it is read", t.end(), [(10, 0, 1), (30, 0, 2), (20, 0, 3), (40, 0, 4)])
    t = tape()
    t.values((10, 1), (30, 2), watermark=31)
    t.values((20, 3), watermark=20)
    add("late_unflagged", 0, "a row below a watermark in a block that does not say so", t.end(), [(10, 0, 1), (30, 0, 2), (20, 0, 3)])
    for count in (8, 9):
        t = tape()
        for i in range(count):
            t.values((10 + i, i), (100 - i, 50 + i), watermark=10)
        events = [(10 + i, 0, i) for i in range(count)] + [(100 - i, 0, 50 + i) for i in reversed(range(count))]
        if count == 9:  # the eighth block is handed out whole before the ninth is opened
            events.remove((93, 0, 57))
            events.insert(8, (93, 0, 57))
        add(f"blocks_open_{count}", 0, f"{count} blocks that all overlap", t.end(), events)
    t = tape()
    t.values((10, 1), (50, 2), watermark=10)
    t.add(DATA, [], watermark=60)
    t.values((40, 3), flags=LATE)
    add("data_empty_watermark", 0, "the watermark of a block without rows counts", t.end(), [(10, 0, 1), (50, 0, 2), (40, 0, 3)])
    t = tape()
    t.values((10, 1), (20, 2), (30, 3), watermark=20)
    t.values((20, 4))
    add("watermark_inside", 0, "a row at the watermark waits for the next block", t.end(), [(10, 0, 1), (20, 0, 2), (20, 0, 4), (30, 0, 3)])
    t = tape()
    t.values((10, 1), (30, 2), watermark=31)
    t.values((32, 3), (50, 4), watermark=10)
    t.values((20, 5), flags=LATE, watermark=10)
    add("watermark_back", 0, "a watermark that goes back: the higher one still holds", t.end(),
        [(10, 0, 1), (30, 0, 2), (20, 0, 5), (32, 0, 3), (50, 0, 4)])
    t = tape()
    t.values((10, 1), (30, 2), watermark=10)
    at = t.values((31, 9), min_ts=30, watermark=31)
    t.values((20, 5), flags=LATE, watermark=20)
    add("watermark_of_damaged", 3, "a block whose columns are at fault has a watermark nonetheless", t.end(),
        [(10, 0, 1), (30, 0, 2), (20, 0, 5)], [at])
    t = tape()
    t.values((10, 1), (30, 2), watermark=10)
    t.end()
    t.values((20, 5), watermark=20)
    add("end_hands_out", 0, "all rows come before END, one behind it later", t.data, [(10, 0, 1), (30, 0, 2), (20, 0, 5)])
    t = tape()
    t.schemas(dictionary(3, b"d", [field(b"x", kind=9), field(b"y", size=3, ref=1)]), schema(4, b"n", [field(b"x", size=3)], kind=9))
    t.values((10, 1), (11, 2))
    add("schema_ignored_unread", 0, "what is ignored is read no further", t.end(), TWO)
    t = tape()
    at = t.schemas(dictionary(3, b"d", [field(b"y", size=3), field(b"x", kind=9)]))
    t.values((10, 1), (11, 2))
    add("schema_damaged_first", 3, "a rule is broken before an unknown kind is met", t.end(), TWO, [at])


def all_of(add):
    for cases in (grows, frames, presets, schemas, data, order):
        cases(add)
