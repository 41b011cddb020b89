#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# Several turns on one connection: the server thinks 20 ms before each answer, the client pauses 10 ms between
# turns. Whose time it was must come out at least that long, and on the right account.
set -eu
. tests/live/stage.bash
record "$TMP/tape" hello_pair '--rounds 3 --delay-us 20000 --bytes 1000 --reply 300000' \
	'--rounds 3 --gap-us 10000 --bytes 1000 --reply 300000'
python3 - <<'END'
from tape import *
tape = Tape()
hello = Hello(tape)
hello.carried(3000, 900000)
hello.turns(*[(1000, 300000)] * 3)
turns = tape.rows("exchanges", "--port", hello.port)
for r in turns:
    assert r["think_ns"] >= 20_000_000, f"the server thought 20 ms: {r}"
    assert r["total_ns"] >= r["think_ns"] + r["response_ns"], f"the parts of a turn: {r}"
for a, b in zip(turns, turns[1:]):
    pause = b["start_ns"] - a["start_ns"] - a["total_ns"]
    assert pause >= 9_000_000, f"the client paused 10 ms, {pause} ns are left between {a} and {b}"
END
