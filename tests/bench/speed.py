#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""How fast every column of a tape is decoded, beside `zstd -d`; started by bench.sh.

    speed.py TAPE

zstd gets frames of the tape: as many bytes as the whole tape has (its frames, then the first ones again), and
each of them once, which is less, as a tape has more than frames. All run on one pinned CPU, in turn; a round's
ratios are those of its own runs. Times are CPU time, of the whole process, reading included.
"""
import os
import statistics
import subprocess
import sys

from machine import CPUS, describe

B = os.path.abspath(os.environ["B"])
ROUNDS = int(os.environ.get("ROUNDS", "9"))
EVENTS = int(os.environ.get("EVENTS", "50000000"))
DECODE = f"{B}/tests/bench/decode"


def cpu_seconds(command):
    """CPU time of a command that writes to nowhere."""
    pid = os.posix_spawnp(command[0], command, os.environ, file_actions=[(os.POSIX_SPAWN_OPEN, 1, "/dev/null", os.O_WRONLY, 0)])
    _, status, usage = os.wait4(pid, 0)
    if status:
        sys.exit(f"bench: {command[0]} ended with status {status:#x}")
    return usage.ru_utime + usage.ru_stime


def numbers(command):
    return [int(n) for n in subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()]


def line(name, values, unit):
    print(f"{name:34} {statistics.median(values):8.2f} ({min(values):.2f} to {max(values):.2f}) {unit}")


def main():
    tape = sys.argv[1]
    describe(f"{B}/tcptape-record")
    long, frames, once = (f"{B}/bench/long.{end}" for end in ("tape", "zst", "once.zst"))
    subprocess.run([f"{B}/tests/bench/repeat", tape, long, str(EVENTS)], check=True, stdout=subprocess.DEVNULL)
    stored_once, raw_once = numbers([DECODE, long, once])
    stored, raw = numbers([DECODE, long, frames, str(os.path.getsize(long))])
    os.sched_setaffinity(0, {CPUS[-1]})
    events, blocks, size, _ = numbers([DECODE, long])  # warm
    decode, zstd, zstd_once = [], [], []
    for n in range(ROUNDS):
        turns = [(decode, [DECODE, long])] + [(s, ["zstd", "-d", "-q", "-c", f]) for s, f in ((zstd, frames), (zstd_once, once))]
        for into, command in turns[::-1] if n % 2 else turns:
            into.append(cpu_seconds(command))
    print(f"{events} events in {blocks} blocks, {size} bytes ({size / events:.2f} an event); {ROUNDS} rounds, medians (least to most)\n"
          f"as many bytes: {stored} in frames, {raw} decompressed; its frames once: {stored_once}, {raw_once}\n")
    line("every column decoded", [events / s / 1e6 for s in decode], "million events/s")
    line("zstd -d of as many bytes", zstd, "s")
    line("  decoding takes", [d / z for d, z in zip(decode, zstd)], "times as long")
    line("zstd -d of its frames, once", zstd_once, "s")
    line("  decoding takes", [d / z for d, z in zip(decode, zstd_once)], "times as long")
    os.unlink(frames)
    os.unlink(once)


if __name__ == "__main__":
    main()
