#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""The second workload of the costs: nginx and wrk on one CPU, 64 connections kept open, for a time.

    web.py OUT SECONDS CPU HELLO_DIR [COMPANION...]     as churn.py; units are requests
"""
import json
import os
import re
import resource
import sys
import time

from churn import cpu_ns
from companion import Companion
from loads import nginx_and_wrk
from machine import busy_share

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "live"))
from provoke import enter_namespace  # noqa: E402


def main():
    out, seconds, cpu = sys.argv[1:4]
    enter_namespace()
    companion = Companion(sys.argv[5:])
    busy = busy_share()
    with companion:
        if cpu != "-":
            os.sched_setaffinity(0, {int(cpu)})
        before = time.monotonic_ns()
        said, load_ns = nginx_and_wrk(seconds)
        wall_ns = time.monotonic_ns() - before
    used = cpu_ns(resource.getrusage(resource.RUSAGE_SELF)) + cpu_ns(resource.getrusage(resource.RUSAGE_CHILDREN))
    with open(out, "w") as f:
        json.dump({"cpu_ns": load_ns, "wall_ns": wall_ns, "all_ns": used - companion.used_ns, "busy": busy,
                   "units": int(re.search(r"(\d+) requests in", said)[1])}, f)


if __name__ == "__main__":
    main()
