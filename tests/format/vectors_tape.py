# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""Writes tapes byte by byte as docs/FORMAT.md says; the numbers in comments are its sections.

It shares nothing with format/ or reader.py and refuses nothing: a case may write what contradicts the format.
"""
import struct
import zlib

SECTION, SCHEMA, DICT, DATA, LOSS, CLOCK, FACTS, END = range(1, 9)  # 3.3
CONST, VARINT, DELTA, TABLE, TIME, KEYED, AS_IS, PLANES, RECENT, PAIRED, LISTED, SHARED, RECALLED, CROSSED, PACED, NEARBY, TOLD, REUSED = range(1, 19)  # 7.3
VALUE, REFERENCE, PRESENCE, RAW = range(4)  # 7.2
INTEGER, ARRAY, BYTES, STRING = range(1, 5)  # 5.2
SIGNED, EXTRA, OPTIONAL, BITS, ID, FLIP, SUM, FULL = (1 << bit for bit in range(8))
CRITICAL, LATE = 1, 2
MASK64 = (1 << 64) - 1
MAGIC = b"\xd7TAPE1\r\n"
SALT = 0x5EED0123456789AB


# --- 2: basic types

def varint(n):
    n &= MASK64
    out = bytearray()
    while n > 127:
        out.append(n & 127 | 128)
        n >>= 7
    return bytes(out) + bytes([n])


def zigzagged(n):
    """Of n modulo 2^64."""
    n &= MASK64
    n -= (n >> 63) << 64
    return (n << 1 ^ n >> 63) & MASK64


def zigzag(n):
    return varint(zigzagged(n))


def string(data):
    return varint(len(data)) + data


def varints(*numbers):
    return b"".join(varint(n) for n in numbers)


# --- 3: blocks

class Part:
    def __init__(self, data, codec=0, tag=0, flags=0, raw=None, crc=None):
        self.data, self.codec, self.tag, self.flags = data, codec, tag, flags
        self.raw = len(data) if raw is None else raw
        self.crc = zlib.crc32(data) if crc is None else crc

    def entry(self):
        return struct.pack("<BBHIII", self.codec, self.tag, self.flags, len(self.data), self.raw, self.crc)


def padding(size):
    return Part(bytes(size), tag=255)


def as_parts(parts):
    return [p if isinstance(p, Part) else Part(p) for p in (parts if isinstance(parts, list) else [parts])]


HEADER = struct.Struct("<8sBBHIIIQQQQQQQIIB3s")


def block(kind, parts, extra=b"", tail=b"", **said):
    """parts: Parts or bytes. said: members of the header that are not 0, or not what they should be."""
    parts = as_parts(parts)
    table = b"".join(p.entry() for p in parts)
    body = table + b"".join(p.data for p in parts) + tail
    said = {"magic": MAGIC, "type": kind, "header_len": 96 + len(extra), "body_len": len(body),
            "raw_len": sum(p.raw for p in parts), "table_crc": zlib.crc32(extra + table), "part_count": len(parts),
            "reserved": b"\0\0\0", **said}
    names = ("magic type flags header_len body_len raw_len rows salt seq min_ts max_ts watermark lost schema_bits "
             "epoch table_crc part_count reserved").split()
    header = HEADER.pack(*(said.get(name, 0) for name in names))
    assert not set(said) - set(names) - {"header_crc"}
    return header + struct.pack("<I", said.get("header_crc", zlib.crc32(header))) + extra + body


# --- a zstd frame (RFC 8878) of raw and RLE blocks: what any decompressor must read

def xxh64(data):
    p1, p2, p3, p4, p5 = (0x9E3779B185EBCA87, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0x85EBCA77C2B2AE63,
                          0x27D4EB2F165667C5)

    def rotl(n, by):
        return (n << by | n >> 64 - by) & MASK64

    def mix(acc, lane):
        return rotl(acc + lane * p2 & MASK64, 31) * p1 & MASK64

    size, at = len(data), 0
    if size >= 32:
        acc = [p1 + p2 & MASK64, p2, 0, -p1 & MASK64]
        while size - at >= 32:
            for i in range(4):
                acc[i] = mix(acc[i], int.from_bytes(data[at:at + 8], "little"))
                at += 8
        h = rotl(acc[0], 1) + rotl(acc[1], 7) + rotl(acc[2], 12) + rotl(acc[3], 18) & MASK64
        for a in acc:
            h = (h ^ mix(0, a)) * p1 + p4 & MASK64
    else:
        h = p5
    h = h + size & MASK64
    while size - at >= 8:
        h = rotl(h ^ mix(0, int.from_bytes(data[at:at + 8], "little")), 27) * p1 + p4 & MASK64
        at += 8
    if size - at >= 4:
        h = rotl(h ^ int.from_bytes(data[at:at + 4], "little") * p1 & MASK64, 23) * p2 + p3 & MASK64
        at += 4
    for byte in data[at:]:
        h = rotl(h ^ byte * p5 & MASK64, 11) * p1 & MASK64
    h = (h ^ h >> 33) * p2 & MASK64
    h = (h ^ h >> 29) * p3 & MASK64
    return h ^ h >> 32


def zstd(data, checksum=None, header=b"\xa4"):
    """A part of codec 1. A run of one byte is an RLE block, all else a raw one; at most 128 KiB each.
    header: single segment, checksum, size in 4 bytes; or with a window."""
    frame = b"\x28\xb5\x2f\xfd" + header + struct.pack("<I", len(data))
    chunks = [data[i:i + (128 << 10)] for i in range(0, len(data), 128 << 10)] or [b""]
    for i, chunk in enumerate(chunks):
        is_run = len(chunk) > 3 and chunk == chunk[:1] * len(chunk)
        head = len(chunk) << 3 | (2 if is_run else 0) | (i + 1 == len(chunks))
        frame += head.to_bytes(3, "little") + (chunk[:1] if is_run else chunk)
    if not header[0] & 4:
        return frame
    return frame + struct.pack("<I", xxh64(data) & 0xffffffff if checksum is None else checksum)


def zpart(data, tag=0, **said):
    return Part(zstd(data), codec=1, tag=tag, raw=len(data), **said)


# --- 5: schemas, enumerations

def field(name, kind=INTEGER, size=4, count=None, flags=0, role=0, enum=0, ref=0, attribute=0, key_ref=0,
          key_attribute=0, key_space=0, type_=b"t", tail=b""):
    """5.2"""
    if count is None:
        count = {INTEGER: 1, STRING: 0}.get(kind, 1)
    return string(string(name) + string(type_) + struct.pack("<BBBBHHBBBBB", kind, role, flags, size, count, enum, ref,
                                                             attribute, key_ref, key_attribute, key_space) + tail)


def schema(number, name, fields, refs=(), kind=1, flags=0, group=b"g", text=b"", tail=b""):
    """A record of a SCHEMA block."""
    body = varint(number) + bytes([kind, flags]) + string(group) + string(name) + string(text)
    body += varints(len(refs), *refs, len(fields)) + b"".join(fields) + tail
    return b"\x02" + string(body)


def dictionary(number, name, fields, **more):
    return schema(number, name, fields, kind=2, group=b"", **more)


def enumeration(number, name, values, tail=b""):
    """5.3: values is [(number, name)]."""
    body = varint(number) + string(name) + varint(len(values))
    return b"\x01" + string(body + b"".join(varint(v) + string(n) for v, n in values) + tail)


# --- 7.3: codecs; each gives (codec, bytes)

def const(value):
    return CONST, varint(value) if isinstance(value, int) else string(value)


def plain(*values):
    return VARINT, varints(*values)


def delta(*values):
    return DELTA, b"".join(zigzag(v - w) for v, w in zip(values, (0,) + values))


def recent(*values):
    out, latest, base = [], [0] * 8, 0
    for v in values:
        v &= MASK64
        if v in latest:
            out.append(latest.index(v))
            latest.remove(v)
        else:
            token = zigzagged(v - base)
            assert token + 8 <= MASK64
            out.append(token + 8)
            base = v
            latest.pop()
        latest.insert(0, v)
    return RECENT, varints(*out)


def nearby(*values):
    out, latest = [], [0] * 8
    for v in values:
        rank = min(range(8), key=lambda i: zigzagged(v - latest[i]))
        out.append(zigzagged(v - latest[rank]) * 8 + rank)
        del latest[rank if out[-1] < 128 else 7]
        latest.insert(0, v & MASK64)
    return NEARBY, varints(*out)


def listed(*values):
    values = [v & MASK64 for v in values]
    different = sorted(set(values))
    return LISTED, varint(len(different)) + delta(*different)[1] + varints(*map(different.index, values))


def table(*values):
    strings = sorted(set(values))
    return TABLE, varint(len(strings)) + b"".join(map(string, strings)) + varints(*map(strings.index, values))


def planes(*values):
    return PLANES, varint(len(values[0])) + b"".join(bytes(plane) for plane in zip(*values))


class Bits:
    def __init__(self):
        self.number, self.size = 0, 0

    def put(self, value, size):
        self.number |= value << self.size
        self.size += size

    def data(self):
        return self.number.to_bytes((self.size + 7) // 8, "little")


def clocked(times, cpus, ids, min_ts, escapes=()):
    """7.9: (symbols, raw bytes); the rows of escapes take symbol 255 in any case."""
    symbols, bits, contexts = bytearray(), Bits(), {}
    for row, (now, cpu, number) in enumerate(zip(times, cpus, ids)):
        if row == 0 or cpu != cpus[row - 1]:
            last, five = min_ts, [0] * 5
        h = 0
        for i in five + [number]:
            h = 31 * h + i & 0xffffffff
        place = (h * 2654435761 & 0xffffffff) >> 20
        step, size = contexts.get(place, (0, 0))
        expected = (step - (step >> 63 << 64)) // 16
        d = now - last & MASK64
        residual = zigzagged(d - expected)
        b = residual.bit_length()
        low = max(0, min(2, b - 1))
        change = b - size // 16
        symbol = zigzagged(change) << 2 | (residual >> max(0, b - 1 - low)) & (1 << low) - 1
        if row in escapes or symbol > 254:
            symbol, low = 255, 0
            bits.put(b, 7)
        symbols.append(symbol)
        rest = max(0, b - 1 - low)
        bits.put(residual & (1 << rest) - 1, rest)
        if place in contexts:
            limit = 1 << max(0, min(62, size // 16 - 1))
            e = d - expected & MASK64
            e -= e >> 63 << 64
            contexts[place] = (step + max(-limit, min(limit, e)) & MASK64, size + (16 * b - size) // 8)
        else:
            contexts[place] = (16 * d & MASK64, 16 * b)
        last, five = now, five[1:] + [number]
    return bytes(symbols), bits.data()


class Pace:
    """7.4: a CPU and what it does next."""

    def __init__(self, contexts, parents):
        self.contexts, self.parents, self.pace, self.unrest = contexts, parents, 0, 0

    def find(self, seven, number):
        """The places of the context and the parent, and what the guess rests on."""
        h = 0
        for i in seven + [number]:
            h = 31 * h + i & 0xffffffff
        self.place = (h * 2654435761 & 0xffffffff) // (1 << 19)
        self.parent = ((31 * seven[6] + number) * 2654435761 & 0xffffffff) // (1 << 22)
        self.origin = self.contexts.get(self.place) or self.parents.get(self.parent)
        if not self.origin:
            return 0, 0
        step, size = self.origin
        return step // 8 + self.late(size), (size + self.unrest) // 256

    def late(self, size):
        product = self.pace * self.limit(size) & MASK64
        return (product - (product >> 63 << 64)) // 8192

    @staticmethod
    def limit(size):
        return 1 << min(62, size // 256 + 1)

    def cut(self, n, size):
        return min(self.limit(size), max(-self.limit(size), n))

    def feel(self, symbol):
        v = symbol // 8 if symbol % 8 < 4 else -(symbol // 8) - 1
        if self.origin and symbol != 255:
            part = 1024 if v > 0 else (5 + (symbol & 2)) * 128 // 2 ** -v
            self.pace += -part if symbol % 2 else part
            self.unrest += 24 * v
        self.pace -= self.pace // 8
        self.unrest -= self.unrest // 8

    def learn(self, d, e, b):
        """Steps are kept as signed numbers."""
        known = self.contexts.get(self.place)
        if known:
            step, size = known
            self.contexts[self.place] = signed(step + self.cut(e, size)), size + (256 * b - size) // 16
            return
        parent = self.parents.get(self.parent)
        size = parent[1] + (256 * b - parent[1]) // 2 if parent else 256 * max(0, b - 2)
        self.contexts[self.place] = self.parents[self.parent] = signed(8 * d), size
        if parent:
            step = parent[0] + 4 * self.cut(signed(d - parent[0] // 8), parent[1])
            self.parents[self.parent] = signed(step), size


def signed(n):
    return (n + (1 << 63) & MASK64) - (1 << 63)


def paced(times, cpus, ids, min_ts, escapes=()):
    """7.4: (symbols, raw bytes); the rows of escapes take symbol 255 in any case."""
    symbols, bits, contexts, parents = bytearray(), Bits(), {}, {}
    for row, (now, cpu, number) in enumerate(zip(times, cpus, ids)):
        if row == 0 or cpu != cpus[row - 1]:
            last, seven, pace = min_ts, [0] * 7, Pace(contexts, parents)
        guess, w = pace.find(seven, number)
        e = signed(now - last - guess)
        residual = max(e, -1 - e)
        b = residual.bit_length()
        told = 1 if b > 1 else 0
        symbol = zigzagged(b - w) * 4 + (residual >> max(0, b - 2) & 1) * 2 * told + (e < 0)
        if row in escapes or symbol > 254:
            symbol, told = 255, 0
            bits.put(b, 7)
            bits.put(int(e < 0), 1)
        symbols.append(symbol)
        rest = max(0, b - 1 - told)
        bits.put(residual & (1 << rest) - 1, rest)
        pace.feel(symbol)
        pace.learn(now - last, e, b)
        last, seven = now, seven[1:] + [number]
    return bytes(symbols), bits.data()


class Keyed:
    """7.5: tokens and raw bytes, row by row."""

    def __init__(self):
        self.last = {}

    def token(self, key, value, size=4, flip=False, space=0, far=1 << 12):
        """(token, raw bytes): raw where the difference is far."""
        place = (key ^ flip) + 40503 * space & 0xffff
        if value == 0:
            return 1, b""
        d = value - self.last.get(place, 0) & (1 << 8 * size) - 1
        d -= d >> 8 * size - 1 << 8 * size
        self.last[place] = value
        if abs(d) >= far:
            return 0, (value & (1 << 8 * size) - 1).to_bytes(size, "little")
        return zigzagged(d) + 2, b""


class Paired:
    """7.5: the same of two last values, and with TOLD, of those of the column. `column` is its name."""

    def __init__(self, codec=PAIRED):
        self.pairs, self.latest, self.told, self.codec = {}, {}, {}, codec

    @staticmethod
    def place(key, flip=False, space=0):
        return (key ^ flip) + 40503 * space & 0xffff

    def see(self, place, value):
        last, _ = self.pairs.get(place, (0, 0))
        if value != last:
            self.pairs[place] = value, last

    def token(self, column, place, value, size=4, far=1 << 12):
        mask = (1 << 8 * size) - 1
        value &= mask
        if value == 0:
            return 1, b""
        last, before = self.pairs.get(place, (0, 0))
        d = value - (last or self.latest.get(column, 0)) & mask
        d -= d >> 8 * size - 1 << 8 * size
        self.latest[column] = value
        self.see(place, value)
        if d == 0:
            return 2, b""
        if value == before:
            return 3, b""
        if self.codec == TOLD:
            return self.told_token(column, value, before - last & mask, size, d, far)
        return (0, value.to_bytes(size, "little")) if abs(d) >= far else (zigzagged(d) + 3, b"")

    def told_token(self, column, value, rest, size, d, far):
        told = self.told.setdefault(column, [0] * 8)
        token = 0 if abs(d) >= far else zigzagged(d) + 12
        if value == rest:
            return 4, b""
        if value in told:
            i = told.index(value)
            told.insert(0, told.pop(i))
            return 5 + i, b""
        if not 0 < token < 128:
            told.insert(0, value)
            told.pop()
        return token, b"" if token else value.to_bytes(size, "little")


class Recall:
    """7.8: what the columns of a block have in common, and the state of each, by its name."""

    def __init__(self, codec=RECALLED):
        self.numbers, self.after, self.columns, self.codec = [0] * (1 << 15), [0] * (1 << 12), {}, codec
        self.prior, self.met = [0] * (1 << 12), []

    def token(self, column, value, number=0, guess=True):
        c = self.columns.setdefault(column, {"latest": [0] * 8, "base": 0, "last": 0, "prior": 0})
        value &= MASK64
        i = (number * 2654435761 & 0xffffffff) >> 17
        k = ((c["last"] >> 8) * 2654435761 & 0xffffffff) >> 20
        if guess and self.numbers[i] == value:
            token = 8
        elif guess and (self.after[k] & ~255 | c["last"] & 255) == value:
            token = 9
        elif self.codec == REUSED and guess and (c["prior"] & ~255 | c["last"] & 255) == value:
            token = 10
        else:
            if value in c["latest"]:
                token = c["latest"].index(value)
                c["latest"].remove(value)
            else:
                token = self.reused(c, value) if self.codec == REUSED else self.away(c, value) + 10
                c["latest"].pop()
            c["latest"].insert(0, value)
        if value != c["last"]:
            k2 = ((value >> 8) * 2654435761 & 0xffffffff) >> 20
            c["prior"], self.prior[k2] = self.prior[k2], c["last"]
        self.numbers[i] = value
        if value != c["last"]:
            self.after[k] = value
        c["last"] = value
        return token

    @staticmethod
    def away(c, value):
        d, c["base"] = value - c["base"], value
        return zigzagged(d)

    def reused(self, c, value):
        for i, met in enumerate(self.met):
            if value in (met, met & ~255 | c["last"] & 255):
                return 11 + 4 * i + (1 if value == met else 3)
        self.met = (self.met + [value])[:4096]
        return 11 + 2 * self.away(c, value)


# --- sections

def facts(*pairs):
    return b"".join(string(k) + string(v) for k, v in pairs)


def run(number, first, count, columns, raw=b""):
    """6: columns is [(codec, bytes)]."""
    body = b"".join(bytes([codec]) + string(data) for codec, data in columns)
    return varints(number, first, count) + string(body + string(raw))


def column(number, what, index, coded, part=1, length=None):
    """7.2: (entry of the directory, part, bytes)"""
    codec, data = coded
    entry = varint(number) + bytes([what]) + varint(index) + bytes([codec, part])
    return entry + varint(len(data) if length is None else length), part, data


LINKED, OWN = 1, 2


def shared(rows, hows, only_far=False):
    """7.7: rows is [(schema, ids)], hows {(schema, index): (how, list)}; only_far: no id comes by its rank. Gives
    {(schema, index): (codec, bytes)}."""
    counts = {number: sum(n == number for n, _ in rows) for number, _ in rows}
    lists = {at: [[0] * 8, 0, 0] for _, at in hows.values()}
    tokens, bases, places = {at: [] for at in hows}, dict.fromkeys(hows, 0), {at: {} for at in hows}
    for number, ids in rows:
        before = 0
        for index, i in enumerate(ids):
            if (number, index) not in hows:
                continue
            at, size = (number, index), 1
            how, name = hows[at]
            while size < min(counts[number], 256):
                size *= 2
            latest, base, high = lists[name]
            step = i - (bases[at] if how & OWN else base) & 0xffffffff
            rank = latest.index(i) if i in latest else 8
            if rank < 8 and not only_far:
                token = rank
            else:
                token = 8 if i == high + 1 else 9 + zigzagged(step - (step >> 31 << 32))
            place = before % size
            is_foretold = how & LINKED and places[at].get(place, 0) == i
            if is_foretold:
                token = rank
            tokens[at].append(0 if is_foretold else token + (how & LINKED))
            latest.pop(min(token, 7))
            latest.insert(0, i)
            if token >= 8:
                lists[name][1:] = i, max(high, i)
                bases[at] = i
            before = places[at][place] = i
    return {at: (SHARED, bytes([hows[at][0]]) + varint(hows[at][1]) + varints(*tokens[at])) for at in hows}


class Tape:
    """One section, written from its SECTION block on."""

    def __init__(self, salt=SALT, **said):
        self.salt, self.seq, self.epoch, self.newest = salt, 0, 1, 0
        self.events, self.blocks, self.data = 0, [], b""
        self.add(SECTION, said.pop("parts", None) or features(), **{"flags": CRITICAL, **said})

    def add(self, kind, parts, **said):
        """Returns the offset and the length of the block: what its gap would be."""
        said = {"salt": self.salt, "seq": self.seq, "min_ts": self.newest, "max_ts": self.newest,
                "watermark": self.newest, **said}
        made = block(kind, parts, **said)
        self.blocks.append((kind, len(self.data), len(made), said.get("rows", 0), said.get("epoch", 0), said["min_ts"],
                            said["max_ts"]))
        self.seq = said["seq"] + 1
        self.data += made
        return self.blocks[-1][1:3]

    def schemas(self, *records, **said):
        return self.add(SCHEMA, b"".join(records), **said)

    def entries(self, *runs, **said):
        return self.add(DICT, b"".join(runs), **{"epoch": self.epoch, **said})

    def facts(self, *pairs):
        return self.add(FACTS, facts(*pairs))

    def rows(self, times, columns, cpus=None, ids=None, time_codec=DELTA, hot=None, more=(), codecs=None, tail=b"",
             escapes=(), **said):
        """A DATA block. times, cpus, ids: of every row, as they lie. hot: the three columns, where not as usual."""
        count = len(times)
        cpus, ids = cpus or [0] * count, ids or [1] * count
        low, high = (min(times), max(times)) if times else (self.newest, self.newest)
        if hot is None:
            if time_codec in (TIME, PACED):
                symbols, raw = (clocked if time_codec == TIME else paced)(times, cpus, ids, low, escapes)
                hot = [column(0, VALUE, 0, (time_codec, symbols)), column(0, RAW, 0, (AS_IS, raw))]
            else:
                hot = [column(0, VALUE, 0, delta(*times) if time_codec == DELTA else plain(*times))]
            hot += [column(0, VALUE, 1, plain(*cpus)), column(0, VALUE, 2, plain(*ids))]
        columns = hot + list(columns)
        size = max([1] + [part for _, part, _ in columns])
        parts = [Part(b"".join(entry for entry, _, _ in columns) + tail)]
        for i in range(1, size + 1):
            data = b"".join(data for _, part, data in columns if part == i)
            codec = (codecs or {}).get(i, 0)
            parts.append(codec(data) if callable(codec) else Part(data, codec=codec, tag=i + 1))
        self.newest = max(self.newest, high)
        bits = 0
        for number in ids:
            bits |= 1 << (number & 63)
        self.events += count
        return self.add(DATA, parts + list(more), **{
            "rows": count, "min_ts": low, "max_ts": high, "watermark": low, "schema_bits": bits, "epoch": self.epoch,
            **said})

    def values(self, *pairs, **said):
        """Rows of schema 1, whose one field is an integer: (time, value)."""
        return self.rows([t for t, _ in pairs], [column(1, VALUE, 0, plain(*(v for _, v in pairs)))], **said)

    def losses(self, *losses, tail=b""):
        return self.add(LOSS, b"".join(string(varints(*one) + tail) for one in losses), rows=len(losses))

    def clocks(self, *readings, tail=b""):
        return self.add(CLOCK, b"".join(string(varints(*one) + tail) for one in readings), rows=len(readings))

    def index(self):
        """9"""
        out, end, before = varint(len(self.blocks)), 0, 0
        for kind, at, length, rows, epoch, low, high in self.blocks:
            out += bytes([kind]) + varints(at - end, length, rows, epoch) + zigzag(low - before) + zigzag(high - low)
            end, before = at + length, low
        return out

    def end(self, reason=b"stop", lost=0, said=(), index=None, events=None, trailer=True):
        events = self.events if events is None else events
        body = string(reason) + varints(events, lost) + string(facts(*said)) + (self.index() if index is None else index)
        first = min([low for kind, _, _, rows, _, low, _ in self.blocks if kind == DATA and rows], default=0)
        size = 96 + 32 + len(body) + 16
        parts = [Part(body), Part(struct.pack("<QI4s", len(self.data) + size, size, b"DNE!"), tag=1)]
        self.add(END, parts if trailer else parts[:1], min_ts=first)
        return self.data


def features(incompat=0, compat=0, said=((b"clock", b"boottime"),)):
    """4"""
    return struct.pack("<QQ", incompat, compat) + facts(*said)
