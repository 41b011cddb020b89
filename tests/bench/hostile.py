#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""What a hostile tape costs its reader, a KiB of it: `make bench ONLY_PART=hostile`.

    hostile.py [DIRECTORY]

Sound tapes of about 64 KiB, each of which makes the most of one thing that docs/FORMAT.md allows, are written to DIRECTORY
(build/bench) and read by commands whose output goes nowhere. Times are CPU time, the least of ROUNDS (3).
"""
import functools
import os
import pathlib
import subprocess
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "format"))
from vectors_tape import *  # noqa: E402,F403

B = os.path.abspath(os.environ.get("B", "build"))
ROUNDS = int(os.environ.get("ROUNDS", "3"))
ENOUGH = int(os.environ.get("SIZE", "65536"))  # bytes of a tape
COMMANDS = ["info", "verify", "conns -f json", "states -f json", "replay -f csv", "replay -f json", "replay -f canonical"]
if ONLY := os.environ.get("COMMANDS"):
    COMMANDS = ONLY.split(",")
ROWS = 65536
BODY = 1024  # bytes that stand for so many rows


@functools.lru_cache
def frame(data):
    """As short as can be."""
    return subprocess.run(["zstd", "-19", "-q", "-c", "--no-check"], input=data, stdout=subprocess.PIPE, check=True).stdout


def packed(data, tag=0):
    return Part(frame(data), codec=1, tag=tag, raw=len(data))


def filled(*parts, rows=0, work=0):
    """With padding, for a body that stands for so many rows and so much work."""
    body, raw = sum(16 + len(p.data) for p in parts) + 16, sum(p.raw for p in parts)
    return [*parts, padding(max(-(-(raw - 1024 * body) // 1023), -(-max(work, 16 * rows) // 1024) - body, 0))]


def block_of(columns, rows, width=0, text=0):
    """width: fields of the rows' schemas together; text: bytes of the strings of a field."""
    entries = b"".join(entry for entry, _, _ in columns)
    work = max((len(columns)) * rows, 4 * width, -(-text // 4))
    return filled(packed(entries), packed(b"".join(data for _, _, data in columns)), rows=rows, work=work)


def hot(ids, times=const(10), cpus=const(0)):
    return [column(0, VALUE, 0, times), column(0, VALUE, 1, cpus), column(0, VALUE, 2, ids)]


def again(tape, parts, rows, **said):
    """The block until the tape is long enough."""
    while len(tape.data) < ENOUGH:
        tape.add(DATA, parts, **{"rows": rows, "min_ts": 10, "max_ts": 10, "watermark": 10, "epoch": 1, **said})
        tape.events += rows
    return tape.end()


def event(number, count, name=b"e", kind=INTEGER, size=4, **more):
    return schema(number, name, [field(b"f%d" % i, kind, size) for i in range(count)], **more)


def plain_rows():
    """Rows without anything."""
    t = Tape()
    t.schemas(event(1, 0))
    return again(t, block_of(hot(const(1)), ROWS), ROWS)


def null_fields():
    """Rows of 256 fields that are all missing."""
    t = Tape()
    t.schemas(event(1, 256))
    return again(t, block_of(hot(const(1)), ROWS, width=256 * ROWS), ROWS)


def const_fields():
    """Fields that are there."""
    t, count = Tape(), 4
    t.schemas(event(1, count))
    columns = [column(1, VALUE, i, const((1 << 32) - 1 - i)) for i in range(count)]
    return again(t, block_of(hot(const(1)) + columns, ROWS, width=count * ROWS), ROWS)


def schemas():
    """A row of each of 4096 schemas of 255 fields."""
    t, count = Tape(), 4096
    for first in range(1, count + 1, 1024):
        t.add(SCHEMA, filled(packed(b"".join(schema(n, b"", [field(b"", INTEGER, 4, type_=b"")] * 255) for n in range(first, first + 1024)))))
    return again(t, block_of(hot((DELTA, zigzag(1) * count)), count, width=255 * count), count)


def listed():
    """Columns that are no one's."""
    t, count = Tape(), 65533
    t.schemas(event(1, 0))
    return again(t, block_of(hot(const(1)) + [column(1, VALUE, 0, const(0))] * count, 1), 1)


def long_strings():
    """The same long string in each row."""
    t = Tape()
    t.schemas(event(1, 1, kind=STRING, size=1))
    size = 64
    return again(t, block_of(hot(const(1)) + [column(1, VALUE, 0, const(b"x" * size))], ROWS, width=ROWS, text=size * ROWS), ROWS)


def long_entries():
    """The same long string of a dictionary in each row."""
    t = Tape()
    t.schemas(dictionary(1, b"d", [field(b"s", STRING, 1)]), schema(2, b"e", [field(b"s", STRING, 1, ref=1)], refs=[1]))
    size = 64
    t.add(DICT, filled(packed(run(1, 1, 1, [const(b"x" * size)]))), epoch=1)
    return again(t, block_of(hot(const(2)) + [column(2, REFERENCE, 0, const(1))], ROWS, width=ROWS, text=size * ROWS), ROWS)


def cpus():
    """Each row on a CPU of its own, later than all before."""
    t = Tape()
    t.schemas(event(1, 0))
    return again(t, block_of(hot(const(1), cpus=(DELTA, zigzag(1) * ROWS), times=(DELTA, zigzag(ROWS + 10) + zigzag(-1) * (ROWS - 1))), ROWS),
                 ROWS, min_ts=11, max_ts=ROWS + 10, watermark=11)


def keyed():
    """Blocks of one row with a key."""
    t = Tape()
    t.schemas(dictionary(1, b"d", [field(b"k")]), schema(2, b"e", [field(b"v", key_ref=1)], refs=[1]))
    return again(t, block_of(hot(const(2)) + [column(2, REFERENCE, 0, const(0)), column(2, VALUE, 0, (KEYED, b"\1")), column(2, RAW, 0, (AS_IS, b""))], 1), 1)


def empty_blocks():
    t = Tape()
    t.schemas(event(1, 0))
    return again(t, block_of(hot(const(1)), 1), 1)


STATE = [field(b"skaddr", size=8, ref=1), field(b"oldstate"), field(b"newstate"), field(b"sport", size=2, ref=1, attribute=1), field(b"dport", size=2, ref=1, attribute=2),
         field(b"family", size=2, ref=1, attribute=3), field(b"protocol", size=2, ref=1, attribute=4)]
SOCK = [field(b"skaddr", size=8), field(b"sport", size=2), field(b"dport", size=2), field(b"family", size=2), field(b"protocol", size=2)]
STATES = [(i + 1, b"TCP_" + name) for i, name in enumerate(b"ESTABLISHED SYN_SENT SYN_RECV FIN_WAIT1 FIN_WAIT2 TIME_WAIT CLOSE".split())]


def sockets():
    """Each row another socket, that begins."""
    t = Tape()
    fields = [*STATE]
    fields[1:3] = [field(b"oldstate", enum=1), field(b"newstate", enum=1)]
    t.schemas(enumeration(1, b"s", STATES), dictionary(1, b"sock", SOCK),
              schema(2, b"inet_sock_set_state", fields, refs=[1], group=b"sock"))
    entry = 16 + 16
    while len(t.data) < ENOUGH:
        t.epoch += 1
        columns = [(DELTA, zigzag(64 + t.epoch) + zigzag(64) * (ROWS - 1)), const(1), const(2), const(2), const(6)]
        t.add(DICT, filled(packed(run(1, 1, ROWS, columns)), work=ROWS * entry), epoch=t.epoch)
        t.add(DATA, block_of(hot(const(2)) + [column(2, REFERENCE, 0, (DELTA, zigzag(1) * ROWS)), column(2, VALUE, 0, const(7)),
                                              column(2, VALUE, 1, const(2))], ROWS, width=7 * ROWS), rows=ROWS, min_ts=10, max_ts=10, watermark=10, epoch=t.epoch)
        t.events += ROWS
    return t.end()


def epochs():
    """Epochs of 4096 dictionaries with one entry each."""
    t, count = Tape(), 4095
    for first in range(1, count, 819):
        t.add(SCHEMA, filled(packed(b"".join(dictionary(n, b"", [field(b"", STRING, 1, type_=b"")] * 255) for n in range(first, first + 819)))))
    runs = packed(b"".join(run(n, 1, 1, [const(b"")] * 255) for n in range(1, count + 1)))
    while len(t.data) < ENOUGH:
        t.epoch += 1
        t.add(DICT, filled(runs, work=count * 526), epoch=t.epoch)
    return t.end()


def records(kind, record):
    t = Tape()
    t.schemas(event(1, 0))
    data = record * (1000000 // len(record))
    while len(t.data) < ENOUGH:
        t.add(kind, filled(packed(data)))
    return t.end()


MADE = {
    "rows": plain_rows, "null fields": null_fields, "fields": const_fields, "schemas": schemas, "columns": listed, "strings": long_strings,
    "entries' strings": long_entries, "CPUs": cpus, "keys": keyed, "blocks": empty_blocks, "sockets": sockets, "epochs": epochs,
    "losses": lambda: records(LOSS, string(varints(1, 2, 0, 0, 0, 0))), "clocks": lambda: records(CLOCK, string(varints(1, 2, 0, 3))),
    "known schemas": lambda: records(SCHEMA, schema(1, b"", [field(b"", type_=b"")] * 255)),
}


def seconds(command):
    """CPU time of a command that writes to nowhere."""
    pid = os.posix_spawnp(command[0], command, os.environ, file_actions=[(os.POSIX_SPAWN_OPEN, fd, "/dev/null", os.O_WRONLY, 0) for fd in (1, 2)])
    _, status, usage = os.wait4(pid, 0)
    return usage.ru_utime + usage.ru_stime, os.waitstatus_to_exitcode(status)


def main():
    directory = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else f"{B}/bench")
    only = os.environ.get("ONLY", "").split(",")
    directory.mkdir(parents=True, exist_ok=True)
    print(f"{'milliseconds a KiB':20} {'bytes':>7} " + " ".join(f"{c:>19}" for c in COMMANDS))
    for name, make in MADE.items():
        if only != [""] and name not in only:
            continue
        tape = directory / f"hostile_{name.replace(' ', '_')}.tape"
        tape.write_bytes(make())
        size = tape.stat().st_size
        line = f"{name:20} {size:7} "
        for c in COMMANDS:
            words = c.split()
            took = [seconds(["timeout", "60", f"{B}/tcptape", words[0], str(tape), *words[1:]]) for _ in range(ROUNDS)]
            t, status = min(took)
            line += f" {t / size * 1024 * 1000:15.2f} ({status})"
        print(line, flush=True)


if __name__ == "__main__":
    main()
