# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""measures.py SEEN: rtt, cwnd and top of $TMP/tape against three witnesses.

SEEN has a line "cookie srtt cwnd ssthresh snd_wnd data_len" for each tcp_probe; $TMP/d/before and after are what ss and the
application said (summary_load.py). Ends with 1 when something differs, with 3 when events are missing in SEEN.
"""
import collections
import json
import re
import sys

from tape import TMP, Tape, one, same

UNLIMITED = 0x7FFFFFFF


def load(name):
    with open(f"{TMP}/d/{name}") as f:
        return json.load(f)


def word(text, name):
    found = re.search(rf"(?:^|\s){name}:(\S+)", text)
    return found[1] if found else None


def from_tracer(path):
    """{cookie: [(srtt, cwnd, ssthresh, snd_wnd, data_len)]}, sorted: lines of several CPUs come in no order."""
    seen = collections.defaultdict(list)
    with open(path) as f:
        for line in f:
            if "ost" in line:
                print(line)
                sys.exit(3)
            if re.fullmatch(r"\d+( \d+){5}\n", line):
                cookie, *values = map(int, line.split())
                seen[cookie].append(tuple(values))
    return {cookie: sorted(values) for cookie, values in seen.items()}


def rtt_is_that_of(rows, probes, name):
    srtts = sorted(p[0] for p in probes if p[0])
    if not srtts:
        return 0
    row = one(rows, name, conn=name)
    same((row["samples"], row["min_us"], row["max_us"]), (len(srtts), srtts[0], srtts[-1]), f"round-trip times of {name}")
    for first, last, count in row["histogram"]:
        same(count, sum(first <= s <= last for s in srtts), f"{name}: round-trip times from {first} to {last}")
    for key, rank in (("p50_us", 50), ("p90_us", 90), ("p99_us", 99)):
        want = srtts[max(0, -(-rank * len(srtts) // 100) - 1)]
        assert abs(row[key] - want) <= want / 64 + 1, f"{name}: {key} is {row[key]}, should be {want}"
    assert abs(row["mean_us"] - sum(srtts) / len(srtts)) <= 0.51, f"{name}: the mean is {row['mean_us']}"
    return len(srtts)


def cwnd_is_that_of(rows, probes, name):
    got = sorted((r["srtt_us"] or 0, r["cwnd"], UNLIMITED if r["ssthresh"] is None else r["ssthresh"], r["snd_wnd"], r["data_bytes"])
                 for r in rows if r["conn"] == name and r["event"] == "tcp:tcp_probe")
    same(got, probes, f"samples of tcp_probe of {name}")


def snapshot_is_that_of_ss(rows, known, conn):
    row = one([r for r in rows if r["event"] == "tcptape:sock_snapshot"], conn=conn)
    said = known["ss"]
    same(row["cwnd"], int(word(said, "cwnd")), f"cwnd of {conn} when the tape began")
    threshold = word(said, "ssthresh")
    same(row["ssthresh"], threshold and int(threshold), f"ssthresh of {conn} when the tape began")
    srtt = float(word(said, "rtt").split("/")[0])
    assert abs(row["srtt_us"] / 1000 - srtt) <= max(0.0011, srtt / 1000), f"srtt of {conn}: {row['srtt_us']} us, ss has {srtt} ms"


def least_is_that_of_ss(rows, known, conn):
    """Closing may have measured a smaller one."""
    least, ss = one(rows, conn=conn)["min_rtt_us"], float(word(known["ss"], "minrtt"))
    assert 0 < least / 1000 <= ss + 0.0011, f"least round-trip time of {conn}: {least} us, ss has {ss} ms"


def moved(rows, conn):
    mine = [r for r in rows if r["conn"] == conn]
    return sum(r["tx_bytes"] for r in mine), sum(r["rx_bytes"] for r in mine)


def main(path):
    tape, seen = Tape(), from_tracer(path)
    conns, cwnd = tape.rows("conns"), tape.rows("cwnd")
    all_rtts, probed = tape.rows("rtt", "--by", "conn"), tape.rows("rtt", "--by", "conn", "--event", "tcp_probe")
    tops = [tape.rows("top", "--interval", i) for i in ("10ms", "1s", "1h")]
    samples = resent = 0
    for before, after in zip(load("before"), load("after")):
        known = one(conns, lport=after["lport"], rport=after["rport"])
        conn, probes = known["conn"], seen.get(known["cookie"], [])
        samples += rtt_is_that_of(probed, probes, conn)
        cwnd_is_that_of(cwnd, probes, conn)
        snapshot_is_that_of_ss(cwnd, before, conn)
        least_is_that_of_ss(all_rtts, after, conn)
        for top in tops:
            want = (after["sent"] - before["sent"], after["received"] - before["received"])
            same(moved(top, conn), want, f"what the application moved on {conn}")
        resent += known["retransmits"]
        same(sum(r["retransmits"] for r in tops[0] if r["conn"] == conn), known["retransmits"], f"retransmits of {conn}")
    assert samples > 100 and resent > 0, f"{samples} samples and {resent} retransmits prove nothing"
    print(f"{samples} round-trip times and windows, {resent} retransmits")


main(sys.argv[1])
