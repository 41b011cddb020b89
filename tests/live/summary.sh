#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# The counters of sockets that exist are those of `ss -tie`, those of sockets that end are what ss showed just before, and
# what the application sent and received, byte for byte: with resets, a half close, and one segment in eight lost.
set -eu
. tests/live/stage.bash
need ss

mkdir "$TMP/d"
python3 tests/live/summary_load.py "$TMP/d" >"$TMP/load.out" 2>&1 &
echo $! >"$TMP/load.pid"
until_file "$TMP/d/before" || { cat "$TMP/load.out"; exit 1; }

go_on() {
	touch "$TMP/d/go"
	until_file "$TMP/d/after"
	while kill -0 "$(cat "$TMP/load.pid")" 2>/dev/null; do sleep 0.05; done
}
export -f go_on
record "$TMP/tape" go_on || { cat "$TMP/load.out"; exit 1; }
wait "$(cat "$TMP/load.pid")" || { cat "$TMP/load.out"; exit 1; }
python3 tests/live/summary.py
