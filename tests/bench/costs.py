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

from loads import Http, missing
from machine import CPUS, LOAD_CPU, QUIET, TRIES, busy_share, describe, wait_for_quiet
from tracers import (B, Bare, Bpftrace, Empty, Perf, PerfZ, Stacks, Tcpdump, TcpStates, Tcptape, TraceCmd, Unselected,
                     UnselectedPid, choose, per_unit, tell_other_count)

HERE = os.path.dirname(os.path.abspath(__file__))
ROUNDS = int(os.environ.get("ROUNDS", "7"))
COUNT = int(os.environ.get("COUNT", "10000"))
LOAD = os.environ.get("LOAD", "churn http").split()
KINDS = (Bare, Tcptape, Stacks, Unselected, UnselectedPid, Empty, Perf, PerfZ, TraceCmd, Bpftrace, TcpStates, Tcpdump)
# What runs, how much of it, and what it counts.
CHURN = ("churn.py", COUNT, "connection")
HTTP = ("web.py", 2, "request")


def run_once(tracer, load):
    """Figures of one run, in nanoseconds."""
    result = f"{tracer.tmp}/result"
    script, amount, _ = load
    tracer.prepare()
    usage = tracer.run([sys.executable, f"{HERE}/{script}", result, str(amount), LOAD_CPU, B, *tracer.companion()])
    with open(result) as f:
        figures = json.load(f)
    figures["user_side_ns"] = round((usage.ru_utime + usage.ru_stime) * 1e9) - figures.pop("all_ns")
    figures["events"], figures["lost"], figures["bytes"] = tracer.outcome()
    return figures


class Pace:
    """Sees to it that runs happen while the machine is ours."""

    def __init__(self):
        self.again = self.given_up = 0

    def run(self, tracer, load):
        for _ in range(TRIES):
            wait_for_quiet()
            figures = run_once(tracer, load)
            time.sleep(1)  # namespaces and programs are cleared behind
            if max(figures["busy"], busy_share()) <= QUIET:
                return figures
            self.again += 1
        self.given_up += 1
        return figures


def tracers(tmp):
    only = os.environ.get("ONLY", "").split()
    return list(choose([k for k in KINDS if not only or k in (Bare, Tcptape) or any(o in k.name for o in only)], tmp))


def measure(chosen, load):
    """{name: [figures of each round]} and {name: user side CPU of a run without load}"""
    rounds, fixed, pace = {t.name: [] for t in chosen}, {}, Pace()
    for t in chosen:
        run_once(t, ("churn.py", COUNT // 10 + 1, ""))  # warm
        fixed[t.name] = run_once(t, ("churn.py", 1, ""))["user_side_ns"]
    for n in range(ROUNDS):
        turn = n % len(chosen)
        for t in chosen[turn:] + chosen[:turn]:
            rounds[t.name].append(pace.run(t, load))
        print(f"round {n + 1} of {ROUNDS} done", file=sys.stderr)
    print(f"{pace.again} runs were made again because others were at work, {pace.given_up} counted although they were")
    return rounds, fixed


def spread(values):
    return f"{statistics.median(values):.0f} ({min(values):.0f} to {max(values):.0f})"


def table(chosen, rounds, fixed, unit):
    bare = rounds["nothing"]
    each = statistics.median(per_unit(rounds[Tcptape.name], "events"))
    print(f"\n{statistics.median(r['units'] for r in bare):.0f} {unit}s a run, {ROUNDS} rounds, {each:.1f} events a {unit}; "
          f"without a tracer {spread([ns / 1000 for ns in per_unit(bare, 'cpu_ns')])} us CPU a {unit}")
    print(f"\n{'':20} {'ns/event, CPU time':>22} {'/empty':>7} {'ns/event, wall':>22} {'user side':>10} "
          f"{'bytes/event':>12} {'lost':>6}")

    def added(name, figure):
        """By a tracer to the load, an event: all tracers see the same ones, whether they keep them or not."""
        return [(mine - b) / each for mine, b in zip(per_unit(rounds[name], figure), per_unit(bare, figure))]

    empty = statistics.median(added(Empty.name, "cpu_ns")) if Empty.name in rounds else 0
    for t in chosen[1:]:
        mine, cost = rounds[t.name], added(t.name, "cpu_ns")
        ratio = f"{statistics.median(cost) / empty:.2f}" if empty > 0 else "-"
        side = sizes = lost = "-"
        if mine[0]["events"] is not None:
            side = f"{statistics.median((r['user_side_ns'] - fixed[t.name]) / r['units'] for r in mine) / each:.0f}"
            sizes = f"{statistics.median(r['bytes'] / max(r['events'], 1) for r in mine):.2f}"
            lost = str(sum(r["lost"] for r in mine))
        print(f"{t.name:20} {spread(cost):>22} {ratio:>7} {spread(added(t.name, 'wall_ns')):>22} {side:>10} {sizes:>12} "
              f"{lost:>6}")
    for t in chosen[1:]:
        if t.note:
            print(f"{t.name}: {t.note}")
        tell_other_count(t, rounds[t.name], each, unit)


def main():
    if len(CPUS) > 1:
        os.sched_setaffinity(0, set(CPUS[1:]))
    describe(f"{B}/tcptape-record")
    with tempfile.TemporaryDirectory(prefix="tcptape-bench.") as tmp:
        chosen = tracers(tmp)
        try:
            for name, load in (("churn", CHURN), ("http", HTTP)):
                if name in LOAD and not (load is HTTP and missing(Http())):
                    print(f"\n{name}")
                    table(chosen, *measure(chosen, load), load[2])
        finally:
            for t in chosen:
                if isinstance(t, TraceCmd):
                    t.clear()
    print(f"load average after: {', '.join(f'{n:.2f}' for n in os.getloadavg())}")


if __name__ == "__main__":
    main()
