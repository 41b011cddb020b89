# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""summary.py: $TMP/tape against what ss and the application said in $TMP/d/before and $TMP/d/after."""
import json
import re

from tape import TMP, Tape, one

# The word of ss and the field; what ss does not print is 0.
COUNTERS = {"bytes_sent": "bytes_sent", "bytes_retrans": "bytes_retrans", "bytes_acked": "bytes_acked",
            "bytes_received": "bytes_received", "segs_out": "segs_out", "segs_in": "segs_in",
            "data_segs_out": "data_segs_out", "data_segs_in": "data_segs_in", "delivered": "delivered",
            "dsack_dups": "dsack_dups", "reord_seen": "reord_seen", "rcv_ooopack": "rcv_ooopack", "mss": "snd_mss",
            "unacked": "unacked", "sacked": "sacked", "lost": "lost", "pmtu": "pmtu", "advmss": "advmss", "cwnd": "snd_cwnd"}
# What closing does not move.
LASTING = ["bytes_sent", "bytes_retrans", "data_segs_out", "data_segs_in", "dsack_dups", "reord_seen", "rcv_ooopack",
           "advmss"]
wrong = []


def check(got, want, what):
    if got != want:
        wrong.append(f"{what}: the tape has {got!r}, should be {want!r}")


def word(text, name, default="0"):
    found = re.search(rf"(?:^|\s){name}:(\S+)", text)
    return found[1] if found else default


def of_ss(text):
    """Counters by the names of our fields."""
    said = {field: int(word(text, name)) for name, field in COUNTERS.items()}
    said["total_retrans"] = int(word(text, "retrans", "0/0").split("/")[1])
    said["retrans"] = int(word(text, "retrans", "0/0").split("/")[0])
    said["congestion"] = re.search(r"\s(cubic|reno|bbr|dctcp|\w+)\s(?:wscale|rto)", text)[1]
    return said


def times_of_ss(text):
    """Milliseconds as ss rounds them."""
    rtt, rttvar = word(text, "rtt").split("/")
    said = {"srtt_us": rtt, "rttvar_us": rttvar, "rcv_rtt_us": word(text, "rcv_rtt"), "min_rtt_us": word(text, "minrtt")}
    return {k: float(v) for k, v in said.items()}


def chrono_of_ss(text):
    return {f"{name}_us": int(word(text, name, "0ms").split("ms")[0]) for name in ("busy", "rwnd_limited", "sndbuf_limited")}


def rate_of_ss(text, name):
    """Bytes a second."""
    found = re.search(rf"(?:^|\s){name} (\d+)bps", text)
    return int(found[1]) // 8 if found else 0


def rate(f):
    return f["rate_delivered"] * f["snd_mss"] * 1000000 // f["rate_interval_us"] if f["rate_interval_us"] else 0


def name_of(known):
    return f"{known['lport']} to {known['rport']}, ends by {known['ends']}"


def same_as_ss(fields, known):
    for field, want in of_ss(known["ss"]).items():
        check(fields[field], want, f"{name_of(known)}: {field}")
    for field, want in times_of_ss(known["ss"]).items():
        got = (fields[field] or 0) / 1000
        if abs(got - want) > max(0.0011, want / 1000):
            check(got, want, f"{name_of(known)}: {field} in ms")
    for field, want in chrono_of_ss(known["ss"]).items():
        check(fields[field] // 1000, want, f"{name_of(known)}: {field} in ms")
    check(rate(fields), rate_of_ss(known["ss"], "delivery_rate"), f"{name_of(known)}: delivery rate")
    # ss prints none that has no limit.
    unlimited = fields["pacing_rate"] >= 1 << 63
    check(0 if unlimited else fields["pacing_rate"], rate_of_ss(known["ss"], "pacing_rate"), f"{name_of(known)}: pacing rate")


def at_end(fields, known):
    said, by_fin = of_ss(known["ss"]), known["ends"] != "reset"
    for field in LASTING:
        check(fields[field], said[field], f"{name_of(known)}: {field} at the end")
    check(fields["bytes_sent"] - fields["bytes_retrans"], known["sent"], f"{name_of(known)}: bytes sent")
    # The kernel counts the client's SYN and both FINs, too, as soon as they are acknowledged or received.
    syn = 1 if known["is_client"] else 0
    acked, received = fields["bytes_acked"] - known["sent"] - syn, fields["bytes_received"] - known["received"]
    if acked not in ((0, 1) if by_fin else (0,)) or received not in ((0, 1) if by_fin else (0,)):
        wrong.append(f"{name_of(known)}: {fields['bytes_acked']} bytes acked of {known['sent']}, "
                     f"{fields['bytes_received']} received of {known['received']}")


def load(name):
    with open(f"{TMP}/d/{name}") as f:
        return json.load(f)


def conn_of(known):
    # By what is known of the connection: the kernel has cleared the ports of some when they end.
    return one(conns, lport=known["lport"], rport=known["rport"])["conn"]


def fields_of(rows, known):
    conn = conn_of(known)
    match = [r["fields"] for r in rows if r["conn"] == conn]
    assert len(match) == 1, f"{name_of(known)}: {len(match)} rows"
    return match[0]


tape = Tape()
replay, conns = tape.rows("replay"), tape.rows("conns")
snapshots = [r for r in replay if r["event"] == "tcptape:sock_snapshot"]
summaries = [r for r in replay if r["event"] == "tcptape:sock_summary"]
for known in load("before"):
    same_as_ss(fields_of(snapshots, known), known)
closed_from = {r["conn"]: r["from"] for r in tape.rows("states") if r["to"] == "TCP_CLOSE"}
retransmitted = 0
for known in load("after"):
    fields = fields_of(summaries, known)
    at_end(fields, known)
    check(fields["state"], closed_from[conn_of(known)], f"{name_of(known)}: the state before")
    retransmitted += fields["total_retrans"]
assert retransmitted > 0, "no segment was sent again"
assert not wrong, "\n".join(wrong)
