#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# Connections that analysis gets wrong easily: disconnected and connected again, Fast Open, simultaneous open and close,
# MPTCP, never connected, behind NAT, twins in two namespaces, never accepted, the same addresses at once, listeners that share
# a port.
set -eu
. tests/live/stage.bash
need nft
# record_whole TAPE COMMAND...: where an event was lost, as on a busy host it may be, connections are uncertain, and rightly so.
record_whole() {
	for _ in 1 2 3; do
		record "$@"
		"$TCPTAPE" info --fail-on-loss "$1" >/dev/null 2>"$TMP/lost" && return
		cat "$TMP/lost"
	done
	echo "events were lost each time"
	return 1
}
each_scene traps record_whole
# Which of them was woken is not on every tape.
"$TCPTAPE_RECORD" -o "$TMP/unknown_sharers.tape" --force -e '!sock:sk_data_ready' -- python3 tests/live/traps_load.py sharers \
	2>"$TMP/record.err" || { cat "$TMP/record.err"; exit 1; }
mv "$TMP/sharers.json" "$TMP/unknown_sharers.json"
python3 tests/live/traps.py unknown_sharers
