#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# Which capabilities a user who is not root needs: CAP_BPF and CAP_PERFMON, and a tracefs that can be read
# (CAP_DAC_READ_SEARCH, or by its mode). CAP_SYSLOG names symbols. Nothing else changes the tape.
set -eu
. tests/live/stage.bash
need setpriv jq unshare
kernel=$(uname -r)
case $kernel in 5.[0-9].* | 5.10.*) skip "before Linux 5.11 the buffer is locked memory, too" ;; esac
[ "$(cat /proc/sys/kernel/perf_event_paranoid)" -le 2 ] || skip "kernel.perf_event_paranoid asks for CAP_SYS_ADMIN"

place=$(mktemp -d)
stage_clear() { rm -rf "$place"; }
chmod 755 "$place"
mkdir -m 777 "$place/out"
install -m 755 "$TCPTAPE_RECORD" "$place/tcptape-record"

# with CAPABILITIES COMMAND...: as nobody.
with() {
	local caps=$1
	shift
	setpriv --reuid=65534 --regid=65534 --clear-groups --bounding-set="-all$caps" --inh-caps="-all$caps" \
		--ambient-caps="-all$caps" "$@"
}
# records CAPABILITIES: a pair older than the tape, and its end. Owners are told across users.
records() {
	rm -f "$TMP"/{go,met,port} "$place/out/tape" "$place/out/up"
	"$B/hello_server" --port 0 --ready "$TMP/port" --patience 20 --rounds 3 >/dev/null &
	server=$!
	"$B/hello_client" --port-from "$TMP/port" --rounds 3 --ready "$TMP/met" --hold-until "$TMP/go" >/dev/null &
	client=$!
	until_file "$TMP/met"
	mkfifo "$place/out/over.$$"
	chmod 666 "$place/out/over.$$"
	with "$1" "${where[@]}" "$place/tcptape-record" -q -o "$place/out/tape" -- \
		bash -c "grep CapEff /proc/\$PPID/status >$place/out/up; read -r _ <$place/out/over.$$" 2>"$TMP/err" &
	recorder=$!
	until_file "$place/out/up" || { cat "$TMP/err"; return 1; }
	echo go >"$TMP/go"
	wait $client $server
	echo over >"$place/out/over.$$"
	rm "$place/out/over.$$"
	wait $recorder || { cat "$TMP/err"; return 1; }
	[ "$(stat -c '%u %a' "$place/out/tape")" = "65534 600" ] || { stat "$place/out/tape"; return 1; }
	expect 0 "$TCPTAPE" verify "$place/out/tape"
	expect 0 "$TCPTAPE" conns "$place/out/tape" --port "$(cat "$TMP/port")" -f json
	jq -es --argjson c $client --argjson s $server '
		any(.[]; .pid == $c and .comm == "hello_client" and .end == "fin") and
		any(.[]; .pid == $s and .comm == "hello_server" and .role == "listener")' "$TMP/out" >/dev/null ||
		{ echo "$1: not all is known:"; cat "$TMP/out"; return 1; }
	expect 0 "$TCPTAPE" info "$place/out/tape" -f json
	jq -e '.complete and .lost_total == 0' "$TMP/out" >/dev/null || { cat "$TMP/out"; return 1; }
}
unavailable() { jq -r '.unavailable | tostring' "$TMP/out"; }
# plan CAPABILITIES...: every event comes the same way as for root.
plan() {
	expect 0 with "$1" "${where[@]}" "$place/tcptape-record" --dry-run -o "$place/out/none"
	grep -E '^ +(typed|generic|not) ' "$TMP/out" >"$TMP/plan"
	cmp "$TMP/roots" "$TMP/plan"
}
where=(env)
"$TCPTAPE_RECORD" --dry-run -o "$place/out/none" | grep -E '^ +(typed|generic|not) ' >"$TMP/roots"

least=,+bpf,+perfmon,+dac_read_search
records $least
unavailable | grep -q 'kallsyms.*CAP_SYSLOG' || [ "$(unavailable)" = null ] || { unavailable; exit 1; }
plan $least
expect 0 with $least "$place/tcptape-record" doctor -o "$place/out/none"
grep -qE '^warn +privileges.*CAP_SYS_NICE' "$TMP/out" || { cat "$TMP/out"; exit 1; }
if [ "$(cat /proc/sys/kernel/kptr_restrict)" -lt 2 ]; then
	records $least,+syslog
	if unavailable | grep kallsyms; then exit 1; fi
fi
# A generic event, that has no program of its own.
expect 0 with $least "$place/tcptape-record" -q -o "$place/out/generic" -e 'sched:sched_process_exit' -- true
expect 0 "$TCPTAPE" replay "$place/out/generic"
grep -q sched_process_exit "$TMP/out" || { echo "no generic event:"; cat "$TMP/out"; exit 1; }

# A tracefs that others may read makes do without CAP_DAC_READ_SEARCH. This one is a copy, for this test alone.
cat >"$place/readable" <<'END'
set -eu
mount --make-rprivate /
mkdir -m 755 "$1/tracing"
cd /sys/kernel/tracing
find events/tcp events/sock events/skb events/net \( -name format -o -name id \) -exec cp --parents {} "$1/tracing" \;
chmod -R a+rX "$1/tracing"
mount --bind "$1/tracing" /sys/kernel/tracing
shift
"$@"
END
export place TMP B TCPTAPE
unshare -m bash "$place/readable" "$place" bash -euc "
	$(declare -f with records until_file expect); where=(env)
	records ,+bpf,+perfmon"

# Too little: one sentence, status 1, and nothing is left behind.
fails() {
	expect 1 with "$1" "$place/tcptape-record" -q -o "$place/out/none" -- true
	expect_sentence "$2"
	expect 1 with "$1" "$place/tcptape-record" doctor -o "$place/out/none"
	expect_sentence "$2"
	[ ! -e "$place/out/none" ] || { echo "$1: a file was left behind"; return 1; }
}
fails ,+bpf,+perfmon 'tracepoints under /sys/kernel/tracing'
fails ,+bpf,+dac_read_search CAP_PERFMON
fails ,+perfmon,+dac_read_search CAP_BPF
fails '' 'needs root'
