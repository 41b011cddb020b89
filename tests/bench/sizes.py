#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""Bytes an event of each tracer on each load; started by bench.sh.

The tracers take turns on a load. Bytes an event are those of the whole file, with all that is in it beside
events, divided by the tracepoint events in it. The tapes are kept for the other parts.
"""
import os
import shutil
import statistics
import tempfile
import time

from loads import B, LOADS, Nothing, missing
from machine import describe
from tracers import PerfZ, Tcptape, TraceCmd, TraceCmdPacked, choose

ROUNDS = int(os.environ.get("ROUNDS", "3"))
ONLY = os.environ.get("ONLY", "").split()
LOAD = os.environ.get("LOAD", "").split()


def run_once(load, tracer, tmp):
    """(events, lost, bytes)"""
    tracer.prepare()
    load.start(tmp)
    tracer.run(load.command())
    load.stop()
    time.sleep(0.5)  # namespaces are cleared behind
    return tracer.outcome()


def measure(load, chosen, tmp):
    """{tracer's name: (events, lost, bytes) of each round}"""
    runs = {t.name: [] for t in chosen}
    for n in range(ROUNDS):
        turn = n % len(chosen)
        for t in chosen[turn:] + chosen[:turn]:
            runs[t.name].append(run_once(load, t, tmp))
            if isinstance(t, Tcptape):
                shutil.copyfile(t.path, f"{B}/bench/{load.name}.tape")
    return runs


def print_load(load, chosen, runs, fixed):
    print(f"\n{load.name}: {load.what}\n{'':22} {'events':>9} {'lost':>7} {'bytes':>11} {'fixed':>9} {'bytes/event':>12} {'ratio':>6}")
    each = {name: statistics.median(size / max(events, 1) for events, _, size in of) for name, of in runs.items()}
    for t in chosen:
        events, lost, size = (statistics.median(of) for of in zip(*runs[t.name]))
        print(f"{t.name:22} {events:9.0f} {lost:7.0f} {size:11.0f} {fixed[t.name]:9.0f} {each[t.name]:12.2f} "
              f"{each[t.name] / each[Tcptape.name]:6.2f}")
    counts = [statistics.median(events for events, _, _ in of) for of in runs.values()]
    if max(counts) > 1.02 * min(counts):
        print("The counts differ: bytes/event of each is by the events it recorded itself.")
    return each


def print_table(chosen, table):
    peers = [t.name for t in chosen if not isinstance(t, Tcptape)]
    print(f"\nbytes/event, medians of {ROUNDS} (times as large as the tape)\n{'':10}" +
          "".join(f" {t.name:>22}" for t in chosen))
    for name, each in table.items():
        own = each[Tcptape.name]
        print(f"{name:10} {own:22.2f}" + "".join(f" {f'{each[p]:.2f} ({each[p] / own:.1f})':>22}" for p in peers))


def main():
    describe(f"{B}/tcptape-record")
    table = {}
    with tempfile.TemporaryDirectory(prefix="tcptape-bench.") as tmp:
        chosen = list(choose([k for k in (Tcptape, PerfZ, TraceCmd, TraceCmdPacked)
                              if not ONLY or k is Tcptape or any(o in k.name for o in ONLY)], tmp))
        try:
            fixed = {t.name: run_once(Nothing(), t, tmp)[2] for t in chosen}
            for kind in LOADS:
                load = kind()
                if LOAD and load.name not in LOAD:
                    continue
                if missing(load):
                    print(f"\nwithout {load.name}: {missing(load)} is not installed")
                    continue
                runs = measure(load, chosen, tmp)
                table[load.name] = print_load(load, chosen, runs, fixed)
        finally:
            for t in chosen:
                if isinstance(t, TraceCmd):
                    t.clear()
    print_table(chosen, table)
    for t in chosen:
        if t.note:
            print(f"{t.name}: {t.note}")
    print(f"fixed: the file of a recording of nothing. The tapes: {os.path.relpath(B)}/bench/*.tape")


if __name__ == "__main__":
    main()
