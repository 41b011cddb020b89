#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# replay --follow of a tape that is being written gives what replay gives of the finished one, and ends
# when the tape does.
set -eu
. tests/live/stage.bash

# The first half before anyone follows, the second while the tape is followed.
halves() {
	"$B/hello_server" --port 0 --ready "$TMP/port" --patience 20 --count 3000 --quiet &
	"$B/hello_client" --port-from "$TMP/port" --count 1500 --quiet
	echo yes >"$TMP/half"
	until_file "$TMP/followed"
	"$B/hello_client" --port-from "$TMP/port" --count 1500 --quiet
	wait
}
export -f halves
record "$TMP/tape" halves &
recorder=$!
until_file "$TMP/half"
until_file "$TMP/tape"
timeout 60 "$TCPTAPE" replay --follow -f json "$TMP/tape" >"$TMP/while" 2>"$TMP/while.err" &
follower=$!
# Something is told before the tape is finished.
until_file "$TMP/while"
kill -0 "$recorder"
echo yes >"$TMP/followed"
wait "$recorder"
wait "$follower" || { echo "replay --follow ended with $?"; cat "$TMP/while.err"; exit 1; }

expect 0 "$TCPTAPE" replay -f json "$TMP/tape"
[ "$(wc -l <"$TMP/out")" -gt 30000 ] || { echo "only $(wc -l <"$TMP/out") lines"; exit 1; }
cmp "$TMP/out" "$TMP/while"
cmp "$TMP/err" "$TMP/while.err"
