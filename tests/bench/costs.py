#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""Measures tracers against each other on the same load; started by bench.sh.

A round runs the load once without a tracer and once with each, in an order that rotates. Every figure
of a tracer is a difference to the bare run of its own round; the table shows medians over the rounds.
A run with others at work just before or after it is made again: where two CPUs are two threads of one core,
whoever uses the other one slows the load down by half, more than any tracer does.
"""
import glob
import json
import os
import platform
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

from churn import busy_share

TRACEFS = "/sys/kernel/tracing"
EVENTS = ("tcp:*", "sock:*", "skb:*", "net:netif_receive_skb")
HERE = os.path.dirname(os.path.abspath(__file__))
B = os.path.abspath(os.environ["B"])
ROUNDS = int(os.environ.get("ROUNDS", "7"))
COUNT = int(os.environ.get("COUNT", "10000"))
TRIES = 40  # of a run, until nobody else was at work
QUIET = 0.06
# The load has one CPU for itself, the tracers' user side has another.
CPUS = sorted(os.sched_getaffinity(0))
LOAD_CPU = str(CPUS[0]) if len(CPUS) > 1 else "-"


class Unavailable(Exception):
    """Why a tracer cannot run here."""


class Tracer:
    name, file, note = "", None, ""

    def __init__(self, tmp):
        self.tmp, self.path = tmp, f"{tmp}/{self.name}".replace(" ", "_")

    def command(self):
        raise NotImplementedError

    def prepare(self):
        """Before each run, outside of what is measured."""
        for path in glob.glob(self.path + "*"):
            os.unlink(path)

    def outcome(self):
        """(events, lost, bytes) of the run; None where it has none"""
        return None, None, None


class Bare(Tracer):
    name = "nothing"

    def command(self):
        return []


class Tcptape(Tracer):
    name = "tcptape-record"

    def command(self):
        return [f"{B}/tcptape-record", "-q", "--force", "-o", self.path, "--"]

    def outcome(self):
        info = json.loads(output([f"{B}/tcptape", "info", "-f", "json", self.path]))
        # Rows of the recorder's own are no tracepoint hits, but they do take room on the tape.
        own = sum(n for name, n in info["events"].items() if name.startswith("tcptape:"))
        size = os.path.getsize(self.path)
        return info["events_total"] - own, info["lost_total"], size * (info["events_total"] - own) / info["events_total"]


class Empty(Tracer):
    name = "empty BPF program"

    def command(self):
        names = []
        for event in EVENTS:
            group, _, pattern = event.partition(":")
            names += [os.path.basename(p) for p in glob.glob(f"{TRACEFS}/events/{group}/{pattern}") if os.path.isdir(p)]
        return [f"{B}/bench/empty_load", f"{B}/bench/empty.bpf.o", *names, "--"]


class Perf(Tracer):
    name = "perf record"
    note = "16 MiB a CPU"
    more = ()

    def __init__(self, tmp):
        super().__init__(tmp)
        if not shutil.which("perf"):
            raise Unavailable("perf is not installed")

    def command(self):
        events = [word for e in EVENTS for word in ("-e", e)]
        return ["perf", "record", "-q", "-a", "-R", "-c", "1", "-m", "16M", *self.more, *events, "-o", self.path, "--"]

    def outcome(self):
        text = output(["perf", "report", "--stats", "-i", self.path])
        total = re.search(r"Aggregated stats:(.*?)\n\n", text + "\n\n", re.S)[1]
        samples = int(re.search(r"SAMPLE events:\s*(\d+)", total)[1])
        lost = sum(int(n) for n in re.findall(r"LOST(?:_SAMPLES)? events:\s*(\d+)", total))
        return samples, lost, os.path.getsize(self.path)


class PerfZ(Perf):
    name = "perf record -z"
    more = ("-z",)


class TraceCmd(Tracer):
    """In an instance of its own, so that the host's main buffer stays as it is. trace-cmd resets the
    function tracer first even if it traces events only, and gives up where a kernel forbids that; then
    it is shown stand-ins for those files, in a mount namespace of its own."""
    name = "trace-cmd"
    note = "16 MiB a CPU"
    instance = f"tcptape-bench-{os.getpid()}"
    stand_ins = ()

    def __init__(self, tmp):
        super().__init__(tmp)
        if not shutil.which("trace-cmd"):
            raise Unavailable("trace-cmd is not installed")
        if not os.path.isdir(f"{TRACEFS}/instances"):
            raise Unavailable("tracefs is not mounted, or has no instances")
        why = self.try_out()
        if why:
            self.stand_ins = self.find_stand_ins()
            still = self.try_out()
            if still:
                raise Unavailable(f"{why}; with stand-ins for its files: {still}")
            self.note += "; with stand-ins for function tracing files"

    def find_stand_ins(self):
        found = ["/proc/sys/kernel/ftrace_enabled"]
        for where in (TRACEFS, f"{TRACEFS}/instances/{self.instance}"):
            found += [f"{where}/{f}" for f in ("set_ftrace_filter", "set_ftrace_notrace", "set_ftrace_pid",
                                               "set_ftrace_notrace_pid")]
        return found

    def try_out(self):
        self.prepare()
        run = subprocess.run([*self.command(), "true"], capture_output=True, text=True)
        self.clear()
        if run.returncode == 0 and os.path.exists(self.path):
            return None
        return "trace-cmd says: " + " ".join(run.stderr.split())

    def prepare(self):
        super().prepare()
        self.clear()
        os.mkdir(f"{TRACEFS}/instances/{self.instance}")

    def clear(self):
        try:
            os.rmdir(f"{TRACEFS}/instances/{self.instance}")
        except FileNotFoundError:
            pass

    def command(self):
        events = [word for e in EVENTS for word in ("-e", e.removesuffix(":*"))]
        run = ["trace-cmd", "record", "-q", "-B", self.instance, "-b", "16384", *events, "-o", self.path]
        if not self.stand_ins:
            return run
        script = ['mount --make-rprivate /', f'echo 1 >"{self.path}.0"']
        for n, path in enumerate(self.stand_ins):
            script.append(f'[ ! -e "{path}" ] || {{ cp "{self.path}.0" "{self.path}.{n + 1}"; '
                          f'mount --bind "{self.path}.{n + 1}" "{path}"; }}')
        return ["unshare", "-m", "sh", "-euc", "; ".join(script) + '; exec "$@"', "sh", *run]

    def outcome(self):
        self.clear()
        events = lost = 0
        with subprocess.Popen(["trace-cmd", "report", "-q", "-i", self.path], stdout=subprocess.PIPE, text=True,
                              stderr=subprocess.DEVNULL) as report:
            for line in report.stdout:
                dropped = re.search(r"\[(\d+) EVENTS? DROPPED\]", line)
                if dropped:
                    lost += int(dropped[1])
                elif re.search(r"-\d+\s+\[\d+\]", line):
                    events += 1
        return events, lost, os.path.getsize(self.path)


def output(command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def run_once(tracer, count):
    """Figures of one run, in nanoseconds."""
    result = f"{tracer.tmp}/result"
    load = [sys.executable, f"{HERE}/churn.py", result, str(count), LOAD_CPU, B]
    tracer.prepare()
    command = [*tracer.command(), *load]
    pid = os.posix_spawnp(command[0], command, os.environ, file_actions=[
        (os.POSIX_SPAWN_OPEN, 1, "/dev/null", os.O_WRONLY, 0),
        (os.POSIX_SPAWN_OPEN, 2, f"{tracer.tmp}/stderr", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)])
    _, status, usage = os.wait4(pid, 0)
    if status:
        with open(f"{tracer.tmp}/stderr") as f:
            sys.exit(f"bench: {tracer.name} ended with status {status:#x}: {f.read()[-2000:]}")
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
            self.wait()
            figures = run_once(tracer, COUNT)
            time.sleep(1)  # namespaces and programs are cleared behind
            if max(figures["busy"], busy_share()) <= QUIET:
                return figures
            self.again += 1
        self.given_up += 1
        return figures

    @staticmethod
    def wait():
        for _ in range(TRIES):
            if busy_share() <= QUIET:
                return
            time.sleep(1)


def machine():
    with open("/proc/cpuinfo") as f:
        cpu = re.search(r"model name\s*: (.*)", f.read())
    load = ", ".join(f"{n:.2f}" for n in os.getloadavg())
    print(f"kernel {platform.release()} {platform.machine()}, {os.cpu_count()} CPUs, {cpu[1] if cpu else 'CPU unknown'}")
    print(f"load average before: {load}")
    for command in (["perf", "--version"], ["trace-cmd", "--version"], [f"{B}/tcptape-record", "--version"]):
        if shutil.which(command[0]):
            words = subprocess.run(command, capture_output=True, text=True)
            print(next((line.strip() for line in (words.stdout + words.stderr).splitlines() if line.strip()), command[0]))


def tracers(tmp):
    only = os.environ.get("ONLY", "").split()
    for kind in (Bare, Tcptape, Empty, Perf, PerfZ, TraceCmd):
        if only and kind is not Bare and kind is not Tcptape and not any(o in kind.name for o in only):
            continue
        try:
            yield kind(tmp)
        except Unavailable as why:
            print(f"without {kind.name}: {why}")


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
    machine()
    with tempfile.TemporaryDirectory(prefix="tcptape-bench.") as tmp:
        chosen = list(tracers(tmp))
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
