#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# Over its share of the processor the recorder leaves out whole types of events, counts every one of
# them, says so, and takes them in again; what tells how connections live always stays.
set -eu
. tests/live/stage.bash
need jq

port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
echo "$port" >"$TMP/fixed"
# Talk until the recorder says that it leaves something out, then a little more, then rest.
talk_too_much() {
	local port rounds=0
	port=$(cat "$TMP/fixed")
	for _ in $(seq 100); do
		rm -f "$TMP/port"
		"$B/hello_server" --port "$port" --ready "$TMP/port" --patience 60 --rounds 50000 >/dev/null &
		"$B/hello_client" --port-from "$TMP/port" --rounds 50000 >/dev/null
		wait
		rounds=$((rounds + 50000))
		echo $rounds >"$TMP/rounds"
		if grep -q 'left out' "$TMP/err"; then break; fi
	done
	sleep 7
}
export -f talk_too_much
expect 0 "$TCPTAPE_RECORD" -o "$TMP/tape" --port "$port" --max-cpu 1 -- bash -euc talk_too_much
tr '\n' ' ' <"$TMP/err" >"$TMP/said"
grep -q 'over --max-cpu ([0-9]* % of a core, limit 1 %): left out and counted' "$TMP/said" &&
	grep -qi ' lost, [0-9,]* left out' "$TMP/said" ||
	{ echo "it was not said:"; cat "$TMP/err"; exit 1; }
expect 0 "$TCPTAPE" verify "$TMP/tape"
python3 - <<'END'
from tape import *
tape = Tape()
info = tape.info()
text, _ = tape.run("info")
missing, shed = {}, set()
for loss in info["lost"]:
    missing[loss["event"]] = missing.get(loss["event"], 0) + loss["count"]
    if loss["cause"] == "shed":
        shed.add(loss["event"])
    else: # a machine as busy as that
        same(loss["cause"], "ring_full", f"why events are missing: {loss}")
same(sum(missing.values()), info["lost_total"], "the losses and their sum")
assert "skb:skb_copy_datagram_iovec" in shed, f"nothing was left out: {info['lost']}"
for event in ("sock:inet_sock_set_state", "tcp:tcp_destroy_sock"):
    assert event not in shed, f"{event} was left out"
# What is on the tape and what was left out are all there was.
sends = info["events"].get("sock:sock_send_length", 0) + missing.get("sock:sock_send_length", 0)
same(sends, 2 * known("rounds"), "sends, on the tape or left out")
assert any("left out (" in s for s in info["shed"]), f"shed: {info['shed']}"
for word in ("left out (", "recorded again ("):
    assert word in text, f"info does not say '{word}':\n{text}"
if set(missing) - shed:
    raise SystemExit(0)
rows = tape.rows("conns", "--port", known("fixed"))
ends = [r["end"] for r in rows if r["role"] != "listener"]
same(len(ends), 2 * known("rounds") // 50000, "ends of connections")
same(set(ends), {"fin"}, "how they ended")
END

# --max-memory: kept, and nothing is missing on the tape, while sockets come and go by the thousand.
count=6000
crowd() {
	hello_pair "--count $1" "--count $1"
	grep VmData "/proc/$PPID/status" | tr -dc 0-9 >"$TMP/heap"
}
export -f crowd
expect 0 "$TCPTAPE_RECORD" -o "$TMP/small" -e 'sock:*' --buffer 8M --max-memory 40M -- bash -euc 'crowd "$1"' scene $count
heap=$(cat "$TMP/heap")
[ "$heap" -le $((32 << 10)) ] || { echo "--max-memory 40M, 8M of it buffer: $heap KiB more"; exit 1; }
expect 0 "$TCPTAPE" conns "$TMP/small" --port "$(cat "$TMP/port")" -f json
ends=$(jq -s 'map(select(.role != "listener" and .end == "fin" and .tx_bytes > 0)) | length' "$TMP/out")
[ "$ends" -eq $((2 * count)) ] || { echo "$ends ends of connections on a tape with many epochs"; exit 1; }
# At the least that is allowed the whole process fits, also with few types of events and with pieces.
crowds() {
	for _ in 1 2 3 4 5; do crowd "$1"; done
	grep VmHWM "/proc/$PPID/status" | tr -dc 0-9 >"$TMP/peak"
}
export -f crowds
for more in '--max-cpu 1' '--rotate-size 300K --keep 2'; do
	# shellcheck disable=SC2086
	expect 0 "$TCPTAPE_RECORD" -o "$TMP/least" --force --max-memory 31M $more -- bash -euc 'crowds "$1"' scene 10000
	peak=$(cat "$TMP/peak")
	[ "$peak" -le $((31 << 10)) ] || { echo "--max-memory 31M $more: $peak KiB"; exit 1; }
done
expect 2 "$TCPTAPE_RECORD" -o "$TMP/none" --max-memory 30M -d 1
expect_sentence 'max-memory: 30 MiB are too little.*need 31 MiB'
