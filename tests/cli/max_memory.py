#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""max_memory.py PROGRAM SHIM HOSTILE: without memory there is the right answer, or the sentence that says so.

Every command is run under small limits, over the tapes of testdata/ and those in the directory HOSTILE, and while single
allocations fail (SHIM, fail_malloc.c). Anything else than the answer with enough memory, or its beginning, the
sentence and status 1, is printed.
"""
import collections
import os
import pathlib
import re
import subprocess
import sys

COMMANDS = ["info", "info -f json", "replay", "replay -f json", "replay -f canonical", "conns -f csv",
            "conns --port 1-65535", "states", "timeline --port 1-65535", "exchanges", "rtt --by conn", "top --interval 10us -f csv", "cwnd --conn 2",
            "replay --conn 1 --until 1s",
            "replay --count-by event,len", "replay --where len>0 --sort -ts --fields ts,event,len -f csv",
            "verify", "recover -o - --force"]
SENTENCES = (b"of memory: use --max-memory ", b"tcptape: out of memory\n")  # the second before the limit is in force
SHOWN = 5


def squeezed(text):
    """Columns are as wide as the rows before them need."""
    return re.sub(rb"(?m)^ ", b"", re.sub(rb" +", b" ", text))


class Runs:
    def __init__(self, program):
        self.program, self.count, self.wrong = program, collections.Counter(), 0

    def run(self, command, tape, options=(), **env):
        words = command.split()
        done = subprocess.run([self.program, words[0], str(tape), *words[1:], *options], stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**os.environ, **env}, timeout=120)
        return done.returncode, done.stdout, done.stderr

    def judge(self, kind, whole, ran, what):
        """`whole` is the answer with enough memory."""
        if ran == whole:
            self.count[kind, "answered"] += 1
        elif ran[0] == 1 and any(s in ran[2] for s in SENTENCES) and squeezed(whole[1]).startswith(squeezed(ran[1])):
            self.count[kind, "told"] += 1
        else:
            self.wrong += 1
            if self.wrong <= SHOWN:
                print(f"{kind}: {what}: status {ran[0]}, {len(ran[1])} of {len(whole[1])} bytes, {ran[2][-200:]}")


def limits(runs):
    for tape in sorted(pathlib.Path("testdata").glob("*.tape")):
        for command in COMMANDS:
            whole = runs.run(command, tape)
            for limit in ("1M", "2M", "4M"):
                ran = runs.run(command, tape, ["--max-memory", limit])
                runs.judge("small limits", whole, ran, f"{command} {tape} {limit}")


def hostile(runs, directory):
    for tape in (directory / "rows.tape", directory / "all.tape"):
        for command in ("verify", "info -f json", "replay -f csv --until 2ns", "recover -o /dev/null --force"):
            whole = runs.run(command, tape)
            if whole[0] != 0:
                print(f"{command} {tape.name}: 1 GiB must suffice: {whole[2]}")
            for limit in ("8M", "64M", "200M", "400M"):
                ran = runs.run(command, tape, ["--max-memory", limit])
                runs.judge("hostile tapes", whole, ran, f"{command} {tape.name} {limit}")


def failures(runs, shim):
    """Of some thousand allocations, most are names: some of these, and all of the last ones."""
    for tape, commands in (("testdata/hello.tape", COMMANDS), ("testdata/bad-flipped.tape", COMMANDS[-2:])):
        for command in commands:
            whole = runs.run(command, tape)
            count = count_of(runs, command, tape, shim)
            for at in [*range(1, count, 211), *range(max(1, count - 50), count + 1)]:
                for many in ("1", "1000000000"):
                    ran = runs.run(command, tape, LD_PRELOAD=shim, FAIL_AT=str(at), FAIL_COUNT=many)
                    runs.judge("failed allocations", whole, ran, f"{command} {tape} {at} x{many}")


def count_of(runs, command, tape, shim):
    told = runs.run(command, tape, LD_PRELOAD=shim, FAIL_AT="0", FAIL_TELL="1")[2]
    return int(told.rsplit(b" allocations", 1)[0].split()[-1])


def main():
    program, shim, directory = sys.argv[1:]
    runs = Runs(program)
    limits(runs)
    hostile(runs, pathlib.Path(directory))
    if shim:
        failures(runs, shim)
    else:
        print("no allocations failed: this C library is another one")
    for kind in ("small limits", "hostile tapes", "failed allocations"):
        print(f"{kind}: answered {runs.count[kind, 'answered'] > 0}, told {runs.count[kind, 'told'] > 0}")
    print(f"{runs.wrong} otherwise")


if __name__ == "__main__":
    main()
