#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# What tcplife and tcpstates print of every connection, `conns` and `states` say of the same run: addresses, owner, bytes,
# durations, changes of state.
set -eu
. tests/live/stage.bash
need tcplife tcpstates

scene() {
	local way
	: >"$TMP/ports"
	for way in '|' '--close-last|--close-first' '--half-close --reply 100000|--half-close --reply 100000' '--rst|' \
		'--close-last|--rst' '--reply 30000|--reply 30000 --bytes 7000' '--addr ::|--addr ::1' \
		'--rounds 3 --delay-us 2000|--rounds 3 --gap-us 3000' '--count 40|--count 40 --parallel 2'; do
		hello_pair "${way%|*}" "${way#*|}"
		cat "$TMP/port" >>"$TMP/ports"
	done
}
# Neither says when it has attached: a connection of our own tells.
attached() {
	local _
	for _ in $(seq 100); do
		hello_pair '' ''
		[ ! -s "$TMP/life" ] || [ ! -s "$TMP/states" ] || return 0
		sleep 0.05
	done
	return 1
}
export -f scene record

for _ in 1 2 3 4 5 6 7 8; do
	# Their output is flushed line by line on a terminal only.
	stdbuf -oL tcplife -w >"$TMP/life" 2>"$TMP/life.err" &
	life=$!
	stdbuf -oL tcpstates -w >"$TMP/states" 2>"$TMP/states.err" &
	states=$!
	attached || { cat "$TMP/life.err" "$TMP/states.err"; skip "tcplife and tcpstates do not trace here"; }
	record "$TMP/tape" scene
	sleep 0.3
	kill -INT $life $states
	wait $life $states || :
	rc=0
	python3 tests/live/tcplife.py || rc=$?
	[ $rc -eq 3 ] || exit $rc
done
echo "no run of 8 in which 98 % of the durations agree"
exit 1
