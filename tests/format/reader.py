#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""reader.py TAPE: the canonical text of a tape, by a reader that shares nothing with format/.

Written from docs/FORMAT.md alone, to prove that it suffices; the numbers in comments are its sections.
It is plain rather than fast. Exit statuses are those of tcptape: 0, 3 for a tape that is cut or damaged,
4 for no tape or one of a newer kind. 77: there is nothing here to decompress zstd with.
"""
import shutil
import struct
import subprocess
import sys
import tempfile
import zlib
from collections import deque
from functools import cache
from pathlib import Path

try:
    from compression import zstd as zstd_module  # Python 3.14
except ImportError:
    try:
        import zstandard as zstd_module
    except ImportError:
        zstd_module = None

SECTION, SCHEMA, DICT, DATA, LOSS, CLOCK, FACTS, END = range(1, 9)  # 3.3
CONST, VARINT, DELTA, TABLE, TIME, KEYED, AS_IS, PLANES, RECENT, PAIRED, LISTED, SHARED, RECALLED, CROSSED, PACED, NEARBY, TOLD, REUSED = range(1, 19)  # 7.3
VALUE, REFERENCE, PRESENCE, RAW = range(4)  # 7.2
INTEGER, ARRAY, BYTES, STRING = range(1, 5)  # 5.2
SIGNED, EXTRA, OPTIONAL, BITS, ID, FLIP, SUM, FULL = (1 << bit for bit in range(8))
MAGIC = b"\xd7TAPE1\r\n"
MASK64 = (1 << 64) - 1
MASK32 = (1 << 32) - 1
MAX_RAW, MAX_ROWS, MAX_VALUES = 16 << 20, 65536, 1 << 22
MAX_DICT, MAX_EPOCH_BYTES, MAX_NAMES, MAX_OPEN = 1 << 20, 64 << 20, 32 << 20, 8


class Damage(Exception):
    """What was read contradicts the format."""


class Unknown(Exception):
    """A codec or feature of a newer writer."""


class NewerTape(Exception):
    """A reader must stop: an incompat bit or a CRITICAL block it does not know."""


def check(sound, what):
    if not sound:
        raise Damage(what)


def unzigzag(n):
    return n >> 1 ^ -(n & 1)


def signed64(n):
    return n - (1 << 64) if n >> 63 else n


def integer(n, size, is_signed):
    """Narrowed to an element, as a number with its sign."""
    n &= (1 << 8 * size) - 1
    return n - (1 << 8 * size) if is_signed and n >> 8 * size - 1 else n


class Bytes:
    """2: basic types, taken from the front."""

    def __init__(self, data):
        self.data, self.at = data, 0

    def left(self):
        return len(self.data) - self.at

    def take(self, n):
        check(n <= self.left(), "ends early")
        self.at += n
        return self.data[self.at - n:self.at]

    def uint(self, size):
        return int.from_bytes(self.take(size), "little")

    def varint(self):
        value = self.data[self.at] if self.at < len(self.data) else 128
        if value < 128:  # most are
            self.at += 1
            return value
        value = 0
        for i in range(10):
            byte = self.uint(1)
            value |= (byte & 127) << 7 * i
            if byte < 128:
                check(value <= MASK64, "varint above 2^64")
                return value
        raise Damage("varint of more than 10 bytes")

    def zigzag(self):
        return unzigzag(self.varint())

    def string(self, most=None):
        n = self.varint()
        check(most is None or n <= most, "string too long")
        return self.take(n)

    def record(self):
        return Bytes(self.string())


class BitReader:
    def __init__(self, data):
        self.number, self.left = int.from_bytes(data, "little"), 8 * len(data)

    def take(self, n):
        check(n <= self.left, "raw bits end early")
        value = self.number & (1 << n) - 1
        self.number >>= n
        self.left -= n
        return value


# --- 3: blocks

class Block:
    """A header; the body is looked at later."""
    LAYOUT = struct.Struct("<8sBBHIIIQQQQQQQIIB3xI")

    def __init__(self, tape, at):
        (magic, self.type, self.flags, self.header_len, self.body_len, self.raw_len, self.rows, self.salt,
         self.seq, self.min_ts, self.max_ts, self.watermark, self.lost, self.schema_bits, self.epoch,
         self.table_crc, self.part_count, header_crc) = self.LAYOUT.unpack_from(tape, at)
        check(magic == MAGIC, "no magic")
        check(zlib.crc32(tape[at:at + 92]) == header_crc, "header checksum")
        check(96 <= self.header_len <= 4096, "header_len")
        check(self.body_len <= MAX_RAW + (64 << 10), "body_len")
        check(self.raw_len <= min(MAX_RAW, self.work()), "raw_len")
        check(self.rows <= min(MAX_ROWS, 64 * self.body_len), "rows")
        check(self.part_count <= 16 and 16 * self.part_count <= self.body_len, "parts")
        self.tape, self.at, self.end = tape, at, at + self.header_len + self.body_len

    def is_whole(self):
        return self.end <= len(self.tape)

    def work(self):
        """13: what a body of this size may stand for."""
        return 1024 * self.body_len

    def is_sound(self):
        start = self.at + self.header_len
        if zlib.crc32(self.tape[self.at + 96:start + 16 * self.part_count]) != self.table_crc:
            return False
        try:
            return all(zlib.crc32(stored) == crc for _, _, stored, _, crc in self.table())
        except Damage:
            return False

    def table(self):
        """3.2: [(codec, tag, stored bytes, raw length, checksum)]"""
        body, parts = Bytes(self.tape[self.at + self.header_len:self.end]), []
        for codec, tag, flags, stored, raw, crc in struct.iter_unpack("<BBHIII", body.take(16 * self.part_count)):
            parts.append((None if flags else codec, tag, body.take(stored), raw, crc))
        check(body.left() == 0, "bytes behind the parts")
        check(sum(raw for _, _, _, raw, _ in parts) == self.raw_len, "raw_len is not the sum of the parts")
        return parts

    def parts(self):
        return [(codec, stored, raw) for codec, _, stored, raw, _ in self.table()]


def check_frame(data):
    """3.2: one zstd frame and nothing else, with a window of at most 2^24 (RFC 8878)."""
    b = Bytes(data)
    check(b.take(4) == b"\x28\xb5\x2f\xfd", "no zstd frame")
    head = b.uint(1)
    is_single = head >> 5 & 1
    if not is_single:
        window = b.uint(1)
        check((8 + (window & 7)) << 7 + (window >> 3) <= 1 << 24, "window of a frame")
    check(int.from_bytes(b.take((0, 1, 2, 4)[head & 3]), "little") == 0, "a frame that needs a dictionary")
    b.take((is_single, 2, 4, 8)[head >> 6])
    is_last = False
    while not is_last:
        block = b.uint(3)
        is_last, kind = block & 1, block >> 1 & 3
        b.take(1 if kind == 1 else block >> 3)
    b.take(4 * (head >> 2 & 1))
    check(b.left() == 0, "bytes after the frame")


def unzstd(data, preset=None):
    """3.2: what the frame holds, behind the preset if there is one."""
    if zstd_module and hasattr(zstd_module, "ZstdDict"):
        return zstd_module.decompress(data, preset and zstd_module.ZstdDict(preset, is_raw=True))
    if zstd_module:
        behind = preset and zstd_module.ZstdCompressionDict(preset, dict_type=zstd_module.DICT_TYPE_RAWCONTENT)
        return zstd_module.ZstdDecompressor(dict_data=behind).decompress(data)
    with tempfile.NamedTemporaryFile() as file:
        file.write(preset or b"")
        file.flush()
        return subprocess.run(["zstd", "-dcq", "-M16MB"] + (["-D", file.name] if preset else []), input=data,
                              capture_output=True, check=True).stdout


@cache
def the_preset():
    preset = unzstd((Path(__file__).parents[2] / "format/preset.zst").read_bytes())
    assert len(preset) == 124712 and zlib.crc32(preset) == 0x115F64C5
    return preset


def decompress(codec, data, raw):
    if codec == 0:
        check(len(data) == raw, "a part that is stored has two lengths")
        return data
    if codec not in (1, 2):
        raise Unknown("codec of a part")
    check_frame(data)
    preset = the_preset() if codec == 2 else None
    try:
        out = unzstd(data, preset)
    except Exception as problem:
        raise Damage("zstd") from None
    check(len(out) == raw, "a part has another length than it says")
    return out


def header_at(tape, at):
    if tape[at:at + 8] != MAGIC or at + 96 > len(tape):
        return None
    try:
        return Block(tape, at)
    except Damage:
        return None


def search(tape, at):
    """11: the next sound header, or the end."""
    while True:
        at = tape.find(MAGIC, at)
        if at < 0:
            return len(tape)
        if header_at(tape, at):
            return at
        at += 1


class Scan:
    """11: block by block, over damage."""

    def __init__(self, tape):
        self.tape, self.at, self.salt, self.seq = tape, 0, None, 0

    def __iter__(self):
        """(block, gap): None is none; with both, the header is sound and the body is not."""
        while self.at < len(self.tape):
            yield self.step()

    def skip(self, end):
        gap = self.at, end - self.at
        self.at = end
        return gap

    def step(self):
        block = header_at(self.tape, self.at)
        if not block:
            return None, self.skip(search(self.tape, self.at + 1))
        if block.type == SECTION:
            self.salt, self.seq = block.salt, block.seq
        elif block.salt != self.salt or block.seq < self.seq:
            return None, self.skip(block.end)
        elif block.seq > self.seq:
            self.seq = block.seq
            return None, (self.at, 0)
        if block.is_whole() and block.is_sound():
            self.seq += 1
            self.skip(block.end)
            return block, None
        if block.is_whole() and (block.end == len(self.tape) or header_at(self.tape, block.end)):
            self.seq += 1
            return block, self.skip(block.end)
        return block, self.skip(search(self.tape, self.at + 96))


# --- 4, 5: schemas, enumerations

class Enumeration:
    def __init__(self, record):
        self.id, self.name = record.varint(), record.string(255)
        check(1 <= self.id <= 256, "enumeration id")
        count = record.varint()
        check(count <= 4096, "values of an enumeration")
        self.values = [(record.varint(), record.string(255)) for _ in range(count)]
        values = [value for value, _ in self.values]
        check(values == sorted(set(values)), "values that do not ascend")
        check(not any(b"\0" in name for name in [self.name, *(name for _, name in self.values)]), "NUL in a name")


class Field:
    def __init__(self, record):
        self.name, self.type = record.string(255), record.string(255)
        (self.kind, self.role, self.flags, self.size, self.count, self.enum, self.ref, self.attribute,
         self.key_ref, self.key_attribute, self.key_space) = struct.unpack("<BBBBHHBBBBB", record.take(13))
        self.near = record.uint(1) if record.left() else 0
        self.start = record.uint(1) if record.left() else 0
        check(b"\0" not in self.name + self.type, "NUL in a name")
        self.own = None  # number among the fields without a dictionary
        if not self.is_known():
            self.key_ref = 0
            return
        check(self.size in ((1, 2, 4, 8) if self.kind in (INTEGER, ARRAY) else (1,)), "size of an element")
        check({INTEGER: self.count == 1, STRING: self.count == 0}.get(self.kind, self.count > 0), "elements")
        check(self.size * self.count <= 4096, "size of a field")

    def is_known(self):
        return 1 <= self.kind <= 4

    def check_in(self, schema):
        is_event = schema.kind == 1
        check(self.ref <= (len(schema.refs) if is_event else 0), "a dictionary that the schema does not have")
        check(self.kind == INTEGER or not self.flags & ID or not self.is_known(), "an id that is no integer")
        if self.key_ref:
            check(self.kind == INTEGER and not self.ref, "a key")
            check(self.key_ref <= (len(schema.refs) if is_event else 1), "dictionary of a key")

    def width(self):
        """13: what it costs in each row."""
        return max(1, -(-self.size * self.count // 16)) if self.is_known() else 1

    def fixed(self):
        """Bytes of every value, or None."""
        return None if self.kind == STRING else self.size * self.count


class Schema:
    def __init__(self, record):
        self.id = record.varint()
        check(1 <= self.id <= 4096, "schema id")
        self.kind, self.flags = record.uint(1), record.uint(1)
        self.group, self.name = record.string(255), record.string(255)
        self.text = record.string(64 << 10)
        check(b"\0" not in self.group + self.name + self.text, "NUL in a name")
        if self.kind not in (1, 2):
            raise Unknown("kind of a schema")
        count = record.varint()
        check(count <= 8, "dictionaries of a schema")
        self.refs = [record.varint() for _ in range(count)]
        check(all(1 <= ref <= 4096 for ref in self.refs), "id of a dictionary")
        count = record.varint()
        check(count <= min(256, record.left()), "fields of a schema")
        self.fields = []
        for _ in range(count):
            f = Field(record.record())
            if self.kind == 2 and not f.is_known():
                raise Unknown("kind of an attribute")
            f.check_in(self)
            self.fields.append(f)
        if self.kind == 2:
            self.check_keys()
        self.settle_companions()
        self.own = [f for f in self.fields if not f.ref]
        for i, f in enumerate(self.own):
            f.own = i

    def companion(self, f, number):
        """5.2: the field of this number, if it can be what a value is told by."""
        if not 1 <= number <= len(self.fields) or self.kind != 1 or f.kind != INTEGER or f.ref:
            return None
        g = self.fields[number - 1]
        if g.near and not (f.key_ref and g.key_ref and number - 1 < self.fields.index(f)):
            return None
        return g if g is not f and g.kind == INTEGER and not g.ref and g.size == (f.size if f.key_ref else 4) else None

    def settle_companions(self):
        found = [(self.companion(f, f.near), self.companion(f, f.start)) for f in self.fields]
        plain = [f for f in self.fields if not f.near]
        for i, (f, (near, start)) in enumerate(zip(self.fields, found)):
            f.near = near
            f.start = start if start and f.key_ref and start.key_ref and start in plain and f.start - 1 < i else None

    def check_keys(self):
        for f in self.fields:
            if f.key_ref:
                check(f.key_attribute < len(self.fields), "a key that is not there")
                key = self.fields[f.key_attribute]
                check(key.kind == INTEGER and not key.key_ref, "what cannot be a key")


# --- 7.3: codecs

def integers(codec, data, count):
    """Unsigned, 64 bits."""
    check(count <= MAX_VALUES, "values")
    b = Bytes(data)
    if codec == CONST:
        values = [b.varint()] * count
    elif codec == VARINT:
        values = [b.varint() for _ in range(count)]
    elif codec == DELTA:
        values = deltas(b, count)
    elif codec == RECENT:
        values = recent(b, count)
    elif codec == NEARBY:
        values = nearby(b, count)
    elif codec == LISTED:
        size = b.varint()
        check(size <= min(count, 512), "a list of more values than there are")
        listed = deltas(b, size)
        values = []
        for _ in range(count):
            index = b.varint()
            check(index < size, "index into a list")
            values.append(listed[index])
    else:
        raise Unknown(f"codec {codec} for integers")
    check(b.left() == 0, "bytes after a column")
    return values


def deltas(b, count):
    values, last = [], 0
    for _ in range(count):
        last = last + b.zigzag() & MASK64
        values.append(last)
    return values


def recent(b, count):
    values, latest, base = [], [0] * 8, 0
    for _ in range(count):
        token = b.varint()
        if token < 8:
            value = latest.pop(token)
        else:
            value = base = base + unzigzag(token - 8) & MASK64
            latest.pop()
        latest.insert(0, value)
        values.append(value)
    return values


def nearby(b, count):
    values, latest = [], [0] * 8
    for _ in range(count):
        token = b.varint()
        value = latest[token & 7] + unzigzag(token >> 3) & MASK64
        del latest[7 if token >= 128 else token & 7]
        latest.insert(0, value)
        values.append(value)
    return values


class SharedList:
    def __init__(self):
        self.latest, self.base, self.high = [0] * 8, 0, 0


class Shared:
    """7.7: a column of references."""

    def __init__(self, b, rows, lists):
        how, number = b.uint(1), b.varint()
        check(how < 4 and number <= 4096, "how references are coded")
        self.is_linked, self.is_own = how & 1, how & 2
        self.list = lists.setdefault(number, SharedList())
        self.tokens, self.base = [b.varint() - self.is_linked for _ in range(rows)], 0
        check(b.left() == 0 and max(self.tokens) < 1 << 31, "tokens of references")
        self.places = [0] * min(256, 1 << (rows - 1).bit_length())

    def decode(self, row, before):
        token, place, at = self.tokens[row], before % len(self.places), self.list
        if token < 0:
            found = self.places[place]
            token = at.latest.index(found) if found in at.latest else 9
        elif token < 8:
            found = at.latest[token]
        elif token == 8:
            found = at.high + 1 & 0xffffffff
        else:
            found = (self.base if self.is_own else at.base) + unzigzag(token - 9) & 0xffffffff
        at.latest.pop(min(token, 7))
        at.latest.insert(0, found)
        if token >= 8:
            at.base = self.base = found
            at.high = max(at.high, found)
        self.places[place] = found
        return found


def crossed(data, count, f, before, values):
    """6: values are those of the attribute before."""
    check(before and before.kind in (ARRAY, BYTES) and before.fixed() == f.fixed(), "nothing to cross")
    b, found = Bytes(data), []
    tokens = b.take(count)
    for i, token in enumerate(tokens):
        check(token < 3 and 0 <= i + (0, -1, 1)[token] < count, "a neighbour that is not there")
        found.append(values[i + (0, -1, 1)[token]] if token else b.take(f.fixed()))
    check(b.left() == 0, "bytes after a column")
    return found


def strings(codec, data, count, fixed):
    check(count <= MAX_VALUES, "values")
    b = Bytes(data)
    if codec == CONST:
        values = [b.string()] * count
    elif codec == TABLE:
        size = b.varint()
        check(size <= count, "a table of more strings than values")
        table = [b.string() for _ in range(size)]
        check(fixed is None or all(len(v) == fixed for v in table), "length of a value")
        values = []
        for _ in range(count):
            index = b.varint()
            check(index < len(table), "index into a table")
            values.append(table[index])
    elif codec == PLANES:
        length = b.varint()
        check(length and length * count == b.left(), "planes")
        planes = b.take(b.left())
        values = [planes[row::count] for row in range(count)]
    else:
        raise Unknown(f"codec {codec} for bytes")
    check(b.left() == 0, "bytes after a column")
    check(fixed is None or all(len(v) == fixed for v in values), "length of a value")
    return values


def column(codec, data, count, field):
    """An OPTIONAL value that is null has no length."""
    if field.kind == INTEGER:
        return [integer(v, field.size, field.flags & SIGNED) for v in integers(codec, data, count)]
    return strings(codec, data, count, None if field.flags & OPTIONAL else field.fixed())


class Places:
    """7.5: the last two values of every key."""

    def __init__(self):
        self.pairs, self.latest, self.told = {}, {}, {}

    @staticmethod
    def place(key, field):
        return (key ^ 1 if field.flags & FLIP else key) + 40503 * field.key_space & 0xffff

    def see(self, place, value):
        last, _ = self.pairs.get(place, (0, 0))
        if value != last:
            self.pairs[place] = value, last

    def decode(self, key, field, token, raw, codec=KEYED):
        place, mask, is_paired = self.place(key, field), (1 << 8 * field.size) - 1, codec != KEYED
        told = self.told.setdefault(field, [0] * 8)
        last, before = self.pairs.get(place, (0, 0))
        expected = last or self.latest.get(field, 0) if is_paired else last
        if token == 1:
            return 0
        if token == 0:
            value = raw.uint(field.size)
        elif not is_paired:
            value = last + unzigzag(token - 2) & mask
        elif token < 4:
            value = (before if token == 3 else expected) & mask
        elif codec == PAIRED:
            value = expected + unzigzag(token - 3) & mask
        elif token == 4:
            value = before - last & mask
        elif token < 13:
            value = told.pop(token - 5)
            told.insert(0, value)
        else:
            value = expected + unzigzag(token - 12) & mask
        if token == 0 or token > 127:
            told.insert(0, value)
            told.pop()
        if is_paired:
            self.latest[field] = value or self.latest.get(field, 0)
        self.see(place, value)
        return integer(value, field.size, field.flags & SIGNED)


# --- 6: dictionaries

class Recalled:
    """7.8: what one column remembers."""

    def __init__(self, is_reused):
        self.latest, self.base, self.last, self.guess, self.is_reused = [0] * 8, 0, 0, 0, is_reused

    @staticmethod
    def place(value):
        return ((value >> 8) * 2654435761 & MASK32) >> 20

    def far(self, token, met):
        """What REUSED tells at length."""
        if token & 1:
            check(token >> 2 < len(met), "a value that was not met")
            value = met[token >> 2]
            return value & ~255 | self.last & 255 if token & 2 else value
        self.base = self.base + unzigzag(token >> 1) & MASK64
        if len(met) < 4096:
            met.append(self.base)
        return self.base

    def decode(self, token, number, at_number, after, prior, met):
        with_place = (number * 2654435761 & MASK32) >> 17
        after_place = self.place(self.last)
        if token == 8:
            value = at_number.get(with_place, 0)
        elif token == 9:
            value = after.get(after_place, 0) & ~255 | self.last & 255
        elif token == 10 and self.is_reused:
            value = self.guess & ~255 | self.last & 255
        else:
            if token < 8:
                value = self.latest.pop(token)
            elif self.is_reused:
                value = self.far(token - 11, met)
                self.latest.pop()
            else:
                value = self.base = self.base + unzigzag(token - 10) & MASK64
                self.latest.pop()
            self.latest.insert(0, value)
        if self.is_reused and value != self.last:
            self.guess = prior.get(self.place(value), 0)
            prior[self.place(value)] = self.last
        at_number[with_place] = value
        if value != self.last:
            after[after_place] = value
        self.last = value
        return value


class Dictionaries:
    def __init__(self):
        self.begin(None)

    def begin(self, epoch):
        self.epoch, self.entries, self.bytes = epoch, {}, 0

    def enter(self, epoch):
        if epoch != self.epoch:
            self.begin(epoch)

    def attribute(self, dictionary, entry, index):
        """None: null."""
        values = self.entries.get(dictionary, {}).get(entry)
        return values[index] if values and index < len(values) else None

    def take(self, body, schemas, work):
        places, may_have_keys, values, limit = Places(), True, 0, self.bytes + min(work, MAX_EPOCH_BYTES)
        while body.left():
            dictionary, first, count = body.varint(), body.varint(), body.varint()
            columns, schema = Bytes(body.string()), schemas.get(dictionary)
            check(1 <= first and first + count - 1 <= MAX_DICT, "entries of a dictionary")
            if not schema or schema.kind != 2 or not schema.fields:
                may_have_keys = False
                continue
            if not may_have_keys and any(f.key_ref for f in schema.fields):
                continue
            values += count * len(schema.fields)
            check(values <= min(MAX_VALUES, work), "values in a block of entries")
            self.check_room(schema, first, count, limit)
            try:
                rows = self.run(columns, schema, count, places)
            except Unknown:
                may_have_keys = False
                continue
            self.add(schema, first, rows, limit)

    def check_room(self, schema, first, count, limit):
        """What a run cannot be, whatever its columns hold."""
        entries = self.entries.get(schema.id)
        check(not entries or first > max(entries), "ids that do not ascend")
        check(self.bytes <= MAX_EPOCH_BYTES, "bytes of an epoch")
        least = self.bytes + count * (16 + sum(2 if f.kind == STRING else f.fixed() for f in schema.fields))
        check(least <= limit, "bytes of a block of entries")

    def add(self, schema, first, rows, limit):
        """A run that takes the epoch above its limit counts; what follows does not."""
        total = self.bytes + self.size(schema, rows)
        check(total <= limit, "bytes of a block of entries")
        self.bytes = total
        self.entries.setdefault(schema.id, {}).update(enumerate(rows, first))
        check(total <= MAX_EPOCH_BYTES, "bytes of an epoch")

    @staticmethod
    def size(schema, rows):
        """6: as epochs and blocks count it"""
        size = 16 * len(rows)
        for f, values in zip(schema.fields, zip(*rows)):
            lengths = [f.size] * len(rows) if f.kind == INTEGER else list(map(len, values))
            check(max(lengths) < 1 << 16, "length of a string")
            size += sum(lengths) + 2 * len(rows) * (f.kind == STRING)
        return size

    @staticmethod
    def run(columns, schema, count, places):
        found, keyed = [], []
        for i, f in enumerate(schema.fields):
            codec, data = columns.uint(1), columns.string()
            if f.key_ref:
                keyed.append((i, f))
                found.append(integers(codec, data, count))  # tokens, for now
            elif codec == CROSSED and f.kind in (ARRAY, BYTES):
                found.append(crossed(data, count, f, schema.fields[i - 1] if i else None, found[i - 1] if i else None))
            else:
                found.append(column(codec, data, count, f))
        raw = Bytes(columns.string())
        for row in range(count):
            for i, f in keyed:
                found[i][row] = places.decode(found[f.key_attribute][row], f, found[i][row], raw)
        check(raw.left() == 0 and columns.left() == 0, "bytes after the last entry")
        return list(zip(*found)) if found else [()] * count


# --- 7: events

class Parts:
    """Decompressed when they are asked for: damage of one does not touch the others."""

    def __init__(self, block):
        self.stored, self.opened = block.parts(), {}
        check(self.stored, "no directory")

    def lengths(self):
        return [raw for _, _, raw in self.stored]

    def open(self, part):
        if part not in self.opened:
            self.opened[part] = decompress(*self.stored[part])
        return self.opened[part]


class Column:
    def __init__(self, codec, parts, part, at, length):
        self.codec, self.parts, self.part, self.at, self.length = codec, parts, part, at, length

    def data(self):
        return self.parts.open(self.part)[self.at:self.at + self.length]


def directory(parts):
    """7.2: ({(schema, what, index): Column}, the schemas of all that is listed)"""
    b, columns, listed, lengths = Bytes(parts.open(0)), {}, [], parts.lengths()
    at = [0] * len(lengths)
    while b.left():
        schema, what, index = b.varint(), b.uint(1), b.varint()
        codec, part, length = b.uint(1), b.uint(1), b.varint()
        check(len(listed) < 1 << 16 and schema <= 4096 and index <= 256, "columns")
        check(part < len(at) and at[part] + length <= lengths[part], "a column outside its part")
        columns[schema, what, index] = Column(codec, parts, part, at[part], length)
        listed.append(schema)
        at[part] += length
    return columns, listed


def times(symbols, raw, rows, cpus, ids, min_ts):
    """7.9"""
    check(len(symbols) == rows, "symbols of the time column")
    bits, contexts, out = BitReader(raw), {}, []
    for row in range(rows):
        if row == 0 or cpus[row] != cpus[row - 1]:
            last, history = min_ts, [0, 0, 0, 0, 0]
        h = 0
        for s in reversed([ids[row]] + history):
            h = 31 * h + s & 0xffffffff
        context = (h * 2654435761 & 0xffffffff) >> 20
        step, size, is_known = contexts.get(context, (0, 0, False))
        symbol = symbols[row]
        if symbol == 255:
            b, known_bits = bits.take(7), 0
        else:
            b = size // 16 + unzigzag(symbol >> 2)
            known_bits = min(2, b - 1)
        check(0 <= b <= 64, "bits of a residual")
        residual = b
        if b > 1:
            residual = 1 << known_bits | symbol & (1 << known_bits) - 1
            residual = residual << b - 1 - known_bits | bits.take(b - 1 - known_bits)
        expected = signed64(step) // 16
        d = expected + unzigzag(residual) & MASK64
        last = last + d & MASK64
        out.append(last)
        history = [ids[row]] + history[:4]
        if is_known:
            limit = 1 << max(0, min(62, size // 16 - 1))
            step = step + max(-limit, min(limit, signed64(d - expected & MASK64))) & MASK64
            contexts[context] = (step, size + (16 * b - size) // 8, True)
        else:
            contexts[context] = (16 * d & MASK64, 16 * b, True)
    check(bits.left < 8, "raw bits after the last row")
    return out


def limit(size):
    return 2 << min(61, size >> 8)


def clip(n, most):
    return max(-most, min(most, n))


def paced(symbols, raw, rows, cpus, ids, min_ts):
    """7.4: a context or parent is (step, size)."""
    check(len(symbols) == rows, "symbols of the time column")
    bits, contexts, parents, out = BitReader(raw), {}, {}, []
    for row in range(rows):
        if row == 0 or cpus[row] != cpus[row - 1]:
            last, history, pace, unrest = min_ts, [0] * 7, 0, 0
        h = 0
        for s in history + [ids[row]]:
            h = 31 * h + s & MASK32
        place, parent_place = (h * 2654435761 & MASK32) >> 19, ((31 * history[-1] + ids[row]) * 2654435761 & MASK32) >> 22
        context, parent = contexts.get(place), parents.get(parent_place)
        symbol, guess, b, v = symbols[row], 0, 0, unzigzag(symbols[row] >> 2)
        best = context or parent
        if best:
            guess = (signed64(best[0]) >> 3) + (signed64(pace * limit(best[1]) & MASK64) >> 13) & MASK64
            b = best[1] + unrest >> 8
        sign, top, told = symbol & 1, symbol >> 1 & 1, 1
        if symbol == 255:
            b, sign, told = bits.take(7), bits.take(1), 0
        else:
            b += v
        check(0 <= b <= 63, "bits of a residual")
        residual = b
        if b > 1:
            rest = b - 1 - told
            residual = (1 << told | top * told) << rest | bits.take(rest)
        e = -1 - residual if sign else residual
        d = guess + e & MASK64
        last = last + d & MASK64
        out.append(last)
        if best and symbol != 255:
            p = 1024 if v > 0 else (5 + 2 * top << 7) >> -v
            pace += -p if sign else p
            unrest += 24 * v
        pace -= pace >> 3
        unrest -= unrest >> 3
        if context:
            step, size = context
            contexts[place] = step + clip(e, limit(size)) & MASK64, size + (256 * b - size >> 4)
        elif parent:
            step, size = parent
            contexts[place] = 8 * d & MASK64, size + (256 * b - size >> 1)
            off = signed64(d - (signed64(step) >> 3) & MASK64)
            parents[parent_place] = step + 4 * clip(off, limit(size)) & MASK64, contexts[place][1]
        else:
            contexts[place] = parents[parent_place] = 8 * d & MASK64, 256 * max(0, b - 2)
        history = history[1:] + [ids[row]]
    check(bits.left < 8, "raw bits after the last row")
    return out


def known(decode, *arguments):
    """Where a value cannot be done without, an unknown codec is damage."""
    try:
        return decode(*arguments)
    except Unknown as unknown:
        raise Damage(unknown) from None


class Data:
    """A DATA block: rows of (ts, cpu, schema id, values)."""

    def __init__(self, block, section):
        parts = Parts(block)
        self.section, rows = section, block.rows
        self.columns, listed = directory(parts)
        self.cpus = self.hot(1, rows)
        self.ids = self.hot(2, rows)
        self.times = self.hot_times(block)
        lanes = list(zip(self.cpus, self.times))
        check(lanes == sorted(lanes), "rows out of order")
        check((min(self.times), max(self.times)) == (block.min_ts, block.max_ts), "times of the header")
        check(block.max_ts < MASK64, "a time beyond all")
        check(all(1 <= i <= 4096 for i in self.ids), "a row without a schema")
        check(all(i < 1 << 32 for i in self.cpus), "a CPU beyond 32 bits")
        self.rows_of = {}
        for row, schema in enumerate(self.ids):
            self.rows_of.setdefault(schema, []).append(row)
        known_rows = {i: len(at) for i, at in self.rows_of.items() if i in section.schemas and section.schemas[i].kind == 1}
        cells = 3 * rows + sum(known_rows.get(schema, 0) for schema in listed)
        check(cells <= min(MAX_VALUES, block.work()), "values in a block")
        width = sum(count * sum(f.width() for f in section.schemas[i].fields) for i, count in known_rows.items())
        check(width <= 256 * block.body_len, "fields of the rows of a block")
        self.body_len, self.told = block.body_len, {}
        self.values = {}  # (schema, what, index): a value per row of the schema
        self.decode_columns()
        try:
            self.decode_shared()
        except (Damage, Unknown):
            self.values = {at: values for at, values in self.values.items() if self.columns[at].codec != SHARED}
        try:
            self.decode_keyed()
        except (Damage, Unknown):
            self.forget(KEYED, PAIRED, TOLD)
        try:
            self.decode_recalled()
        except (Damage, Unknown):
            self.forget(RECALLED, REUSED)

    def hot(self, index, rows):
        check((0, VALUE, index) in self.columns, "a hot column is missing")
        c = self.columns[0, VALUE, index]
        return known(integers, c.codec, c.data(), rows)

    def hot_times(self, block):
        c = self.columns.get((0, VALUE, 0))
        check(c, "the time column is missing")
        if c.codec not in (TIME, PACED):
            return known(integers, c.codec, c.data(), block.rows)
        check((0, RAW, 0) in self.columns, "the time column has no raw bits")
        raw = self.columns[0, RAW, 0]
        decode = paced if c.codec == PACED else times
        return decode(c.data(), raw.data(), block.rows, self.cpus, self.ids, block.min_ts)

    def decode_columns(self):
        for (schema_id, what, index), c in self.columns.items():
            schema, count = self.section.schemas.get(schema_id), len(self.rows_of.get(schema_id, []))
            if not schema_id or not schema or what == RAW or c.codec in (KEYED, PAIRED, TOLD, SHARED, RECALLED, REUSED):
                continue
            try:
                if what == VALUE and index < len(schema.own) and not schema.own[index].is_known():
                    continue
                if what == REFERENCE or what == PRESENCE:
                    self.values[schema_id, what, index] = integers(c.codec, c.data(), count)
                elif what == VALUE and index < len(schema.own):
                    values = column(c.codec, c.data(), count, schema.own[index])
                    check(schema.own[index].kind != STRING or sum(map(len, values)) <= 4096 * self.body_len, "strings of a column")
                    self.values[schema_id, what, index] = values
            except (Unknown, Damage):
                pass  # null

    def decode_shared(self):
        """7.7"""
        lists, columns, seen = {}, {}, dict.fromkeys(self.rows_of, 0)
        for (schema_id, what, index), c in sorted(self.columns.items(), key=lambda item: item[0]):
            if what == REFERENCE and c.codec == SHARED and schema_id in self.rows_of and index < 8:
                shared = Shared(Bytes(c.data()), len(self.rows_of[schema_id]), lists)
                columns.setdefault(schema_id, []).append(((schema_id, what, index), shared))
        for schema_id in self.ids:
            row, before = seen[schema_id], 0
            seen[schema_id] += 1
            for at, shared in columns.get(schema_id, ()):
                before = shared.decode(row, before)
                self.values.setdefault(at, []).append(before)

    def keyed_fields(self, schema_id):
        """[(field, tokens, raw, keys, codec)]"""
        found = []
        schema = self.section.schemas[schema_id]
        for f in schema.own:
            c = self.columns.get((schema_id, VALUE, f.own))
            if not c or c.codec not in (KEYED, PAIRED, TOLD):
                continue
            if not f.key_ref:
                continue  # null, as any column of an unknown codec
            check((schema_id, RAW, f.own) in self.columns, "a keyed column without raw bytes")
            raw = self.columns[schema_id, RAW, f.own]
            ids = self.values.get((schema_id, REFERENCE, f.key_ref - 1))
            check(ids is not None, "no reference to the entry with the key")
            found.append((f, integers(VARINT, c.data(), len(ids)), Bytes(raw.data()),
                          [self.key(schema.refs[f.key_ref - 1], i, f.key_attribute) for i in ids], c.codec))
        return sorted(found, key=lambda column: bool(column[4] != KEYED and column[0].near))

    def key(self, dictionary, entry, attribute):
        return self.section.dictionaries.attribute(dictionary, entry, attribute) if entry else 0

    def decode_keyed(self):
        for schema in self.rows_of:
            check(schema in self.section.schemas and self.section.schemas[schema].kind == 1, "an unknown schema")
        keyed = {schema: self.keyed_fields(schema) for schema in self.rows_of}
        check(all(isinstance(key, int) for fields in keyed.values() for _, _, _, keys, _ in fields for key in keys),
              "an unknown key")
        places, seen = Places(), dict.fromkeys(keyed, 0)
        for schema in self.ids:
            row = seen[schema]
            seen[schema] += 1
            for f, tokens, raw, keys, codec in keyed[schema]:
                value = places.decode(keys[row], f, tokens[row], raw, codec)
                if codec != KEYED:
                    value = self.told_by_companions(schema, f, row, value, places, keyed[schema])
                self.values.setdefault((schema, VALUE, f.own), []).append(value)
        check(not any(raw.left() for fields in keyed.values() for _, _, raw, _, _ in fields), "raw bytes after the last row")

    def told_by_companions(self, schema, f, row, value, places, columns):
        mask = (1 << 8 * f.size) - 1
        if f.near:
            near = self.values.get((schema, VALUE, f.near.own))
            check(near and row < len(near), "what is near has no column")
            value = self.filled(value & mask, near[row] & mask, mask) if f.flags & FULL else (value - near[row] if f.flags & SUM else value + near[row]) & mask
        if f.start:
            keys = [column[3] for column in columns if column[0] is f.start]
            check(keys, "a start without a keyed column")
            if value & mask:
                start = self.values[schema, VALUE, f.start.own][row]
                places.see(places.place(keys[0][row], f.start), start + value & mask)
        return integer(value & mask, f.size, f.flags & SIGNED)

    @staticmethod
    def filled(value, full, mask):
        return {0: full, mask: 0}.get(value, mask if value == full else value) if full else value

    def recalled_fields(self, schema_id):
        """7.8: [(values, tokens, numbers, column)], values still empty"""
        found = []
        schema = self.section.schemas[schema_id]
        for f in schema.own:
            c = self.columns.get((schema_id, VALUE, f.own))
            if not c or c.codec not in (RECALLED, REUSED):
                continue
            check(f.kind == INTEGER and f.size == 8 and not f.key_ref, "a recalled column of another kind")
            count = len(self.rows_of[schema_id])
            numbers = self.values.get((schema_id, VALUE, f.near.own)) if f.near else [0] * count
            check(numbers is not None, "what is near has no column")
            found.append((self.values.setdefault((schema_id, VALUE, f.own), []), integers(VARINT, c.data(), count), numbers,
                          Recalled(c.codec == REUSED)))
        return found

    def decode_recalled(self):
        if not any(c.codec in (RECALLED, REUSED) for c in self.columns.values()):
            return
        for schema in self.rows_of:
            check(schema in self.section.schemas and self.section.schemas[schema].kind == 1, "an unknown schema")
        recalled = {schema: self.recalled_fields(schema) for schema in self.rows_of}
        common = {}, {}, {}, []
        for schema in self.ids:
            for values, tokens, numbers, column in recalled[schema]:
                row = len(values)
                values.append(column.decode(tokens[row], numbers[row] & MASK32, *common))
        self.signed_recalled()

    def signed_recalled(self):
        for (schema_id, what, index), c in self.columns.items():
            if c.codec in (RECALLED, REUSED) and what == VALUE and (schema_id, what, index) in self.values:
                f = self.section.schemas[schema_id].own[index]
                self.values[schema_id, what, index] = [integer(v, 8, f.flags & SIGNED) for v in self.values[schema_id, what, index]]

    def forget(self, *codecs):
        for (schema, what, index), c in self.columns.items():
            if c.codec in codecs:
                self.values.pop((schema, what, index), None)

    def value(self, schema, f, row):
        """5.2: null is None."""
        if not f.is_known():
            return None
        value = self.bound(schema, f, row) if f.ref else self.own(schema, f, row)
        if f.kind == INTEGER:
            if not isinstance(value, int):
                return None
            return signed64(value & MASK64) if f.flags & SIGNED else value & MASK64
        if not isinstance(value, bytes) or f.fixed() not in (None, len(value)):
            return None
        return value

    def bound(self, schema, f, row):
        ids = self.values.get((schema.id, REFERENCE, f.ref - 1))
        if not ids:
            return None
        if f.kind == STRING and f not in self.told:
            taken = [self.taken(schema, f, entry) for entry in ids]
            self.told[f] = sum(len(value) for value in taken if isinstance(value, bytes)) <= 4096 * self.body_len
        return self.taken(schema, f, ids[row]) if self.told.get(f, True) else None

    def taken(self, schema, f, entry):
        return self.section.dictionaries.attribute(schema.refs[f.ref - 1], entry, f.attribute)

    def own(self, schema, f, row):
        if f.flags & OPTIONAL:
            present = self.values.get((schema.id, PRESENCE, f.own))
            if not present or not present[row]:
                return None
        values = self.values.get((schema.id, VALUE, f.own))
        return values[row] if values else None

    def events(self):
        seen = {}
        for row, schema_id in enumerate(self.ids):
            at = seen[schema_id] = seen.get(schema_id, -1) + 1
            schema = self.section.schemas.get(schema_id)
            if not schema or schema.kind != 1:
                schema = None
            yield self.times[row], self.cpus[row], schema, schema and [self.value(schema, f, at) for f in schema.fields]


# --- sections, and 15: the text

class Text:
    def __init__(self, out):
        self.out = out

    def line(self, *words):
        self.out.write(b" ".join(w if isinstance(w, bytes) else str(w).encode() for w in words) + b"\n")


def escaped(text):
    text = text.partition(b"\0")[0]
    plain = b"".join(b"%c" % c if 0x21 <= c <= 0x7e and c != 0x25 else b"%%%02x" % c for c in text)
    return plain or b"%"


def word(value):
    if value is None:
        return b"-"
    return (value.hex().encode() or b"%") if isinstance(value, bytes) else str(value).encode()


class Section:
    def __init__(self, block, text, gap):
        self.text = text
        self.schemas, self.enums, self.dictionaries = {}, {}, Dictionaries()
        self.facts, self.losses, self.clocks, self.gaps, self.ending = [], [], [], [], None
        self.watermark, self.names = 0, 0
        self.rows, self.open, self.schema_numbers, self.enum_numbers = deque(), {}, {}, {}
        text.line("section")
        if gap:
            self.gaps.append(gap)
        else:
            self.take_or_gap(block)

    def take_or_gap(self, block):
        try:
            self.take(block)
        except (Damage, Unknown):
            self.gaps.append((block.at, block.end - block.at))

    def take_features(self, body):
        incompat, _ = body.uint(8), body.uint(8)
        if incompat:
            raise NewerTape(f"incompat bits {incompat:#x}")
        self.take_facts(body)

    def count(self, size):
        """4: bytes of names, those that are too many, too."""
        self.names += size
        check(self.names <= MAX_NAMES, "facts, schemas and enumerations of more than 32 MiB")

    def take_facts(self, body):
        self.count(body.left())
        while body.left():
            check(len(self.facts) < 4096, "facts")
            self.facts.append((body.string(255), body.string(64 << 10)))

    def take_schemas(self, body):
        self.count(0)
        while body.left():
            kind, record = body.uint(1), body.record()
            if kind == 1:
                self.take_new(self.enums, Enumeration(record), record)
            elif kind == 2:
                try:
                    s = Schema(record)
                except Unknown:
                    continue
                self.take_new(self.schemas, s, record)

    def take_new(self, known, what, record):
        """A known id keeps its first meaning."""
        if what.id not in known:
            known[what.id] = what
            self.count(len(record.data))

    def take(self, block):
        if block.type == DATA:
            self.take_data(block)
        elif SECTION <= block.type <= END:
            if block.type == END:
                self.hand_out()
            parts = block.parts()
            check(parts, "no part")
            body = Bytes(decompress(*parts[0]))
            if block.type == DICT:
                self.dictionaries.enter(block.epoch)
            self.take_body(block.type, body, block.work())
        elif block.flags & 1:
            raise NewerTape(f"a critical block of type {block.type}")

    def take_data(self, block):
        self.watermark = max(self.watermark, block.watermark)
        try:
            if block.rows:
                self.dictionaries.enter(block.epoch)
                self.open_rows(block, Data(block, self))
        finally:
            self.hand_out(self.watermark)

    def open_rows(self, block, data):
        while len(self.open) >= MAX_OPEN:
            self.hand_out_one()
        # Sorting keeps the order of writing where times are equal.
        rows = [*self.rows, *((*row, block.at) for row in data.events())]
        self.rows = deque(sorted(rows, key=lambda row: row[0]))
        self.open[block.at] = block.rows

    def take_body(self, kind, body, work):
        if kind == SECTION:
            self.take_features(body)
        elif kind == SCHEMA:
            self.take_schemas(body)
        elif kind == DICT:
            self.dictionaries.take(body, self.schemas, work)
        elif kind == FACTS:
            self.take_facts(body)
        elif kind == END:
            ending = body.string(), body.varint(), body.varint()
            self.take_facts(Bytes(body.string()))
            self.ending = ending
        else:
            records, members = (self.losses, 6) if kind == LOSS else (self.clocks, 4)
            while body.left():
                record = body.record()
                numbers = [record.varint() for _ in range(members)]
                check(kind == CLOCK or max(numbers[2], numbers[3], numbers[5]) < 1 << 32, "a loss out of range")
                records.append(numbers)

    def enum_number(self, e):
        if e is None:
            return 0
        if e.id not in self.enum_numbers:
            self.enum_numbers[e.id] = len(self.enum_numbers) + 1
            self.text.line("enum", self.enum_numbers[e.id], escaped(e.name))
            for value, name in e.values:
                self.text.line("value", signed64(value), escaped(name))
        return self.enum_numbers[e.id]

    def schema_number(self, s):
        if s.id not in self.schema_numbers:
            enums = [self.enum_number(self.enums.get(f.enum)) for f in s.fields]
            self.schema_numbers[s.id] = len(self.schema_numbers) + 1
            self.text.line("schema", self.schema_numbers[s.id], escaped(s.group), escaped(s.name), s.flags & 3,
                           escaped(s.text))
            for f, enum in zip(s.fields, enums):
                self.text.line("field", escaped(f.name), escaped(f.type), f.kind, f.role, f.flags & 15, f.size,
                               f.count, enum)
        return self.schema_numbers[s.id]

    def hand_out(self, before=None):
        while self.rows and (before is None or self.rows[0][0] < before):
            self.hand_out_one()

    def hand_out_one(self):
        ts, cpu, schema, values, block = self.rows.popleft()
        self.open[block] -= 1
        if not self.open[block]:
            del self.open[block]
        if schema:
            number = self.schema_number(schema)
            self.text.line("event", ts, cpu, number, escaped(schema.name), *map(word, values))

    def close(self):
        self.hand_out()
        for _, s in sorted(self.schemas.items()):
            if s.kind == 1:
                self.schema_number(s)
        for _, e in sorted(self.enums.items()):
            self.enum_number(e)
        for from_ns, to_ns, cpu, schema, count, cause in self.losses:
            self.text.line("loss", from_ns, to_ns, cpu, self.schema_numbers.get(schema, 0), count, cause)
        for reading in self.clocks:
            self.text.line("clock", *reading)
        for key, value in self.facts:
            self.text.line("fact", escaped(key), escaped(value))
        for offset, length in self.gaps:
            self.text.line("gap", offset, length)
        if self.ending:
            reason, events, lost = self.ending
            self.text.line("end", escaped(reason[:63]), events, lost)
        else:
            self.text.line("end", "-")
        return bool(self.ending) and not self.gaps


def read(tape, text):
    """The exit status."""
    section, is_complete = None, True
    for block, gap in Scan(tape):
        if block and block.type == SECTION:
            if section:
                is_complete &= section.close()
            else:
                text.line("tcptape canonical 1")
            section = Section(block, text, gap)
        elif gap:
            is_complete = False
            if section:
                section.gaps.append(gap)
        else:
            section.take_or_gap(block)
    return 4 if not section else 0 if section.close() and is_complete else 3


def can_decompress():
    return zstd_module or shutil.which("zstd")


def main():
    if not can_decompress():
        print("neither a zstd module for Python nor the program zstd is installed")
        return 77
    with open(sys.argv[1], "rb") as f:
        tape = f.read()
    try:
        return read(tape, Text(sys.stdout.buffer))
    except NewerTape as newer:
        print(f"reader.py: {sys.argv[1]}: needs a newer reader: {newer}", file=sys.stderr)
        return 4


if __name__ == "__main__":
    sys.exit(main())
