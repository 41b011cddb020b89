#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""How much memory commands use at most, of a tape, of one ten times as long, and of the worst that the limits of
docs/FORMAT.md section 13 allow; started by bench.sh.

    memory.py TAPE DIRECTORY

Largest resident set, in MiB. A hostile tape may end in any way.
"""
import os
import subprocess
import sys
import tempfile

from machine import measure

B = os.path.abspath(os.environ["B"])
EVENTS = int(os.environ.get("EVENTS", "20000000"))
HOSTILE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "cli", "hostile_tapes.py")
COMMANDS = (["info"], ["replay", "-e", "tcp_destroy_sock"], ["replay", "-f", "canonical"], ["conns"], ["states"], ["verify"],
            ["recover"])


def repeat(tape, out, events):
    subprocess.run([f"{B}/tests/bench/repeat", tape, out, str(events)], check=True, stdout=subprocess.DEVNULL)
    return out


def resident(command, tape, tmp):
    where = ["--force", "-o", f"{tmp}/recovered"] if command[0] == "recover" else []
    return measure([f"{B}/tcptape", command[0], tape, *command[1:], *where], None)[1]


def main():
    tape, directory = sys.argv[1:]
    with tempfile.TemporaryDirectory(prefix="tcptape-bench.", dir=directory) as tmp:
        subprocess.run([sys.executable, HOSTILE, tmp], check=True)
        tapes = [repeat(tape, f"{tmp}/short", EVENTS // 10), repeat(tape, f"{tmp}/long", EVENTS), f"{tmp}/all.tape"]
        print(f"\n{'MiB':28} {EVENTS // 10:>10} {EVENTS:>10} {'hostile':>10}")
        for command in COMMANDS:
            print(f"{' '.join(command):28} " + " ".join(f"{resident(command, t, tmp) / 2**20:10.0f}" for t in tapes), flush=True)


main()
