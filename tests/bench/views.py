#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""How fast `tcptape conns` and `states` answer about a long tape, and in how much memory; started by bench.sh.

    views.py TAPE

The long tape is TAPE again and again, the short one a tenth of it. Then tapes of sockets that come and stay. Times are
CPU time on one pinned CPU, medians of rounds in turn; memory is the largest resident set. Beside it perf, trace-cmd and
tshark, each of its own recording of 10,000 hello connections; in events (segments) of that recording a second.
"""
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile

from loads import Churn
from machine import CPUS, describe, measure
from tracers import Perf, TraceCmd, choose

B = os.path.abspath(os.environ["B"])
ROUNDS = int(os.environ.get("ROUNDS", "3"))
EVENTS = int(os.environ.get("EVENTS", "50000000"))
VIEWS = ("conns", "states")
ALIVE = (1_500_000, 4_500_000)  # events of sockets that stay
FIXED, EACH = 64_000_000, 300  # bytes that may be resident: in all, and for each live socket


def repeat(tape, name, events, *mode):
    out = f"{B}/bench/{name}.tape"
    subprocess.run([f"{B}/tests/bench/repeat", tape, out, str(events), *mode], check=True, stdout=subprocess.DEVNULL)
    return out


def tcptape(view, tape, form="json"):
    return measure([f"{B}/tcptape", view, tape, "-f", form])


def count_alive(tape):
    with subprocess.Popen([f"{B}/tcptape", "conns", tape, "-f", "json"], stdout=subprocess.PIPE, text=True) as process:
        return sum('"end":"open"' in line for line in process.stdout)


def speed_and_memory(tape):
    long, short = repeat(tape, "long", EVENTS), repeat(tape, "short", EVENTS // 10)
    print(f"\n{EVENTS} events, {os.path.getsize(long)} bytes; a tenth of them; {ROUNDS} rounds\n\n"
          f"{'':8} {'million events/s':>17} {'as text':>9} {'resident bytes':>15} {'of a tenth':>11}")
    runs = {view: [] for view in VIEWS}
    for _ in range(ROUNDS):
        for view in VIEWS:
            runs[view].append((*tcptape(view, long), tcptape(view, long, "text")[0], tcptape(view, short)[1]))
    for view, of in runs.items():
        seconds, resident, text, tenth = (statistics.median(column) for column in zip(*of))
        print(f"{view:8} {EVENTS / seconds / 1e6:17.2f} {EVENTS / text / 1e6:9.2f} {resident:15.0f} {tenth:11.0f}")
    os.unlink(short)


def live_sockets(tape):
    few, many = (repeat(tape, f"alive{n}", events, "alive") for n, events in enumerate(ALIVE))
    counts = count_alive(few), count_alive(many)
    print(f"\n{counts[0]} and {counts[1]} sockets that live to the end\n\n"
          f"{'':8} {'resident bytes':>15} {'allowed':>11} {'bytes a socket':>15}")
    for view in VIEWS:
        resident = tcptape(view, few)[1], tcptape(view, many)[1]
        each = (resident[1] - resident[0]) / max(counts[1] - counts[0], 1)
        print(f"{view:8} {resident[1]:15} {FIXED + EACH * counts[1]:11} {each:15.0f}")
    os.unlink(few)
    os.unlink(many)


def row(name, events, seconds):
    print(f"{name:28} {events:9} {statistics.median(seconds):9.2f} {events / statistics.median(seconds) / 1e6:10.2f}")


def rounds(command):
    return [measure(command)[0] for _ in range(ROUNDS)]


def capture(tmp):
    """A capture of the load, taken beside it."""
    path = f"{tmp}/churn.pcap"
    subprocess.run([*Churn().command(), "listening", shutil.which("tcpdump"), "-i", "lo", "-B", "65536", "-w", path, "tcp"],
                   check=True, stderr=subprocess.DEVNULL)
    said = subprocess.run(["capinfos", "-T", "-r", "-c", path], capture_output=True, text=True, check=True).stdout
    return path, int(re.split(r"\s+", said.strip())[-1])


def peers(tmp):
    print(f"\n{'':28} {'events':>9} {'CPU s':>9} {'million/s':>10}")
    for t in choose((Perf, TraceCmd), tmp):
        t.prepare()
        t.run(Churn().command())
        events, _, _ = t.outcome()
        reading = ["perf", "script", "-i", t.path] if isinstance(t, Perf) else ["trace-cmd", "report", "-q", "-i", t.path]
        row(" ".join(reading[:2]), events, rounds([shutil.which(reading[0]), *reading[1:]]))
    if not shutil.which("tshark") or not shutil.which("tcpdump"):
        print("without tshark: it or tcpdump is not installed")
        return
    path, packets = capture(tmp)
    row("tshark -q -z conv,tcp", packets, rounds([shutil.which("tshark"), "-q", "-z", "conv,tcp", "-r", path]))


def main():
    describe(f"{B}/tcptape-record")
    with tempfile.TemporaryDirectory(prefix="tcptape-bench.") as tmp:
        os.chmod(tmp, 0o777)  # tcpdump gives up its rights
        everywhere = os.sched_getaffinity(0)
        os.sched_setaffinity(0, {CPUS[-1]})
        speed_and_memory(sys.argv[1])
        live_sockets(sys.argv[1])
        os.sched_setaffinity(0, everywhere)
        peers(tmp)


main()
