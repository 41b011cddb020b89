#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""What answers about a part of a long tape cost, beside those about all of it; started by bench.sh.

    part.py TAPE

Bytes are those the program read; times are CPU time on one pinned CPU, medians of rounds in turn.
"""
import json
import os
import statistics
import subprocess
import sys

from machine import CPUS, describe

B = os.path.abspath(os.environ["B"])
ROUNDS = int(os.environ.get("ROUNDS", "3"))
EVENTS = int(os.environ.get("EVENTS", "50000000"))
TCPTAPE = f"{B}/tcptape"


def answer(arguments):
    """(lines, bytes read, seconds of CPU)"""
    process = subprocess.Popen([TCPTAPE, *arguments, "-f", "json"], stdout=subprocess.PIPE)
    lines = sum(1 for _ in process.stdout)
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    with open(f"/proc/{process.pid}/io", encoding="ascii") as f:
        read = int(f.readline().split()[1])
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = status
    if status:
        sys.exit(f"bench: tcptape {' '.join(arguments)} ended with status {status:#x}")
    return lines, read, usage.ru_utime + usage.ru_stime


def a_client(tape):
    with subprocess.Popen([TCPTAPE, "conns", tape, "-f", "json"], stdout=subprocess.PIPE) as process:
        for line in process.stdout:
            conn = json.loads(line)
            if conn["role"] == "client":
                process.kill()
                return conn
    sys.exit(f"bench: no client on {tape}")


def main():
    tape, long = sys.argv[1], f"{B}/bench/long.tape"
    describe(f"{B}/tcptape-record")
    subprocess.run([f"{B}/tests/bench/repeat", tape, long, str(EVENTS)], check=True, stdout=subprocess.DEVNULL)
    os.sched_setaffinity(0, {CPUS[-1]})
    client = a_client(tape)
    port = ["--port", str(client["lport"])]
    times = ["--since", "20s", "--until", "30s"]
    conn = ["--conn", str(client["conn"])]
    questions = [["conns"], ["conns", "--no-conn", *port], ["states"], ["states", "--no-conn", *times],
                 ["states", "--no-conn", *times, *port], ["timeline", *conn], ["replay", *conn]]
    results = [[] for _ in questions]
    for _ in range(ROUNDS):
        for question, into in zip(questions, results):
            into.append(answer([question[0], long, *question[1:]]))
    size = os.path.getsize(long)
    print(f"{EVENTS} events, {size} bytes; {ROUNDS} rounds\n\n{'':56} {'rows':>9} {'bytes read':>11} {'of all':>7} {'CPU s':>7}")
    for question, of in zip(questions, results):
        lines, read, _ = of[0]
        print(f"{' '.join(question):56} {lines:9} {read:11} {100 * read / size:6.1f}% "
              f"{statistics.median(s for *_, s in of):7.2f}")


main()
