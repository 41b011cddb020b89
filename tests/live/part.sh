#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# One port, or a moment, out of COUNT (5000) connections: the answers of all commands are those that the whole tape
# gives, and most of it stays unread. Then QUESTIONS (10) about ports, addresses and times; SEED=n asks the same again.
set -eu
. tests/live/stage.bash
count=${COUNT:-5000}

"$TCPTAPE_RECORD" -q -o "$TMP/tape" -- \
	python3 tests/bench/churn.py "$TMP/result" "$count" - "$(cd "$B" && pwd)" >"$TMP/record.out" 2>&1 ||
	{ cat "$TMP/record.out"; exit 1; }
python3 tests/live/part.py "$TMP/tape" "${QUESTIONS:-10}"
