#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# A recorder killed with -9 in the middle: everything up to the last whole block is there, and the tape says
# that it was cut short.
set -eu
. tests/live/stage.bash

# Enough for several blocks, then the signal to kill.
busy() {
	"$B/hello_server" --port 0 --ready "$TMP/port" --patience 20 --count 13000 --quiet &
	"$B/hello_client" --port-from "$TMP/port" --count 3000 --ready "$TMP/met" --quiet
	echo "$PPID" >"$TMP/ripe"
	# The rest while the recorder dies.
	"$B/hello_client" --port-from "$TMP/port" --count 10000 --quiet
	wait
	echo over >"$TMP/over"
}
export -f busy
"$TCPTAPE_RECORD" -o "$TMP/tape" -- bash -euc busy >"$TMP/record.out" 2>&1 &
recorder=$!
until_file "$TMP/ripe"
[ "$(cat "$TMP/ripe")" = "$recorder" ] || { echo "the command's parent is not the recorder"; exit 1; }
kill -9 "$recorder"
wait "$recorder" 2>/dev/null && { echo "the recorder survived"; exit 1; }
until_file "$TMP/over"

for command in info conns states timeline exchanges replay; do
	options=
	[ $command = timeline ] && options='--conn 2'
	# shellcheck disable=SC2086
	expect 3 "$TCPTAPE" $command "$TMP/tape" -f json $options
	grep -qi 'cut short' "$TMP/err" || { echo "$command does not say that the tape was cut short:"; cat "$TMP/err"; exit 1; }
done
expect 3 "$TCPTAPE" verify "$TMP/tape"
grep -qi 'cut short' "$TMP/out" "$TMP/err" || { echo "verify does not say it:"; cat "$TMP/out" "$TMP/err"; exit 1; }

python3 - <<'END'
from tape import *
tape, port = Tape(status=3), known("port")
info = tape.info()
same(info["complete"], False, "complete")
rows = tape.rows("conns", "--port", port)
clients = [r for r in rows if r["role"] == "client"]
done = [r for r in clients if r["end"] == "fin"]
# The kill came after 3000; how many of those were in a whole block is what a design with blocks may lose,
# at most a second of events.
assert len(done) > 500, f"{len(done)} whole connections of at least 3000"
servers = {r["conn"]: r for r in rows if r["role"] == "server"}
whole = [r for r in done if r["peer"] in servers]
assert len(whole) >= len(done) - 1, f"{len(whole)} of {len(done)} are paired"
same({(r["tx_bytes"], r["rx_bytes"]) for r in done}, {(2, 11)}, "their bytes")
END
