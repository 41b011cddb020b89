#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# -o -: the tape goes to a pipe, and the analyzer reads it from one.
set -eu
. tests/live/stage.bash
need jq

"$TCPTAPE_RECORD" -q -o - -- bash -euc 'hello_pair "" "" >&2' | cat >"$TMP/tape"
"$TCPTAPE" replay -f json - <"$TMP/tape" >"$TMP/from_file"
# shellcheck disable=SC2002
cat "$TMP/tape" | "$TCPTAPE" replay -f json - >"$TMP/from_pipe"
cmp "$TMP/from_file" "$TMP/from_pipe"
"$TCPTAPE" replay -f json "$TMP/tape" | cmp - "$TMP/from_pipe"
python3 tests/live/hello_check.py 127.0.0.1

# Straight through, no file between.
"$TCPTAPE_RECORD" -q -o - -- bash -euc 'hello_pair "" "" >&2' | "$TCPTAPE" conns -f json - >"$TMP/conns"
port=$(cat "$TMP/port")
jq -se --argjson port "$port" '[.[] | select(.lport == $port or .rport == $port) | .role] | sort ==
	["client", "listener", "server"]' "$TMP/conns" >/dev/null || { cat "$TMP/conns"; exit 1; }

# A reader that goes away is a failed write, not a hang: status 1 and one sentence.
set +o pipefail
{ "$TCPTAPE_RECORD" -q -o - -d 20 -- bash -euc 'while [ ! -e "$TMP/done" ]; do hello_pair "" ""; done >&2' 2>"$TMP/err" &&
	rc=0 || rc=$?
	echo $rc >"$TMP/rc"
	touch "$TMP/done"; } | true
[ "$(cat "$TMP/rc")" -eq 1 ] || { echo "a broken pipe ended with $(cat "$TMP/rc")"; cat "$TMP/err"; exit 1; }
