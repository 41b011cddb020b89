# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""The machine that is measured on: what it is, how it is shared out, and whether others are at work."""
import os
import platform
import re
import shutil
import subprocess
import sys
import time

TRIES = 40  # of a run, until nobody else was at work
QUIET = 0.06
# The load has one CPU for itself, the tracers' user side has another.
CPUS = sorted(os.sched_getaffinity(0))
LOAD_CPU = str(CPUS[0]) if len(CPUS) > 1 else "-"


def busy_share(seconds=0.25):
    """How busy others keep the machine at this moment: 0 to 1, over all CPUs."""
    def ticks():
        with open("/proc/stat") as f:
            n = [int(word) for word in f.readline().split()[1:]]
        return sum(n[:8]), n[3] + n[4]

    total, idle = ticks()
    time.sleep(seconds)
    total_then, idle_then = ticks()
    return 1 - (idle_then - idle) / max(total_then - total, 1)


def wait_for_quiet():
    for _ in range(TRIES):
        if busy_share() <= QUIET:
            return
        time.sleep(1)


def describe(recorder):
    """Prints kernel, CPU, load, and the versions of the tracers."""
    with open("/proc/cpuinfo") as f:
        cpu = re.search(r"model name\s*: (.*)", f.read())
    load = ", ".join(f"{n:.2f}" for n in os.getloadavg())
    print(f"kernel {platform.release()} {platform.machine()}, {os.cpu_count()} CPUs, {cpu[1] if cpu else 'CPU unknown'}")
    print(f"load average before: {load}")
    for command in (["perf", "--version"], ["trace-cmd", "--version"], ["bpftrace", "--version"], ["tcpdump", "--version"],
                    [recorder, "--version"]):
        if shutil.which(command[0]):
            words = subprocess.run(command, capture_output=True, text=True)
            print(next((line.strip() for line in (words.stdout + words.stderr).splitlines() if line.strip()), command[0]))


def measure(command, want=0):
    """(seconds of CPU, resident bytes at most) of a command that writes to nowhere; it ends with `want`, if that is given."""
    pid = os.posix_spawnp(command[0], command, os.environ, file_actions=[
        (os.POSIX_SPAWN_OPEN, 1, "/dev/null", os.O_WRONLY, 0), (os.POSIX_SPAWN_OPEN, 2, "/dev/null", os.O_WRONLY, 0)])
    _, status, usage = os.wait4(pid, 0)
    if want is not None and status != want:
        sys.exit(f"bench: {' '.join(command)} ended with status {status:#x}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024
