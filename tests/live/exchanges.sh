#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# Exchanges are those that the applications logged themselves: all of them, byte for byte, and each time lies between the
# clock before and after the calls that made it.
set -eu
. tests/live/stage.bash
record "$TMP/tape" python3 tests/live/exchanges_load.py "$TMP/log"
python3 - <<'END'
import json
from tape import *
tape = Tape()
with open(f"{TMP}/log") as f:
    log = [json.loads(line) for line in f]
ports = {x["port"] for x in log}
conns = {r["conn"]: r["lport"] for r in tape.rows("conns", "--role", "client") if r["lport"] in ports}
rows = {(conns[r["conn"]], r["n"]): r for r in tape.rows("exchanges") if r["conn"] in conns}
same(len(rows), len(log), "exchanges")


def within(value, begin, end, what, x, r):
    """A time from one bracket to another."""
    least, most = end[0] - begin[1], end[1] - begin[0]
    assert least <= value <= most, f"{what} is {value}, not {least} to {most}: {x} {r}"


zero = (0, 0)
for x in log:
    r = rows[x["port"], x["n"]]
    same((r["request_bytes"], r["response_bytes"], r["kind"], r["sides"]),
         (x["request"], x["response"], "request-response", "both"), f"sizes and kind of {x}")
    within(r["start_ns"], zero, x["client_write"], "the beginning", x, r)
    within(r["request_ns"], x["client_write"], x["server_read"], "request", x, r)
    within(r["work_ns"], x["server_read"], x["server_write"], "work", x, r)
    within(r["think_ns"], x["server_read"], x["server_write"], "think", x, r)
    within(r["write_ns"], x["server_write"], x["server_wrote"], "write", x, r)
    within(r["first_byte_ns"], x["client_write"], x["client_first"], "first byte", x, r)
    within(r["total_ns"], x["client_write"], x["client_read"], "total", x, r)
    assert 0 <= r["queue_ns"] <= r["request_ns"], f"queue: {r}"
by = one(tape.rows("exchanges", "--by", "service", "--where", f"exchanges=={len(log)}"))
same((by["request_bytes"], by["response_bytes"], by["unanswered"]),
     (sum(x["request"] for x in log), sum(x["response"] for x in log), 0), "sums of the service")
times = sorted(r["work_ns"] for r in rows.values())
same(by["work_max_ns"], times[-1], "the longest work")
half = times[(len(times) + 1) // 2 - 1]
assert abs(by["work_p50_ns"] - half) <= half / 32, f"half of the work: {by['work_p50_ns']}, sorted {half}"
END
