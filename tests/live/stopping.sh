#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# Every way to end closes the tape in order: the command's end, -d, Ctrl-C, SIGTERM, and both at once.
set -eu
. tests/live/stage.bash

# in_order WHAT: the last recording is complete and ended with 0.
in_order() {
	expect 0 "$TCPTAPE" verify "$TMP/tape"
	expect 0 "$TCPTAPE" info "$TMP/tape" -f json
	jq -e '.complete == true' "$TMP/out" >/dev/null ||
		{ echo "$1: the tape is not complete:"; cat "$TMP/out"; return 1; }
}
need jq

# Commands that outlive their recorder end with this script.
: >"$TMP/left"
stage_clear() {
	local pid
	while read -r pid; do
		kill "$pid" 2>/dev/null || :
	done <"$TMP/left"
}
lasting() {
	echo $$ >>"$TMP/left"
	echo "$PPID" >"$TMP/up.draft"
	mv "$TMP/up.draft" "$TMP/up"
	exec sleep 600
}
export -f lasting

expect 0 "$TCPTAPE_RECORD" -q -o "$TMP/tape" -- true
[ ! -s "$TMP/err" ] || { echo "-q is not quiet:"; cat "$TMP/err"; exit 1; }
in_order "the command's end"

expect 0 "$TCPTAPE_RECORD" -o "$TMP/tape" --force -d 0.2
# The closing paragraph names events, losses and bytes.
grep -q 'lost' "$TMP/err" || { echo "no summary:"; cat "$TMP/err"; exit 1; }
in_order "-d"

expect 0 "$TCPTAPE_RECORD" -q -o "$TMP/tape" --force -d 0.2 -- bash -euc lasting
in_order "-d before the command's end"

# Asked again and again until it is gone.
rm "$TMP/up"
"$TCPTAPE_RECORD" -q -o "$TMP/tape" --force -- bash -euc lasting 2>"$TMP/record.err" &
session=$!
until_file "$TMP/up"
while kill -s TERM $session 2>/dev/null; do :; done
rc=0
wait $session || rc=$?
[ $rc -eq 0 ] || { echo "SIGTERM, often: exit $rc"; cat "$TMP/record.err"; exit 1; }
in_order "SIGTERM, often"

# A signal to the recorder alone (kill), or to its whole group (Ctrl-C).
for signal in INT TERM HUP; do
	for whom in recorder group; do
		rm -f "$TMP/up"
		# setsid: a group of their own, as on a terminal. env: a shell without job control has
		# background commands ignore SIGINT.
		setsid -w env --default-signal=INT "$TCPTAPE_RECORD" -q -o "$TMP/tape" --force -- \
			bash -euc lasting 2>"$TMP/record.err" &
		session=$!
		until_file "$TMP/up"
		recorder=$(cat "$TMP/up")
		if [ $whom = group ]; then kill -s $signal -- "-$recorder"; else kill -s $signal "$recorder"; fi
		rc=0
		wait $session || rc=$?
		[ $rc -eq 0 ] || { echo "SIG$signal to the $whom: exit $rc"; cat "$TMP/record.err"; exit 1; }
		in_order "SIG$signal to the $whom"
	done
done

# The recorded command's own status is not lost: README and --help say what becomes of it.
rc=0
"$TCPTAPE_RECORD" -q -o "$TMP/tape" --force -- sh -c 'exit 7' || rc=$?
echo "a command that ends with 7 makes the recorder end with $rc"
in_order "a command that fails"
