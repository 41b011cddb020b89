# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# What different commands say of one tape fits together, in every format and for every selection.
#   agreement.py TCPTAPE TAPE...     one line for each disagreement
import collections
import csv
import functools
import io
import json
import subprocess
import sys

SAMPLE = 8  # connections of a tape that are asked for one by one
COUNTED = {  # tables of --by whose counts add up to the rows of the command
    "drops": ("reason", "location", "conn", "second"),
    "retransmits": ("kind", "conn", "peer", "service", "second"),
    "resets": ("reason", "conn", "stage", "direction"),
    "exchanges": ("service", "peer", "conn"),
}
FORMATS = ("conns", "states", "timeline", "exchanges", "drops", "retransmits", "resets", "top", "cwnd", "rtt",
           "replay", "info")


class Tape:
    def __init__(self, tcptape, path):
        self.tcptape, self.path = tcptape, path
        self.problems = []

    @functools.cache
    def run(self, *args, stdin=None):
        done = subprocess.run([self.tcptape, *args, "-" if stdin else self.path], input=stdin, capture_output=True)
        if done.returncode not in (0, 3):
            self.wrong(f"{' '.join(args)} ends with {done.returncode}: {done.stderr.decode().strip()}")
        return done.stdout.decode()

    def rows(self, *args, stdin=None):
        return [json.loads(line) for line in self.run(*args, "-f", "json", stdin=stdin).splitlines()]

    def wrong(self, text):
        self.problems.append(text)

    def same(self, what, a, b):
        if a != b:
            self.wrong(f"{what}: {a} and {b}")


def by(rows, key):
    found = collections.defaultdict(list)
    for row in rows:
        found[row[key]].append(row)
    return found


def total(rows, key):
    return sum(row[key] or 0 for row in rows)


def in_order(rows):
    """Exchanges come when they are over."""
    return sorted(rows, key=lambda row: row.get("start_ns") or 0)


def check_events(t, info, events):
    t.same("info of runs, of one event after the other", info, t.rows("info", "--event", "*"))
    t.same("events_total of info, rows of replay", total(info, "events_total"), len(events))
    names = collections.Counter()
    for section in info:
        names.update(section["events"])
    t.same("events of info, of replay", {n: c for n, c in names.items() if c},
           dict(collections.Counter(e["event"] for e in events)))
    counted = {row["event"]: row["count"] for row in t.rows("replay", "--count-by", "event")}
    t.same("events of info, of --count-by event", {n: c for n, c in names.items() if c}, counted)
    listed = {row["event"]: row["count"] for row in t.rows("info", "--events")}
    if len(info) == 1:
        t.same("events of info, of info --events", dict(names), {n: c for n, c in listed.items() if n in names or c})


def check_states(t, conns, changes):
    """The time of each state is the sum of the changes that left it; a life that is open goes on."""
    left = collections.defaultdict(lambda: collections.defaultdict(int))
    last = {}
    for row in changes:
        if row["duration_ns"] is not None:
            left[row["conn"]][row["from"]] += row["duration_ns"]
        last[row["conn"]] = row["to"]
    for conn, row in conns.items():
        spent = dict(row["states"])
        if row["end_ns"] is None:
            spent.pop(last.get(conn, next(iter(spent), None)), None)
            left[conn].pop(last.get(conn), None)
        t.same(f"conn {conn}: times of its states in conns, in states", spent,
               {s: ns for s, ns in left[conn].items() if ns or s in spent})
        if row["states"] and sum(row["states"].values()) > row["duration_ns"]:
            t.wrong(f"conn {conn}: its states take longer than its life")


def check_budget(t, conns):
    budget = {row["conn"]: row for row in t.rows("conns", "--budget")}
    t.same("connections of conns, of --budget", {c for c, r in conns.items() if r["role"] != "listener"}, set(budget))
    for conn, row in budget.items():
        items = {k: v for k, v in row.items() if k.endswith("_ns") and k != "duration_ns"}
        t.same(f"conn {conn}: items of its budget, its duration", sum(items.values()), row["duration_ns"])
        for key in ("peer", "role", "laddr", "lport", "raddr", "rport", "pid", "comm", "duration_ns", "uncertain"):
            t.same(f"conn {conn}: {key} of its budget, of conns", row[key], conns[conn][key])


def check_peers(t, conns):
    for conn, row in conns.items():
        if row["peer"] is None:
            continue
        peer = conns[row["peer"]]
        t.same(f"conn {conn}: the peer of its peer, itself", peer["peer"], conn)
        t.same(f"conn {conn}: its address, that its peer has", (row["laddr"], row["lport"]),
               (peer["raddr"], peer["rport"]))
        t.same(f"conn {conn}: roles", sorted((row["role"], peer["role"])), ["client", "server"])
        if row["uncertain"] or peer["uncertain"] or row["end"] != "fin" or peer["end"] != "fin":
            continue
        t.same(f"conn {conn}: bytes sent, received by its peer", row["tx_bytes"], peer["rx_bytes"])


def check_counts(t, conns):
    """What lists have of each connection, tables by connection and conns have, too."""
    for command, words in COUNTED.items():
        rows = t.rows(command)
        for word in words:
            counted = total(t.rows(command, "--by", word), "exchanges" if command == "exchanges" else "count")
            t.same(f"rows of {command}, counts of --by {word}", len(rows), counted)
        of_conn = {c: len(r) for c, r in by(rows, "conn").items()}
        if command in ("drops", "retransmits"):
            expected = {c: r[command] for c, r in conns.items() if r[command]}
            t.same(f"{command} of each connection, in conns", {c: n for c, n in of_conn.items() if c}, expected)
    turns = by(t.rows("exchanges"), "conn")
    for conn, rows in turns.items():
        client, server = conns[conn], conns.get(conns[conn]["peer"])
        if total(rows, "request_bytes") > client["tx_bytes"]:
            t.wrong(f"conn {conn}: more bytes requested than sent")
        if total(rows, "response_bytes") > (server["tx_bytes"] if server else client["rx_bytes"]):
            t.wrong(f"conn {conn}: more bytes answered than sent")
        t.same(f"conn {conn}: numbers of its exchanges", [r["n"] for r in rows], list(range(1, len(rows) + 1)))
    moved = by(t.rows("top", "--interval", "1ms"), "conn")
    for conn, row in conns.items():
        for key in ("tx_bytes", "rx_bytes", "retransmits"):
            t.same(f"conn {conn}: {key} of top, of conns", total(moved[conn], key), row[key] or 0)
    for word in ("peer", "service", "conn"):
        t.same(f"samples of rtt, of --by {word}", total(t.rows("rtt"), "samples"),
               total(t.rows("rtt", "--by", word), "samples"))


def check_selections(t, conns, events):
    for conn in sorted(conns)[:: max(1, len(conns) // SAMPLE)]:
        t.same(f"conn {conn} by its number", t.rows("conns", "--conn", str(conn)), [conns[conn]])
    for option, key in (("--port", "lport"), ("--addr", "raddr"), ("--pid", "pid"), ("--comm", "comm")):
        values = sorted({r[key] for r in conns.values() if r[key]}, key=str)
        for value in values[:: max(1, len(values) // SAMPLE)]:
            keys = {"lport": ("lport", "rport"), "raddr": ("laddr", "raddr")}.get(key, (key,))
            expected = sorted(c for c, r in conns.items() if value in [r[k] for k in keys])
            t.same(f"conns {option} {value}, conns", [r["conn"] for r in t.rows("conns", option, str(value))], expected)
    for role in ("client", "server", "listener", "unknown"):
        t.same(f"conns --role {role}, conns", [r["conn"] for r in t.rows("conns", "--role", role)],
               [c for c, r in conns.items() if r["role"] == role])
    for event, found in list(by(events, "event").items())[:SAMPLE]:
        have = [r["conn"] for r in t.rows("conns", "-e", event)]
        lack = [r["conn"] for r in t.rows("conns", "-e", f"!{event}")]
        t.same(f"conns with and without {event}, conns", sorted(have + lack), list(conns))
        if not {e["conn"] for e in found if e["conn"]} <= set(have):
            t.wrong(f"conns -e {event} lacks some that replay has events of")
        for command in ("states", "top"):
            rows = [r for r in t.rows(command) if r["conn"] in have]
            t.same(f"{command} -e {event}, of these connections", t.rows(command, "-e", event), rows)
    if events:
        middle = f"{(events[len(events) // 2]['ts_ns'] - events[0]['ts_ns'])}ns"
        for command in ("replay", "states", "drops", "exchanges"):
            rows = t.rows(command, "--until", middle) + t.rows(command, "--since", middle)
            t.same(f"{command} before and after {middle}, all of it", in_order(rows), in_order(t.rows(command)))


def cell(value):
    """A value of JSON as CSV has it."""
    if isinstance(value, str):
        return value.replace("\\", "\\\\").replace("\n", "\\n")
    return "" if value is None else json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def check_formats(t):
    for command in FORMATS:
        rows = t.rows(command)
        table = list(csv.DictReader(io.StringIO(t.run(command, "-f", "csv"))))
        t.same(f"rows of {command} in JSON, in CSV", len(rows), len(table))
        for row, line in zip(rows, table):
            t.same(f"{command} in JSON, in CSV", {key: cell(value) for key, value in row.items()}, line)
    for command in ("conns", "states", "exchanges", "drops", "retransmits", "resets", "top"):
        rows = t.rows(command)
        text = t.run(command, "--fields", "conn").split("\n")[1:]
        if rows:
            text = [word.strip() for word in text if " packet" not in word][:-1]
            t.same(f"{command} in JSON, in text", [str(row["conn"] or "-") for row in rows], text)


def check_ways(t, conns):
    """What needs no second look is the same from a pipe."""
    with open(t.path, "rb") as f:
        tape = f.read()
    t.same("conns of the file, of a pipe", list(conns.values()), t.rows("conns", stdin=tape))
    for command in ("states", "exchanges", "drops", "retransmits", "resets"):
        t.same(f"{command} of the file, of a pipe", t.run(command), t.run(command, stdin=tape))


def check(tcptape, path):
    t = Tape(tcptape, path)
    info, events, rows, changes = t.rows("info"), t.rows("replay"), t.rows("conns"), t.rows("states")
    conns = {row["conn"]: row for row in rows}
    t.same("rows of conns, their numbers", [r["conn"] for r in rows], sorted(conns))
    t.same("sockets of info, rows of conns", total(info, "sockets"), len(rows))
    if any(e["conn"] and e["conn"] not in conns for e in events):
        t.wrong("replay has connections that conns has not")
    check_events(t, info, events)
    check_states(t, conns, changes)
    check_budget(t, conns)
    check_peers(t, conns)
    check_counts(t, conns)
    check_selections(t, conns, events)
    check_formats(t)
    check_ways(t, conns)
    for problem in t.problems:
        print(f"{path}: {problem}"[:400])


for tape in sys.argv[2:]:
    check(sys.argv[1], tape)
