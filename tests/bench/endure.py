#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""What a recorder does for a minute; started by bench.sh.

At the highest rate that all CPUs make, with the recorder on the same ones and default buffers: is an event lost, and are
there as many on the tape as perf has counted on the same run? Then on a host where nothing happens: what does it cost?

    endure.py LOAD SECONDS     runs the load to its end, in a network namespace of its own

NOT_OF=PID: perf leaves out what happens in the context of that process. Some virtual machines run no BPF programs in
that of their own agent, while perf and ftrace see it.
"""
import json
import os
import subprocess
import sys
import tempfile
import time

from loads import B, enter_namespace, hello, nginx_and_wrk
from machine import describe
from tracers import output

SECONDS = int(os.environ.get("SECONDS_EACH", "60"))
RECORDER = f"{B}/tcptape-record"
NOT_OF = os.environ.get("NOT_OF")


def crowd(seconds):
    end = time.monotonic() + seconds
    with tempfile.TemporaryDirectory() as tmp:
        while time.monotonic() < end:
            hello(tmp, ("--count", "20000", "--ports", "8"), ("--count", "20000", "--ports", "8", "--parallel", "4"))
            os.unlink(f"{tmp}/port")


LOADS = {"crowd": crowd, "http": nginx_and_wrk}


def traced_events():
    """Those that perf can count, too."""
    names = (line.split()[0] for line in output([RECORDER, "--list-events"]).splitlines() if ":" in line)
    return [n for n in names if os.path.isdir(f"/sys/kernel/tracing/events/{n.replace(':', '/')}")]


def perf_events(events):
    """Options of perf stat."""
    if not NOT_OF:
        return ["-e", ",".join(events)]
    others = " && ".join(f"common_pid != {tid}" for tid in os.listdir(f"/proc/{NOT_OF}/task"))
    return [word for event in events for word in ("-e", event, "--filter", others)]


def counted(path):
    """perf's own counts, all events."""
    with open(path) as f:
        return sum(int(line.split(",")[0]) for line in f if line[0].isdigit())


def endure(name, events, tmp):
    tape = f"{tmp}/tape"
    load = [sys.executable, os.path.abspath(__file__), name, str(SECONDS)]
    subprocess.run([RECORDER, "-q", "-f", "-o", tape, "--", "perf", "stat", "-a", "-x,", "-o", f"{tmp}/counted",
                    *perf_events(events), "--", *load], check=True, stdout=subprocess.DEVNULL)
    info = json.loads(output([f"{B}/tcptape", "info", "-f", "json", tape]))
    recorded = sum(n for event, n in info["events"].items() if event in events)
    cost = info["recorder"]
    cpu_ns = cost["cpu_ns"] - cost["start_cpu_ns"]
    print(f"{name:8} {info['duration_ns'] / 1e9:6.1f} {counted(f'{tmp}/counted'):12} {recorded:12} {info['lost_total']:7} "
          f"{recorded / info['duration_ns'] * 1e3:9.2f} {info['bytes'] / info['events_total']:8.2f} "
          f"{cpu_ns / info['events_total']:10.0f} {cost['start_cpu_ns'] / 1e6:8.0f} {cost['ring_peak_percent']:8} "
          f"{cost['max_rss_bytes'] / 2**20:6.0f}",
          flush=True)


def used_ns(pid):
    with open(f"/proc/{pid}/schedstat") as f:
        return int(f.read().split()[0])


def wakes(pid):
    with open(f"/proc/{pid}/status") as f:
        return next(int(line.split()[1]) for line in f if line.startswith("voluntary_ctxt_switches"))


def watch(*command):
    """(percent of a core, wake-ups a second) of a process from its fifth second on"""
    with subprocess.Popen(command) as process:
        time.sleep(5)
        before, woken, began = used_ns(process.pid), wakes(process.pid), time.monotonic()
        time.sleep(SECONDS)
        passed = time.monotonic() - began
        share = 100 * (used_ns(process.pid) - before) / 1e9 / passed
        woken = (wakes(process.pid) - woken) / passed
        process.terminate()
    return share, woken


def idle(tmp, what, *options):
    """Waking up is most of it: hence a process that does nothing else, as often, on the same machine."""
    share, woken = watch(RECORDER, "-q", "-f", "-o", f"{tmp}/tape", *options)
    events = json.loads(output([f"{B}/tcptape", "info", "-f", "json", f"{tmp}/tape"]))["events_total"]
    least, _ = watch(sys.executable, "-c", f"import time\nwhile True: time.sleep({1 / max(woken, 0.1)})")
    print(f"{what}, {SECONDS} s, {events} events: {share:.3f} % of a core, woken {woken:.1f} times a second; "
          f"one that only wakes up as often: {least:.3f} %", flush=True)


def main():
    if len(sys.argv) > 1:
        enter_namespace()
        LOADS[sys.argv[1]](int(sys.argv[2]))
        return
    describe(RECORDER)
    events = traced_events()
    print(f"\n{'':8} {'seconds':>6} {'perf counted':>12} {'recorded':>12} {'lost':>7} {'M/s':>9} {'bytes/ev':>8} "
          f"{'CPU ns/ev':>10} {'start ms':>8} {'peak %':>8} {'MiB':>6}")
    with tempfile.TemporaryDirectory(prefix="tcptape-bench.") as tmp:
        for name in LOADS:
            endure(name, events, tmp)
        print()
        idle(tmp, "idle host")
        idle(tmp, "the same, --port 1: not even what its own agents do", "--port", "1")
    print("The recorder begins before perf and ends after it: a few events more are recorded than counted.")


if __name__ == "__main__":
    main()
