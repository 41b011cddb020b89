#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# The state changes of every socket, and the time between them, equal those that bpftrace saw of the same run.
set -eu
. tests/live/stage.bash
need bpftrace

cat >"$TMP/states.bt" <<'END'
tracepoint:sock:inet_sock_set_state
/args->protocol == 6/
{
	printf("%llx %d %d %llu %d %d\n", args->skaddr, args->oldstate, args->newstate, nsecs, args->sport, args->dport);
}
END

scene() {
	local way
	: >"$TMP/ports"
	for way in '|' '--close-last|--close-first' '--half-close --reply 100000|--half-close --reply 100000' '--rst|' \
		'--close-last|--rst' '--unread|' '--addr ::|--addr ::1' '--rounds 3 --delay-us 2000|--rounds 3 --gap-us 3000' \
		'--count 60|--count 60 --parallel 2'; do
		hello_pair "${way%|*}" "${way#*|}"
		cat "$TMP/port" >>"$TMP/ports"
	done
}
export -f scene record

# bpftrace lets the command run once it has attached. Differences in time are retried if they are more than a few, since
# a host that pauses between the two tracers' stamps tells nothing about either; a difference in the sequence is not.
for _ in 1 2 3 4 5 6 7 8; do
	rm -f "$TMP/tape" "$TMP/seen"
	rc=0
	printf 'set -eu\nrecord "$TMP/tape" scene || echo $? >"$TMP/record.failed"\n' >"$TMP/inner"
	BPFTRACE_PERF_RB_PAGES=1024 bpftrace -o "$TMP/seen" -c "$(command -v bash) $TMP/inner" "$TMP/states.bt" \
		>"$TMP/bpftrace.out" 2>&1 || rc=$?
	if [ $rc -ne 0 ] || ! grep -q '^[0-9a-f]* [0-9]' "$TMP/seen"; then
		cat "$TMP/bpftrace.out"
		skip "bpftrace cannot trace here"
	fi
	[ ! -e "$TMP/record.failed" ] || { cat "$TMP/bpftrace.out"; exit 1; }
	python3 tests/live/states.py "$TMP/seen" || rc=$?
	[ $rc -eq 3 ] || exit $rc
done
echo "no run of 8 in which 98 % of the durations agree"
exit 1
