# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""tape.py -- a tape as the live tests see it: through `tcptape ... -f json`, and as a user would."""
import json
import os
import subprocess

TMP = os.environ["TMP"]

# What the kernel does with a connection, seen from either side (RFC 9293 figure 5).
OPENED_BY_CLIENT = ["TCP_SYN_SENT", "TCP_ESTABLISHED"]
OPENED_BY_SERVER = ["TCP_SYN_RECV", "TCP_ESTABLISHED"]
CLOSED_FIRST = ["TCP_FIN_WAIT1", "TCP_FIN_WAIT2", "TCP_CLOSE"]  # CLOSE: TIME_WAIT begins
CLOSED_SECOND = ["TCP_CLOSE_WAIT", "TCP_LAST_ACK", "TCP_CLOSE"]


def known(name):
    """What a scene wrote down: a number in $TMP/NAME."""
    with open(f"{TMP}/{name}") as f:
        return int(f.read().split()[0])


class Tape:
    def __init__(self, path=f"{TMP}/tape", status=0):
        self.path, self.status = path, status

    def run(self, command, *options):
        """(stdout, stderr)"""
        done = subprocess.run([os.environ["TCPTAPE"], command, self.path, *map(str, options)],
                              capture_output=True, text=True)
        what = f"tcptape {command} {' '.join(map(str, options))} ended with {done.returncode}: {done.stderr}"
        assert done.returncode == self.status, what
        return done.stdout, done.stderr

    def rows(self, command, *options):
        return [json.loads(line) for line in self.run(command, "-f", "json", *options)[0].splitlines()]

    def info(self):
        rows = self.rows("info")
        assert len(rows) == 1, f"info has {len(rows)} rows"
        return rows[0]

    def path_of(self, conn):
        """The states of one socket life in order, the first left out."""
        rows = [r for r in self.rows("states", "--conn", conn) if r["conn"] == conn]
        for a, b in zip(rows, rows[1:]):
            same(a["to"], b["from"], f"conn {conn}: a state change is missing")
        return [r["to"] for r in rows]


def same(got, want, what):
    assert got == want, f"{what}: got {got!r}, want {want!r}"


def one(rows, what=None, **match):
    """The row with these values; there must be exactly one."""
    found = [r for r in rows if all(r.get(k) == v for k, v in match.items())]
    text = "\n".join(json.dumps(r) for r in rows[:20])
    assert len(found) == 1, f"{what or match}: {len(found)} rows instead of 1 among {len(rows)}:\n{text}"
    return found[0]


class Hello:
    """Client, server and listener of one run of hello_pair, and what always holds for them."""

    def __init__(self, tape, addr="127.0.0.1"):
        self.tape, self.port = tape, known("port")
        rows = tape.rows("conns", "--port", self.port)
        same(len(rows), 3, f"rows of conns on port {self.port}: {rows}")
        self.client = one(rows, role="client")
        self.server = one(rows, role="server")
        self.listener = one(rows, role="listener")
        self.belongs_together(addr)

    def belongs_together(self, addr):
        c, s = self.client, self.server
        same((c["peer"], s["peer"]), (s["conn"], c["conn"]), "each is the other's peer")
        same(self.listener["peer"], None, "the listener's peer")
        same((c["laddr"], c["lport"], c["raddr"], c["rport"]), (s["raddr"], s["rport"], s["laddr"], s["lport"]),
             "the addresses of both sides, reversed")
        same((c["laddr"], c["raddr"], c["rport"]), (addr, addr, self.port), "the client's addresses")
        same((c["comm"], c["pid"]), ("hello_client", known("client.pid")), "who owns the client")
        same((s["comm"], s["pid"]), ("hello_server", known("server.pid")), "who owns the server")
        same((self.listener["comm"], self.listener["pid"]), (s["comm"], s["pid"]), "who owns the listener")
        same((self.listener["lport"], self.listener["raddr"] in (None, "0.0.0.0", "::")), (self.port, True),
             "the listener's addresses")
        for row in (c, s, self.listener):
            same(row["uncertain"], False, "nothing was lost, so nothing is uncertain")
        same(c["netns"], s["netns"], "the network namespace")

    def passes_through(self, client, server):
        """Both sides' states, and that conns and states tell the same times."""
        same(self.tape.path_of(self.client["conn"]), client, "the client's states")
        same(self.tape.path_of(self.server["conn"]), server, "the server's states")
        for row in (self.client, self.server):
            times = {}
            for r in self.tape.rows("states", "--conn", row["conn"]):
                if r["duration_ns"] is not None:
                    times[r["from"]] = times.get(r["from"], 0) + r["duration_ns"]
            same({k: v for k, v in row["states"].items() if v}, times, "time in each state, conns and states")
            same(sum(times.values()), row["duration_ns"], "the states' times add up to the life")

    def ends(self, client, server):
        same((self.client["end"], self.server["end"]), (client, server), "how client and server ended")

    def carried(self, asked, answered):
        c, s = self.client, self.server
        same((c["tx_bytes"], c["rx_bytes"]), (asked, answered), "the client's bytes")
        same((s["tx_bytes"], s["rx_bytes"]), (answered, asked), "the server's bytes")

    def turns(self, *sizes):
        """(request, response) of each turn, once for the connection."""
        rows = self.tape.rows("exchanges", "--port", self.port)
        same([(r["request_bytes"], r["response_bytes"]) for r in rows], list(sizes), "exchanges")
        same([r["n"] for r in rows], list(range(1, len(sizes) + 1)), "exchanges are numbered")
        for r in rows:
            same({r["conn"], r["peer"]}, {self.client["conn"], self.server["conn"]}, "whose exchange")
            parts = [r[k] for k in ("request_ns", "think_ns", "response_ns")]
            assert all(p is None or p >= 0 for p in parts), f"times of a turn: {r}"
            if None not in parts:
                assert sum(parts) <= r["total_ns"], f"the parts of a turn are longer than the whole: {r}"

    def timeline(self):
        rows = self.tape.rows("timeline", "--conn", self.client["conn"])
        both = {self.client["conn"], self.server["conn"]}
        assert {r["conn"] for r in rows} >= both, f"the timeline lacks a side: {[r['conn'] for r in rows]}"
        times = [r["ts_ns"] for r in rows]
        same(times, sorted(times), "the timeline is in time order")
        for a, b in zip(rows, rows[1:]):
            same(b["delta_ns"], b["ts_ns"] - a["ts_ns"], "a delta of the timeline")
        return rows
