#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# Events recorded + events lost = events that perf counted, for each CPU and type: with default buffers, of which nothing
# is lost, and with small ones while the recorder is stopped (SIGSTOP, SIGCONT). Losses lie where they happened.
set -eu
. tests/live/stage.bash
need perf
perf stat -a -A -x, -e tcp:tcp_probe -- true 2>"$TMP/err" || skip "perf cannot count events here: $(head -n 1 "$TMP/err")"

load() {
	hello_pair "--count $1" "--count $1 --parallel 2"
}
boottime() {
	python3 -c 'import time; print(time.clock_gettime_ns(time.CLOCK_BOOTTIME))'
}
loads() {
	boottime >"$TMP/begun"
	load 200
	boottime >"$TMP/stopped"
	[ "$PAUSE" = 0 ] || kill -STOP "$RECORDER"
	load 600
	[ "$PAUSE" = 0 ] || kill -CONT "$RECORDER"
	boottime >"$TMP/continued"
	load 200
	boottime >"$TMP/done"
}
counted() {
	RECORDER=$PPID perf stat -a -A -x, -o "$TMP/counted" -e "$EVENTS" -- bash -euc loads
}
export -f load boottime loads counted
# Without those that the kernel does not show to perf.
EVENTS=$("$TCPTAPE_RECORD" --list-events | while IFS=: read -r group name; do
	[ ! -e "/sys/kernel/tracing/events/$group/$name" ] || echo "$group:$name"
done | paste -sd, -)
export EVENTS

# What others lose while perf counts and the recorder is not stopped lies elsewhere: some tries.
# same_count PAUSE OPTION...
same_count() {
	export PAUSE=$1
	shift
	for _ in 1 2 3 4; do
		rm -f "$TMP/counted"
		"$TCPTAPE_RECORD" -q -f -o "$TMP/tape" "$@" -- bash -euc counted || return 1
		[ -s "$TMP/counted" ] || return 1
		if python3 tests/live/counted.py "$PAUSE" >"$TMP/differs"; then return; fi
	done
	echo "recorded with $*:"
	cat "$TMP/differs"
	return 1
}

same_count 0
for size in 64K 1M; do
	same_count 1 --buffer "$size"
done
