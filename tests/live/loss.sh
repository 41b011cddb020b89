#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# A link that loses one packet in 25. drops equals the counters of nftables; retransmits equals what bpftrace
# counted by state; tshark sees the same packets sent again, and the same RSTs, in a capture beside the tape.
set -eu
. tests/live/stage.bash
need ip nft tcpdump tshark bpftrace

probe='tracepoint:tcp:tcp_retransmit_skb { printf("%d %llu\n", args->state, nsecs); }'
record_beside "$probe" tests/live/loss_load.py
[ -s "$TMP/near.pcap" ] || skip "no capture: $(tail -n 3 "$TMP/out")"
fields() {
	tshark -r "$TMP/near.pcap" -Y "$1" -T fields -e tcp.srcport -e tcp.dstport -e ip.src 2>/dev/null
}
# Within 3 ms of what it follows tshark calls a retransmission out of order; on this link nothing is.
fields 'tcp.analysis.retransmission || tcp.analysis.out_of_order' >"$TMP/again"
fields 'tcp.flags.reset == 1' >"$TMP/rst"
python3 - <<'END'
import collections
import json
import time
from tape import *

NEAR, PORTS = "10.77.0.1", (7070, 7072)
tape = Tape()
dropped = [r for r in tape.rows("drops") if PORTS[0] in (r["lport"], r["rport"]) or PORTS[1] in (r["lport"], r["rport"])]
resent = [r for r in tape.rows("retransmits") if r["rport"] in PORTS or r["lport"] in PORTS]
resets = [r for r in tape.rows("resets") if r["rport"] in PORTS or r["lport"] in PORTS]

# nftables
with open(f"{TMP}/counters") as f:
    counters = {c["counter"]["name"]: c["counter"]["packets"] for c in json.load(f)["nftables"] if "counter" in c}
by_rule = collections.Counter("silent" if PORTS[1] in (r["lport"], r["rport"]) else "lost"
                              for r in dropped if r["reason"] == "NETFILTER_DROP")
assert counters["lost"] > 0 and counters["silent"] > 0, counters
# Some virtual machines run no BPF programs in the context of their own agent: one may be dropped there.
assert counters["lost"] - by_rule["lost"] in (0, 1), f"dropped {by_rule}, counted {counters}"
# Its SYN is sent again after a second: perhaps when the recording has ended.
assert by_rule["silent"] and counters["silent"] - by_rule["silent"] in (0, 1), f"dropped {by_rule}, counted {counters}"

# bpftrace: all that happened on this host while the recorder ran, which began later and ended earlier
times = [r["ts_ns"] for r in tape.rows("replay", "--fields", "ts")]
since_boot = time.clock_gettime_ns(time.CLOCK_BOOTTIME) - time.clock_gettime_ns(time.CLOCK_MONOTONIC)
STATES = {1: "TCP_ESTABLISHED", 2: "TCP_SYN_SENT", 4: "TCP_FIN_WAIT1", 5: "TCP_FIN_WAIT2", 8: "TCP_CLOSE_WAIT",
          9: "TCP_LAST_ACK", 11: "TCP_CLOSING"}
counted = collections.Counter()
with open(f"{TMP}/bpftrace") as f:
    for row in map(json.loads, f):
        if row["type"] == "printf":
            state, ts_ns = map(int, row["data"].split())
            counted[STATES[state]] += times[0] <= ts_ns + since_boot <= times[-1]
all_resent = [r for r in tape.rows("retransmits") if r["kind"] != "synack"]
same(dict(collections.Counter(r["state"] for r in all_resent)), dict(+counted), "retransmissions by state, and bpftrace's")
# Failed: the event fires for those that could not be sent, too (6.17); they are neither resent nor seen on the wire.
same(all_resent and {r["kind"] for r in all_resent} - {"syn", "fast", "rto", "tlp", "rejected", "spurious", "failed"}, set(), "kinds")
resent = [r for r in resent if r["kind"] != "failed"]
assert {r["kind"] for r in resent if r["rport"] == PORTS[1]} <= {"syn"}, "the SYN that nobody hears"

# conns agrees with both
conns = {r["conn"]: r for r in tape.rows("conns")}
for command, rows in ("retransmits", tape.rows("retransmits")), ("drops", tape.rows("drops")):
    by_conn = collections.Counter(r["conn"] for r in rows if r["conn"] and r.get("kind") != "failed")
    same({c: r[command] for c, r in conns.items() if r[command]}, dict(by_conn), f"{command} of conns")

# tshark, on the near end: what left it
with open(f"{TMP}/again") as f:
    again = collections.Counter(int(line.split()[0]) for line in f if line.split()[1:] == [str(PORTS[0]), NEAR])
# An event may be of a buffer that leaves as several packets.
ours = collections.Counter()
for r in resent:
    if r["laddr"] == NEAR and r["rport"] == PORTS[0]:
        ours[r["lport"]] += max(1, -(-r["payload_bytes"] // 1448))
same(dict(again), dict(ours), "packets sent again by each port, and tshark's")
with open(f"{TMP}/rst") as f:
    seen = len(f.readlines())
# What is dropped on its way out is not on the wire.
unseen = sum("RST" in str(r["tcp_flags"]) for r in dropped)
assert seen <= len(resets) <= seen + unseen, f"{len(resets)} RSTs, tshark's {seen}, and {unseen} dropped"
# The kernel answers with one itself where data comes behind a close.
assert ("sent", "local application") in {(r["direction"], r["by"]) for r in resets if r["laddr"] == NEAR}, resets
print(f"{len(dropped)} dropped, {len(resent)} sent again, {len(resets)} reset")
END
