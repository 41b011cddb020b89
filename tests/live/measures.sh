#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# rtt and cwnd have what bpftrace saw of tcp_probe beside the recorder, value by value, and what ss said of sockets that
# existed; top adds up to what the application sent and received. See summary_load.py for the load.
set -eu
. tests/live/stage.bash
need ss bpftrace

cat >"$TMP/probe.bt" <<'END'
tracepoint:tcp:tcp_probe
{
	printf("%llu %u %u %u %u %u\n", args->sock_cookie, args->srtt, args->snd_cwnd, args->ssthresh, args->snd_wnd,
		args->data_len);
}
END

go_on() {
	touch "$TMP/d/go"
	until_file "$TMP/d/after"
	while kill -0 "$(cat "$TMP/load.pid")" 2>/dev/null; do sleep 0.05; done
}
export -f go_on record

# bpftrace may lose events on a busy host, and says so.
for _ in 1 2 3; do
	rm -rf "$TMP/d" "$TMP/tape" "$TMP/seen" "$TMP/record.failed"
	mkdir "$TMP/d"
	python3 tests/live/summary_load.py "$TMP/d" >"$TMP/load.out" 2>&1 &
	echo $! >"$TMP/load.pid"
	until_file "$TMP/d/before" || { cat "$TMP/load.out"; exit 1; }
	rc=0
	printf 'set -eu\nrecord "$TMP/tape" go_on || echo $? >"$TMP/record.failed"\n' >"$TMP/inner"
	BPFTRACE_PERF_RB_PAGES=1024 bpftrace -o "$TMP/seen" -c "$(command -v bash) $TMP/inner" "$TMP/probe.bt" \
		>"$TMP/bpftrace.out" 2>&1 || rc=$?
	if [ $rc -ne 0 ] || [ ! -e "$TMP/tape" ]; then
		touch "$TMP/d/go"
		cat "$TMP/bpftrace.out"
		skip "bpftrace cannot trace here"
	fi
	[ ! -e "$TMP/record.failed" ] || { cat "$TMP/load.out" "$TMP/bpftrace.out"; exit 1; }
	wait "$(cat "$TMP/load.pid")" || { cat "$TMP/load.out"; exit 1; }
	python3 tests/live/measures.py "$TMP/seen" || rc=$?
	[ $rc -eq 3 ] || exit $rc
done
skip "bpftrace lost events in all of 3 runs"
