#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""tcplife.py: $TMP/tape against what tcplife ($TMP/life) and tcpstates ($TMP/states) printed of the same run.

Ends with 1 when something differs, with 3 when too many durations do: both wake their user side for each event, which
now and then runs before the other tracer takes its time. live/states has a tracer that does not, and spares none.
"""
import collections
import sys

from tape import TMP, Tape, same

LIMIT_MS = 0.05
LIFE_STEP_MS, STATES_STEP_MS = 0.01, 0.001  # what they print ends here
SPARED = 11  # of 582 durations: 2 %
BYTES_STEP = 10.24 + 2  # KB with two decimals; bytes_acked counts a SYN and a FIN


def lines(name, ports, remote, local):
    """The words of each line whose ports are the scene's."""
    with open(f"{TMP}/{name}") as f:
        return [w for w in map(str.split, f) if len(w) > remote and {w[remote], w[local]} & ports]


def endpoints(row):
    return row["laddr"], row["lport"], row["raddr"], row["rport"]


def plain(address):
    """Both print IPv6 as it is; so does tcptape."""
    return address.removeprefix("::ffff:")


def check_lives(tape, ports):
    """tcplife counts from ESTABLISHED on, and knows the owner of who connects or closes last; of others it prints
    whoever ran when the last packet came."""
    theirs = collections.defaultdict(list)
    for pid, comm, laddr, lport, raddr, rport, tx, rx, ms in (w[:9] for w in lines("life", ports, 5, 3)):
        theirs[plain(laddr), int(lport), plain(raddr), int(rport)].append((int(pid), comm, float(tx), float(rx), float(ms)))
    far, owners = [], 0
    rows = [r for r in tape.rows("conns", "--port", ",".join(ports)) if r["role"] in ("client", "server")]
    assert len(rows) == 2 * (8 + 40), f"{len(rows)} socket lives"
    for row in rows:
        who = f"conn {row['conn']} {endpoints(row)}"
        assert len(theirs[endpoints(row)]) == 1, f"{who}: tcplife has {theirs[endpoints(row)]}"
        pid, comm, tx, rx, ms = theirs[endpoints(row)][0]
        if row["role"] == "client" or "TCP_LAST_ACK" in row["states"]:
            owners += 1
            same((row["pid"], row["comm"]), (pid, comm), f"owner of {who}")
        if row["end"] == "fin":
            for ours, kb in ((row["tx_bytes"], tx), (row["rx_bytes"], rx)):
                assert abs(ours - kb * 1024) <= BYTES_STEP, f"{who}: {ours} bytes, tcplife {kb} KB"
        mine = sum(ns for s, ns in row["states"].items() if s not in ("TCP_SYN_SENT", "TCP_SYN_RECV")) / 1e6
        if abs(mine - ms) > LIMIT_MS + LIFE_STEP_MS:
            far.append(f"{who}: {mine:.3f} ms, tcplife {ms} ms")
    print(f"{len(rows)} socket lives, {owners} owners")
    return far


def check_states(tape, ports):
    """Of changes on different CPUs tcpstates prints the later one first, now and then: they are compared by kind."""
    theirs, ours = collections.defaultdict(list), collections.defaultdict(list)
    for w in lines("states", ports, 7, 5):
        theirs[int(w[0], 16), f"TCP_{w[8]}", f"TCP_{w[10]}"].append(float(w[11]))
    skaddr, far = {}, []
    for row in tape.rows("replay", "--port", ",".join(ports), "--event", "inet_sock_set_state"):
        skaddr[row["conn"]] = int(row["fields"]["skaddr"], 16)
    for row in tape.rows("states", "--port", ",".join(ports)):
        ours[skaddr[row["conn"]], row["from"], row["to"]].append((row["duration_ns"] or 0) / 1e6)
    counts = [{what: len(ms) for what, ms in of.items()} for of in (ours, theirs)]
    same(sorted(counts[0].items() - counts[1].items()), sorted(counts[1].items() - counts[0].items()),
         "how often each socket changed from one state to another")
    for (address, old, new), mine in ours.items():
        for a, b in zip(sorted(mine), sorted(theirs[address, old, new])):
            if old != "TCP_CLOSE" and abs(a - b) > LIMIT_MS + STATES_STEP_MS:
                far.append(f"{address:#x} {old} -> {new}: {a:.3f} ms, tcpstates {b} ms")
    print(f"{sum(counts[0].values())} changes")
    return far


def main():
    with open(f"{TMP}/ports") as f:
        ports = set(f.read().split())
    tape = Tape()
    far = check_lives(tape, ports) + check_states(tape, ports)
    print(f"{len(far)} durations differ by more than {LIMIT_MS} ms")
    if len(far) > SPARED:
        print("\n".join(far[:20]))
        sys.exit(3)


if __name__ == "__main__":
    main()
