#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""The workload of the benchmark: hello connections one after the other, both sides on one CPU.

    churn.py OUT COUNT CPU HELLO_DIR [COMPANION...]     (CPU "-": not pinned)

OUT gets the CPU time of server and client, the wall time from the client's start to its end, what this script
itself used, how busy the machine was just before, and the number of connections. COMPANION: companion.py. In a network namespace of its own, so that no TIME_WAIT socket of the run before is
in the way, and with Reno: BBR's pacing lets the CPU idle, and sends from timers nobody is charged for.
"""
import json
import os
import resource
import subprocess
import sys
import tempfile
import time

from companion import Companion
from machine import busy_share

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "live"))
from provoke import enter_namespace  # noqa: E402


def cpu_ns(usage):
    return round((usage.ru_utime + usage.ru_stime) * 1e9)


def main():
    out, count, cpu, hello = sys.argv[1:5]
    enter_namespace()
    with open("/proc/sys/net/ipv4/tcp_congestion_control", "w") as f:
        f.write("reno")
    companion = Companion(sys.argv[5:])
    busy = busy_share()
    with companion, tempfile.TemporaryDirectory() as here:
        if cpu != "-":
            os.sched_setaffinity(0, {int(cpu)})
        server = subprocess.Popen([f"{hello}/hello_server", "--port", "0", "--ready", f"{here}/port",
                                   "--count", count, "--patience", "60", "--quiet"])
        while not os.path.exists(f"{here}/port"):
            time.sleep(0.001)
        before = time.monotonic_ns()
        client = subprocess.Popen([f"{hello}/hello_client", "--port-from", f"{here}/port",
                                   "--count", count, "--quiet"])
        _, status, client_usage = os.wait4(client.pid, 0)
        wall_ns = time.monotonic_ns() - before
        _, server_status, server_usage = os.wait4(server.pid, 0)
        client.returncode, server.returncode = status, server_status
    if status or server_status:
        sys.exit(f"churn: client {status}, server {server_status}")
    with open(out, "w") as f:
        used = cpu_ns(resource.getrusage(resource.RUSAGE_SELF)) + cpu_ns(resource.getrusage(resource.RUSAGE_CHILDREN))
        json.dump({"cpu_ns": cpu_ns(client_usage) + cpu_ns(server_usage), "wall_ns": wall_ns,
                   "all_ns": used - companion.used_ns, "busy": busy, "units": int(count)}, f)


if __name__ == "__main__":
    main()
