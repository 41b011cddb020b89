#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# Servers think, clients pause, readers sleep, packets vanish, nobody accepts: that is where the time went, and
# nothing else, and the items of each connection add up to its duration.
set -eu
. tests/live/stage.bash
record "$TMP/tape" python3 tests/live/budget_load.py "$TMP/expected"
python3 - <<'END'
import json
from tape import *
tape = Tape()
rows = tape.rows("conns", "--budget")
items = [k for k in rows[0] if k.endswith("_ns") and k != "duration_ns"]
for r in rows:
    same(sum(r[k] for k in items), r["duration_ns"], f"the sum of {r}")
with open(f"{TMP}/expected") as f:
    expected = json.load(f)
for e in expected:
    row = one(rows, role=e["side"], **{"lport" if e["side"] == "client" else "rport": e["port"]})
    got = sum(row[k] for k in e["items"])
    assert e["ns"] <= got + 1_000_000 and got <= e["most"] + 30_000_000, f"{e} in {row}"
assert not any(r["unknown_ns"] for r in rows if r["role"] != "unknown"), rows
END
