#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# One port, or a moment, out of COUNT (10000) connections: the answers of all commands are those that the whole tape
# gives, and most of it stays unread.
set -eu
. tests/live/stage.bash
count=${COUNT:-10000}

"$TCPTAPE_RECORD" -q -o "$TMP/tape" -- \
	python3 tests/bench/churn.py "$TMP/result" "$count" - "$(cd "$B" && pwd)" >"$TMP/record.out" 2>&1 ||
	{ cat "$TMP/record.out"; exit 1; }
python3 tests/live/part.py "$TMP/tape"
