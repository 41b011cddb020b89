#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# A retransmission of each kind that a timer makes, or that could not be sent: as many as bpftrace saw, and as the
# kernel counted itself.
set -eu
. tests/live/stage.bash
need ip nft bpftrace

probe='tracepoint:tcp:tcp_retransmit_skb { @[args->dport] = count(); } tracepoint:tcp:tcp_retransmit_synack { @synack[args->sport] = count(); }'
record_beside "$probe" tests/live/resend_load.py
[ -s "$TMP/netstat" ] || skip "no load: $(tail -n 3 "$TMP/out")"
python3 - <<'END'
import collections
import json
from tape import *

TIMEOUT, SYNACK, FAILED = 7001, 7002, 7003
tape = Tape()
rows = tape.rows("retransmits", "--where", " || ".join(f"lport == {p} || rport == {p}" for p in (TIMEOUT, SYNACK, FAILED)))
kinds = collections.Counter((r["rport"] if r["rport"] < 8000 else r["lport"], r["kind"]) for r in rows)

# What bpftrace saw, of ports of this test alone.
seen, seen_synack = {}, {}
with open(f"{TMP}/bpftrace") as f:
    for line in f:
        row = json.loads(line)
        if row["type"] == "map":
            seen.update({int(k): v for k, v in row["data"].get("@", {}).items()})
            seen_synack.update({int(k): v for k, v in row["data"].get("@synack", {}).items()})
same(kinds[TIMEOUT, "tlp"] + kinds[TIMEOUT, "rto"], seen.get(TIMEOUT), "loss probes and timeouts")
same(kinds[SYNACK, "syn"], seen.get(SYNACK), "SYNs sent again")
same(kinds[SYNACK, "synack"], seen_synack.get(SYNACK), "SYN-ACKs sent again")
same(kinds[FAILED, "failed"], seen.get(FAILED, 0), "segments that could not be sent")
same({k for k in kinds} - {(TIMEOUT, "tlp"), (TIMEOUT, "rto"), (SYNACK, "syn"), (SYNACK, "synack"), (FAILED, "failed")},
     set(), "kinds that there cannot be")

# What the kernel counted. In the context of some tasks (a virtual machine's agent) a kernel may run no BPF program; then
# bpftrace misses what the tape does.
with open(f"{TMP}/netstat") as f:
    count = {name: int(value) for name, value in (line.split() for line in f)}
for got, name in ((kinds[TIMEOUT, "tlp"], "TCPLossProbes"), (kinds[SYNACK, "syn"] + kinds[SYNACK, "synack"], "TCPSynRetrans"),
                  (len(rows) - kinds[FAILED, "failed"], "RetransSegs")):
    assert got and count[name] - got in (0, 1), f"{name}: the kernel counted {count[name]}, the tape has {got}"
# Before 6.17 the event does not fire for what could not be sent.
failed = [r for r in rows if r["kind"] == "failed"]
same({r["err"] for r in failed}, {"EHOSTUNREACH"} if failed else set(), "why they could not be sent")
same({r["ca_state"] for r in rows if r["kind"] == "rto"}, {"TCP_CA_Loss"}, "the state of timeouts")
END
