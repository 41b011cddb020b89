#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# Over a link that takes 20 ms each way, with a server that thinks for 30: connecting takes 40, a request 20, its answer
# 20; and a send buffer that is too small is what the kernel says it was, and nothing else.
set -eu
. tests/live/stage.bash
need ip
[ -c /dev/net/tun ] || skip "there is no /dev/net/tun"
record "$TMP/tape" python3 tests/live/far_load.py "$TMP/said"
python3 - <<'END'
import json
from tape import *

WAY, THINK = 20_000_000, 30_000_000
tape = Tape()
with open(f"{TMP}/said") as f:
    said = json.load(f)


def about(got, want, what):
    """Never less; threads that carry packets and wake up may be late."""
    assert want <= got <= want + 15_000_000, f"{what}: {got} ns, want {want}"


def client(story):
    return one(tape.rows("conns"), role="client", lport=said[story]["port"])


for story in said:
    row = client(story)
    about(row["connect_ns"], 2 * WAY, f"{story}: connecting")
    # The last segments may have been quicker than all before the application asked.
    assert 2 * WAY <= row["min_rtt_us"] * 1000 <= said[story]["min_rtt_us"] * 1000, f"{story}: the least RTT: {row}"
    same(row["sndbuf_limited_ns"], said[story]["sndbuf_limited_us"] * 1000, f"{story}: limited by the send buffer")

turns = tape.rows("exchanges", "--conn", client("asks")["conn"])
same(len(turns), 5, "exchanges")
middle = {key: sorted(t[key] for t in turns)[2] for key in ("request_ns", "think_ns", "response_ns", "total_ns")}
about(middle["request_ns"], WAY, "a request")
about(middle["think_ns"], THINK, "the server")
about(middle["response_ns"], WAY, "an answer")
about(middle["total_ns"], 2 * WAY + THINK, "an exchange")

assert said["cramped"]["sndbuf_limited_us"] > 0, "the send buffer was never too small"
spent = one(tape.rows("conns", "--budget"), conn=client("cramped")["conn"])
same(spent["sndbuf_ns"], said["cramped"]["sndbuf_limited_us"] * 1000, "of its time, for the send buffer")
assert spent["sender_app_ns"] < WAY, f"the application always had more to send: {spent}"
END
