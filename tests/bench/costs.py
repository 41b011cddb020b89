#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""What tracers cost the load, against each other; started by bench.sh.

A round runs the load once without a tracer and once with each, in an order that rotates. Every figure
of a tracer is a difference to the bare run of its own round; the table shows medians over the rounds.
A run with others at work just before or after it is made again: where two CPUs are two threads of one core,
whoever uses the other one slows the load down by half, more than any tracer does.
"""
import json
import os
import statistics
import sys
import tempfile
import time

from machine import CPUS, LOAD_CPU, QUIET, TRIES, busy_share, describe, wait_for_quiet
from tracers import B, Bare, Empty, Perf, PerfZ, Stacks, Tcptape, TraceCmd, Unselected, UnselectedPid, choose

HERE = os.path.dirname(os.path.abspath(__file__))
ROUNDS = int(os.environ.get("ROUNDS", "7"))
COUNT = int(os.environ.get("COUNT", "10000"))


def run_once(tracer, count):
    """Figures of one run, in nanoseconds."""
    result = f"{tracer.tmp}/result"
    load = [sys.executable, f"{HERE}/churn.py", result, str(count), LOAD_CPU, B]
    tracer.prepare()
    usage = tracer.run(load)
    with open(result) as f:
        figures = json.load(f)
    figures["user_side_ns"] = round((usage.ru_utime + usage.ru_stime) * 1e9) - figures.pop("all_ns")
    figures["events"], figures["lost"], figures["bytes"] = tracer.outcome()
    return figures


class Pace:
    """Sees to it that runs happen while the machine is ours."""

    def __init__(self):
        self.again = self.given_up = 0

    def run(self, tracer):
        for _ in range(TRIES):
            wait_for_quiet()
            figures = run_once(tracer, COUNT)
            time.sleep(1)  # namespaces and programs are cleared behind
            if max(figures["busy"], busy_share()) <= QUIET:
                return figures
            self.again += 1
        self.given_up += 1
        return figures


def tracers(tmp):
    only = os.environ.get("ONLY", "").split()
    kinds = [k for k in (Bare, Tcptape, Stacks, Unselected, UnselectedPid, Empty, Perf, PerfZ, TraceCmd)
             if not only or k in (Bare, Tcptape) or any(o in k.name for o in only)]
    return list(choose(kinds, tmp))


def measure(chosen):
    """{name: [figures of each round]} and {name: user side CPU of a run without load}"""
    rounds, fixed, pace = {t.name: [] for t in chosen}, {}, Pace()
    for t in chosen:
        run_once(t, COUNT // 10 + 1)  # warm
        fixed[t.name] = run_once(t, 1)["user_side_ns"]
    for n in range(ROUNDS):
        turn = n % len(chosen)
        for t in chosen[turn:] + chosen[:turn]:
            rounds[t.name].append(pace.run(t))
        print(f"round {n + 1} of {ROUNDS} done", file=sys.stderr)
    print(f"{pace.again} runs were made again because others were at work, {pace.given_up} counted although they were")
    return rounds, fixed


def spread(values):
    return f"{statistics.median(values):.0f} ({min(values):.0f} to {max(values):.0f})"


def table(chosen, rounds, fixed):
    bare = rounds["nothing"]
    events = statistics.median(r["events"] for r in rounds["tcptape-record"])
    print(f"\n{COUNT} connections a run, {ROUNDS} rounds, {events / COUNT:.1f} events a connection; "
          f"without a tracer {spread([r['cpu_ns'] / COUNT / 1000 for r in bare])} us CPU a connection")
    print(f"\n{'':18} {'ns/event, CPU time':>22} {'/empty':>7} {'ns/event, wall':>22} {'user side':>10} "
          f"{'bytes/event':>12} {'lost':>6}")
    costs = {}
    for t in chosen[1:]:
        mine = rounds[t.name]
        # All tracers see the same events; those that count them have lost none, or say so.
        costs[t.name] = [(r["cpu_ns"] - b["cpu_ns"]) / events for r, b in zip(mine, bare)]
    empty = statistics.median(costs["empty BPF program"]) if "empty BPF program" in costs else None
    for t in chosen[1:]:
        mine, cost = rounds[t.name], costs[t.name]
        wall = [(r["wall_ns"] - b["wall_ns"]) / events for r, b in zip(mine, bare)]
        ratio = f"{statistics.median(cost) / empty:.2f}" if empty and empty > 0 else "-"
        side = sizes = lost = "-"
        if mine[0]["events"] is not None:
            side = f"{statistics.median(r['user_side_ns'] - fixed[t.name] for r in mine) / events:.0f}"
            sizes = f"{statistics.median(r['bytes'] / r['events'] for r in mine):.2f}"
            lost = str(sum(r["lost"] for r in mine))
        print(f"{t.name:18} {spread(cost):>22} {ratio:>7} {spread(wall):>22} {side:>10} {sizes:>12} {lost:>6}")
    for t in chosen[1:]:
        if t.note:
            print(f"{t.name}: {t.note}")
        counted = [r["events"] for r in rounds[t.name] if r["events"] is not None]
        if counted and abs(statistics.median(counted) - events) > 0.02 * events:
            print(f"{t.name}: recorded {statistics.median(counted):.0f} events, tcptape-record {events:.0f}")


def main():
    if len(CPUS) > 1:
        os.sched_setaffinity(0, set(CPUS[1:]))
    describe(f"{B}/tcptape-record")
    with tempfile.TemporaryDirectory(prefix="tcptape-bench.") as tmp:
        chosen = tracers(tmp)
        try:
            rounds, fixed = measure(chosen)
        finally:
            for t in chosen:
                if isinstance(t, TraceCmd):
                    t.clear()
        table(chosen, rounds, fixed)
    print(f"load average after: {', '.join(f'{n:.2f}' for n in os.getloadavg())}")


if __name__ == "__main__":
    main()
