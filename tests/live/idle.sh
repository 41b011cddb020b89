#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# Where nothing happens the recorder sleeps, the first event wakes it, and is on the tape a second later, also if it is
# killed then. A storm that finds it asleep loses nothing: whatever the buffer is, lanes, the ring alone, or the ring with
# an event that has no program of its own.
set -eu
. tests/live/stage.bash
export PORT=47811 COUNT=10000

wakes() {
	awk '/^voluntary_ctxt_switches/ { print $2 }' "/proc/$PPID/status"
}

storm() {
	local before
	sleep 2
	before=$(wakes)
	sleep 6
	echo $(($(wakes) - before)) >"$TMP/wakes"
	python3 -c 'import os, sys
from provoke import enter_namespace
enter_namespace()
os.execvp(sys.argv[1], sys.argv[1:])' bash -euc pairs
}

pairs() {
	"$B/hello_server" --port "$PORT" --ready "$TMP/port" --patience 60 --count "$COUNT" --quiet &
	"$B/hello_client" --port-from "$TMP/port" --count "$COUNT" --parallel 4 --quiet
	wait $!
}
export -f wakes storm pairs
"$TCPTAPE_RECORD" -q -o "$TMP/tape" --port "$PORT" -- bash -euc storm
python3 tests/live/churn.py "$COUNT" 1
# It comes by the clock every ten seconds; one that comes twice a second would have done so twelve times.
[ "$(cat "$TMP/wakes")" -le 5 ] || { echo "woken $(cat "$TMP/wakes") times in six seconds of nothing"; exit 1; }

"$TCPTAPE_RECORD" -q -o "$TMP/lanes" --port "$PORT" &
lanes=$!
"$TCPTAPE_RECORD" -q -o "$TMP/ring" --port "$PORT" --buffer 64K &
ring=$!
"$TCPTAPE_RECORD" -q -o "$TMP/generic" --port "$PORT" -e net:net_dev_queue &
generic=$!
for name in lanes ring generic; do until_file "$TMP/$name"; done
sleep 4
hello_pair "--count 3 --port $PORT" '--count 3'
sleep 2
kill -9 $lanes $ring $generic
wait $lanes $ring $generic || :
python3 - <<'END'
from tape import *

for name in "lanes", "ring":
    ends = [(r["role"], r["end"]) for r in Tape(f"{TMP}/{name}", status=3).rows("conns") if r["role"] != "listener"]
    same(sorted(ends), [("client", "fin")] * 3 + [("server", "fin")] * 3, f"{name}: what the kill has left")
events = Tape(f"{TMP}/generic", status=3).info()["events"]
assert events["net:net_dev_queue"] > 0, events
END
