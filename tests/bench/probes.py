#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""How long the load's CPU is inside the tracers' probes; started by bench.sh.

perf samples the load's CPU by its clock, with call chains, while each tracer in turn records the same load.
A sample whose chain goes through a tracepoint's probe was taken inside a tracer; so many times the distance of two
samples is the time that the tracer took there. Neighbours that slow the machine down blur a difference of
two runs, which costs.py tells; this share they hardly touch. What a tracer does to caches, and the wakeups of its user
side, are not in it.

The second load runs for a time, and does less under a tracer that costs more: what each run took is divided by its
requests, and by the events that tcptape-record sees of one.
"""
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time

from machine import CPUS, LOAD_CPU, describe
from tracers import (B, Empty, EmptyEach, Perf, PerfZ, Tcptape, TraceCmd, Unselected, UnselectedPid, choose, per_unit,
                     tell_other_count)

HERE = os.path.dirname(os.path.abspath(__file__))
ROUNDS = int(os.environ.get("ROUNDS", "5"))
COUNT = int(os.environ.get("COUNT", "20000"))
LOAD = os.environ.get("LOAD", "churn http").split()
ONLY = os.environ.get("ONLY", "").split()
HZ = 4999
KINDS = (Tcptape, Unselected, UnselectedPid, Empty, EmptyEach, Perf, PerfZ, TraceCmd)
# What tracepoints call: BPF, ftrace, perf. In this order a chain is looked at from its leaf.
PROBE = re.compile(r"^(__bpf_trace_|bpf_trace_run|trace_event_raw_event_|perf_trace_|__traceiter_)")


class Sampler:
    """perf, sampling the load's CPU while it is entered."""

    def __init__(self, tmp):
        self.path = f"{tmp}/samples"

    def __enter__(self):
        self.perf = subprocess.Popen(["perf", "record", "-q", "-F", str(HZ), "-e", "cpu-clock", "-C", LOAD_CPU, "-g", "-m", "4M",
                                      "-o", self.path], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(0.5)
        return self

    def __exit__(self, *_):
        self.perf.terminate()
        self.perf.wait()

    def inside_ns(self):
        """How long the CPU was inside probes."""
        inside = is_inside = 0
        with subprocess.Popen(["perf", "script", "-F", "ip,sym", "--no-inline", "-i", self.path], text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as script:
            for line in script.stdout:
                words = line.split()
                if not words:
                    inside += is_inside
                    is_inside = 0
                elif len(words) > 1 and PROBE.match(words[1]):
                    is_inside = 1
        return (inside + is_inside) * 1e9 / HZ


def run_once(tracer, script, amount, tmp):
    """{"inside_ns", "units", "events"} of one run"""
    tracer.prepare()
    with Sampler(tmp) as sampler:
        tracer.run([sys.executable, f"{HERE}/{script}", f"{tmp}/result", str(amount), LOAD_CPU, B])
    with open(f"{tmp}/result") as f:
        units = json.load(f)["units"]
    return {"inside_ns": sampler.inside_ns(), "units": units, "events": tracer.outcome()[0]}


def measure(chosen, script, amount, tmp):
    """{tracer's name: figures of each round}"""
    rounds = {t.name: [] for t in chosen}
    for n in range(ROUNDS):
        turn = n % len(chosen)
        for t in chosen[turn:] + chosen[:turn]:
            rounds[t.name].append(run_once(t, script, amount, tmp))
            time.sleep(1)  # namespaces and programs are cleared behind
        print(f"round {n + 1} of {ROUNDS} done", file=sys.stderr)
    return rounds


def table(chosen, rounds, unit):
    each = statistics.median(per_unit(rounds[Tcptape.name], "events"))
    ns = {t.name: [inside / each for inside in per_unit(rounds[t.name], "inside_ns")] for t in chosen}
    mine, empty = (statistics.median(ns[k.name]) for k in (Tcptape, Empty))
    print(f"\n{statistics.median(r['units'] for r in rounds[Tcptape.name]):.0f} {unit}s a run, {each:.1f} events a {unit}, "
          f"{ROUNDS} rounds, {HZ} samples a second\n"
          f"{'':20} {'ns/event':>18} {'/empty':>7} {'tcptape/it':>11}")
    for t in chosen:
        its = statistics.median(ns[t.name])
        spread = f"{its:.0f} ({min(ns[t.name]):.0f} to {max(ns[t.name]):.0f})"
        print(f"{t.name:20} {spread:>18} {its / empty:7.1f} {mine / its:11.2f}")
    for t in chosen:
        tell_other_count(t, rounds[t.name], each, unit)


def main():
    if len(CPUS) < 2:
        sys.exit("bench: probes needs two CPUs: one for the load, one for the tracers' user side")
    os.sched_setaffinity(0, set(CPUS[1:]))
    describe(f"{B}/tcptape-record")
    with tempfile.TemporaryDirectory(prefix="tcptape-bench.") as tmp:
        kinds = [k for k in KINDS if k in (Tcptape, Empty) or not ONLY or any(o in k.name for o in ONLY)]
        chosen = list(choose(kinds, tmp))
        try:
            for name, script, amount, unit in (("churn", "churn.py", COUNT, "connection"), ("http", "web.py", 2, "request")):
                if name in LOAD:
                    print(f"\n{name}")
                    table(chosen, measure(chosen, script, amount, tmp), unit)
        finally:
            for t in chosen:
                if isinstance(t, TraceCmd):
                    t.clear()


if __name__ == "__main__":
    main()
