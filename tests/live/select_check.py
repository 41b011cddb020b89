# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""What a filtered tape holds, compared with the witness's of the same time."""
import collections
import ipaddress
import sys

from tape import TMP, Tape, known, same

NAME, ROUND, THEIR_PID, OUR_PID, THEIR_NETNS = sys.argv[1], *map(int, sys.argv[2:6])
GROUPS = {"port": "ours", "addr": "theirs", "pid": "theirs", "comm": "theirs", "netns": "theirs", "cgroup": "theirs",
          "both": "ours", "local": "theirs"}
PORTS = {known("ours.port"): "ours", known("theirs_.port"): "theirs"}
MASK = (1 << 64) - 1


def end_hash(addr, port):
    addr = ipaddress.ip_address(addr)
    if addr.version == 4:
        addr = ipaddress.ip_address(f"::ffff:{addr}")
    high, low = divmod(int(addr), 1 << 64)
    h = (high * 0x9e3779b97f4a7c15 + low) & MASK
    h = ((h ^ port << 48) * 0xbf58476d1ce4e5b9) & MASK
    h = ((h ^ h >> 29) * 0x94d049bb133111eb) & MASK
    return h ^ h >> 32


def is_sampled(ends, of):
    total = sum(end_hash(*e) for e in ends) & MASK
    return ((total * 0x9e3779b97f4a7c15) & MASK) >> 32 <= 0xffffffff // of


def is_wanted(ends):
    group = next((PORTS[p] for _, p in ends if p in PORTS), None)
    if NAME == "sample":
        return is_sampled(ends, 3)
    if NAME == "clients":
        return group is not None and any(30000 <= p <= 46000 for _, p in ends)
    if NAME == "quarter":
        return group == "theirs" and is_sampled(ends, 2)
    return group == GROUPS[NAME]


def ends_of(row):
    """The two ends of what a row of replay tells of, from the packet or the socket."""
    for source in (row["extra"], row["fields"]):
        if source.get("daddr") and source.get("dport") and source.get("sport"):
            return tuple(sorted(((source["saddr"], source["sport"]), (source["daddr"], source["dport"]))))
    return None


class Side:
    """Whole events of connections between the two groups' ends, by connection."""

    def __init__(self, path, span=None):
        self.tape = Tape(path)
        same(self.tape.info()["lost_total"], 0, f"events lost by {path}")
        rows = [r for r in self.tape.rows("replay") if not r["event"].startswith("tcptape:")]
        self.first, self.last = rows[0]["ts_ns"], rows[-1]["ts_ns"]
        conns = {c["conn"]: c for c in self.tape.rows("conns")}
        self.events, self.strays = collections.defaultdict(collections.Counter), collections.Counter()
        for r in rows:
            if span and not span[0] <= r["ts_ns"] <= span[1]:
                continue
            conn = conns.get(r["conn"])
            ends = None
            if conn and conn["role"] != "listener" and conn["raddr"]:
                ends = tuple(sorted(((conn["laddr"], conn["lport"]), (conn["raddr"], conn["rport"]))))
            ends = ends or ends_of(r)
            if ends:
                self.events[ends][r["event"], r["cpu"], conn and conn["cookie"]] += 1
            else:
                self.strays[r["event"]] += 1


mine, all_ = Side(f"{TMP}/{NAME}.tape"), Side(f"{TMP}/witness.tape")
known_ports = set(PORTS)
want = {e: c for e, c in all_.events.items() if {p for _, p in e} & known_ports and is_wanted(e)}
assert want, f"{NAME}: the load has made no connection that fits; the witness saw {len(all_.events)}"
got = mine.events
others = {e for e in got if not is_wanted(e) and (NAME != "clients" or {p for _, p in e} & known_ports)}
same(others, set(), f"{NAME}: connections that do not fit, among {len(got)}")
lacking = set(want) - set(got)
same(lacking, set(), f"{NAME}: connections that are missing, of {len(want)}")
for e, events in want.items():
    by_event, seen = collections.Counter(), collections.Counter()
    for (event, _, cookie), n in events.items():
        by_event[event, cookie] += n
    for (event, _, cookie), n in got[e].items():
        seen[event, cookie] += n
    # The filtered recorder began first and ended last: it may have more of them, never less.
    less = {k: (n, seen[k]) for k, n in by_event.items() if seen[k] < n}
    same(less, {}, f"{NAME}: events that are missing of {e}, (witness, filtered)")
facts = mine.tape.info()["filters"]
assert facts, f"{NAME}: the tape does not say what was selected"
