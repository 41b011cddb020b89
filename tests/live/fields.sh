#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# Every field of every event equals what perf recorded of the same run. See fields.py and provoke.py.
set -eu
. tests/live/stage.bash
need perf
[ -d /sys/kernel/tracing/events/tcp ] || skip "tracefs is not mounted at /sys/kernel/tracing"
mkfifo "$TMP/control" "$TMP/ack"
exec 8<>"$TMP/control" 9<>"$TMP/ack"

# perf CLOCK_MONOTONIC and the tape's CLOCK_BOOTTIME differ by a constant, unless the host sleeps.
start_perf() {
	perf record -a -q -k CLOCK_MONOTONIC -m 8192 -c 1 -R --delay=-1 --control "fifo:$TMP/control,$TMP/ack" \
		-e 'tcp:*' -e 'sock:*' -e 'skb:*' -e net:netif_receive_skb -o "$TMP/perf.data" >"$TMP/perf.out" 2>&1 &
	perf=$!
	tell_perf enable
}

tell_perf() {
	echo "$1" >&8
	if ! read -r -t 60 _ <&9; then
		cat "$TMP/perf.out"
		skip "perf does not answer"
	fi
}

# perf 6.1 on 6.18 gets no samples from the idle task of any CPU but the first, which ftrace and BPF do see:
# no CPU may idle while it is the oracle.
provoke() {
	local cpu spinners=
	for cpu in $(seq 0 $(($(nproc --all) - 1))); do
		taskset -c "$cpu" nice -n 19 sh -c 'while :; do :; done' &
		spinners="$spinners $!"
	done
	# shellcheck disable=SC2064
	trap "kill $spinners" EXIT
	python3 tests/live/provoke.py "$TMP/interval"
}
export -f provoke

# perf may lose events on a busy host; it says so, and then it is no oracle.
for _ in 1 2 3; do
	rm -f "$TMP/perf.data" "$TMP/tape"
	start_perf
	record "$TMP/tape" provoke
	tell_perf disable
	echo stop >&8
	wait $perf || { cat "$TMP/perf.out"; exit 1; }
	[ -z "${KEEP:-}" ] || cp -r "$TMP" "$KEEP"
	rc=0
	python3 tests/live/fields.py "$TMP/tape" "$TMP/perf.data" "$TMP/interval" || rc=$?
	[ $rc -ne 3 ] && exit $rc
done
skip "perf lost events in all of 3 runs"
