#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# What a recorder meets that nobody wished for: no memory for its buffer, being stopped for seconds, processors
# that go and come. (SIGKILL: live/killed. Disks: live/disk, live/bad_recording.)
set -eu
. tests/live/stage.bash
need jq

# A buffer that does not fit into the control group's memory: one sentence, not the end of a process.
limited=
for root in /sys/fs/cgroup/memory /sys/fs/cgroup; do
	[ -w "$root/cgroup.procs" ] || continue
	limited=$root/tcptape-adversity-$$
	mkdir "$limited" 2>/dev/null || { limited=; continue; }
	for file in memory.max memory.limit_in_bytes; do
		[ -w "$limited/$file" ] && echo 64M >"$limited/$file" && break 2
	done
	rmdir "$limited"
	limited=
done
cpu=/sys/devices/system/cpu/cpu1/online
stage_clear() {
	[ ! -w $cpu ] || echo 1 >$cpu
	if [ -n "$limited" ]; then rmdir "$limited"; fi
}
if [ -n "$limited" ]; then
	under=(bash -c 'echo $$ >"$0/cgroup.procs"; exec "$@"' "$limited")
	expect 1 "${under[@]}" "$TCPTAPE_RECORD" -q -o "$TMP/tape" --buffer 256M -- true
	expect_sentence 'no memory for a buffer of 256 MiB.*--buffer'
	[ ! -s "$TMP/tape" ] || expect 3 "$TCPTAPE" verify "$TMP/tape"
	rm -f "$TMP/tape"
	expect 1 "${under[@]}" "$TCPTAPE_RECORD" doctor -o "$TMP/tape" --buffer 256M
	expect_sentence 'control group'
fi

# Stopped while much happens, then continued: what did not fit is counted, type by type, and where.
stopped() {
	"$B/hello_server" --port 0 --ready "$TMP/port" --patience 60 --rounds 20001 >/dev/null &
	"$B/hello_client" --port-from "$TMP/port" --rounds 20001 --ready "$TMP/met" --hold-until "$TMP/go" >/dev/null &
	until_file "$TMP/met"
	kill -STOP "$PPID"
	echo go >"$TMP/go"
	wait
	sleep 3
	kill -CONT "$PPID"
}
export -f stopped
mkfifo "$TMP/over"
"$TCPTAPE_RECORD" -q -o "$TMP/witness" --buffer 256M -- bash -c 'echo up >"$TMP/up"; read -r _ <"$TMP/over"' &
witness=$!
until_file "$TMP/up"
expect 0 "$TCPTAPE_RECORD" -o "$TMP/tape" --buffer 256K -e 'tcp:*' -e 'sock:*' -- bash -euc stopped
echo over >"$TMP/over"
wait $witness
python3 - <<'END'
from tape import *
tape, witness = Tape(), Tape(f"{TMP}/witness")
info = tape.info()
same(witness.info()["lost_total"], 0, "the witness has lost something")
assert info["complete"] and info["lost_total"] > 10000, info
# 20,001 rounds are 40,002 of each: what is not there is lost, type by type.
port = known("port")
for event in ("sock:sock_send_length", "sock:sock_recv_length"):
    seen = sum(r["event"] == event for r in tape.rows("replay", "--port", port))
    real = sum(r["event"] == event for r in witness.rows("replay", "--port", port))
    assert 0 < seen < real, f"{event}: {seen} of {real}"
    lost = sum(l["count"] for l in info["lost"] if l["event"] == event)
    assert lost >= real - seen, f"{event}: {real - seen} are missing, {lost} lost"
    # What else runs on this host may add to it, but not as much again.
    assert lost < 2 * (real - seen) + 1000, f"{event}: {real - seen} are missing, {lost} lost"
for l in info["lost"]:
    assert l["from_ns"] < l["to_ns"] and l["cause"] == "ring_full", l
END

# A processor goes and comes under way, and one comes that was not there at the start.
if [ ! -w $cpu ] || ! echo 1 >$cpu 2>/dev/null; then
	skip "processors cannot be taken away here; all else was tested"
fi
shrink() {
	hello_pair '--rounds 500' '--rounds 500'
	echo 0 >"$cpu"
	hello_pair '--rounds 500' '--rounds 500'
	echo 1 >"$cpu"
	for _ in 1 2 3 4; do hello_pair '--rounds 500' '--rounds 500'; done
}
grow() {
	hello_pair '--rounds 500' '--rounds 500'
	echo 1 >"$cpu"
	for _ in 1 2 3 4; do hello_pair '--rounds 500' '--rounds 500'; done
}
export -f shrink grow
export cpu
whole() {
	expect 0 "$TCPTAPE" verify "$TMP/tape"
	expect 0 "$TCPTAPE" info "$TMP/tape" -f json
	jq -e '.complete and .lost_total == 0' "$TMP/out" >/dev/null || { echo "$1:"; cat "$TMP/out"; return 1; }
	# Each client is there from its beginning to its end.
	"$TCPTAPE" conns "$TMP/tape" -f json >"$TMP/out"
	n=$(jq -s '[.[] | select(.comm == "hello_client" and .role == "client" and .end == "fin" and .tx_bytes == 1000)] | length' "$TMP/out")
	[ "$n" -ge "$2" ] || { echo "$1: $n clients of $2"; grep hello_client "$TMP/out"; return 1; }
}
rm "$TMP/tape"
expect 0 "$TCPTAPE_RECORD" -o "$TMP/tape" -- bash -euc shrink
whole "a processor went and came" 6
echo 0 >$cpu
rm "$TMP/tape"
expect 0 "$TCPTAPE_RECORD" -o "$TMP/tape" -- bash -euc grow
whole "a processor came" 5
