#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""traps.py NAME: $TMP/NAME.tape against what the application of traps_load.py knows."""
import json
import sys

from tape import TMP, Tape, one, same

NAME = sys.argv[1]
tape = Tape(f"{TMP}/{NAME}.tape")
with open(f"{TMP}/{NAME}.json") as f:
    app = json.load(f)


def lives(*options):
    """Those of the scene's process, except for listeners; each is certain, from its start to its end."""
    found = [r for r in tape.rows("conns", "--comm", "python3*", *options) if r["role"] != "listener"]
    for r in found:
        same((r["uncertain"], r["start_ns"] is None, r["end"] == "open"), (False, False, False), f"all of {r} was seen")
    return found


def pair(rows, sent, received, **match):
    """A client and its server, each other's peers, that moved these bytes."""
    client = one(rows, role="client", tx_bytes=sent, rx_bytes=received, **match)
    server = one(rows, conn=client["peer"])
    same((server["peer"], server["role"], server["tx_bytes"], server["rx_bytes"]),
         (client["conn"], "server", received, sent), f"the other side of {client}")
    return client, server


def ends(*sides):
    return [s["end"] for s in sides]


def reconnect():
    rows = lives()
    same(len(rows), 6, "socket lives")
    clients = [pair(rows, asked, 2 * asked, rport=port)[0] for asked, port in zip((10, 20, 30), app["ports"])]
    same(len({c["cookie"] for c in clients}), 1, "one socket, so one cookie")
    same([tape.path_of(c["conn"])[:2] for c in clients], [["TCP_SYN_SENT", "TCP_ESTABLISHED"]] * 3, "states")


def fast_open():
    rows = lives("--port", app["port"])
    same(len(rows), 2, "socket lives")
    same(ends(*pair(rows, 100, 50)), ["fin", "fin"], "ends")
    turn = one(tape.rows("exchanges", "--port", app["port"]))
    same((turn["request_bytes"], turn["response_bytes"]), (100, 50), "the exchange")


def fast_open_unacknowledged():
    rows = lives("--port", app["port"])
    same(len(rows), 2, "socket lives")
    client, server = pair(rows, 130, 70)
    same((client["end"], server["end"]), ("fin", "fin"), "ends")
    same(server["accept_wait_ns"], 0, "accepted before it was established")
    turns = tape.rows("exchanges", "--port", app["port"])
    same([(t["request_bytes"], t["response_bytes"], t["sides"]) for t in turns],
         [(100, 50, "both"), (30, 20, "both")], "exchanges")


def syn_data_not_taken():
    client, _ = pair(lives("--port", app["port"]), 100, 0)
    rows = tape.rows("retransmits", "--conn", client["conn"])
    same([r["kind"] for r in rows], ["syn", "rejected"], "no timer made the second")


def unread():
    client, server = (one(lives("--port", app["port"]), role=role) for role in ("client", "server"))
    same((client["tx_bytes"], client["rx_bytes"]), (1000, 3), "bytes of the client")
    same((server["tx_bytes"], server["rx_bytes"], server["rx_msgs"]), (3, 0, 0), "nobody has read them")
    same((server["end"], client["end"]), ("aborted", "reset"), "ends")


def oneself():
    row = one(lives("--port", app["port"]))
    same((row["peer"], row["tx_bytes"], row["rx_bytes"]), (None, 7, 7), "a socket that is no one's peer")
    same(tape.path_of(row["conn"])[:3], ["TCP_SYN_SENT", "TCP_SYN_RECV", "TCP_ESTABLISHED"], "states")


def both_open():
    a, b = (one(lives("--port", port), lport=port) for port in app["ports"])
    same((a["peer"], b["peer"]), (b["conn"], a["conn"]), "peers")
    same((a["role"], b["role"]), ("client", "client"), "both have connected")
    same((a["tx_bytes"], b["rx_bytes"], ends(a, b)), (11, 11, ["fin", "fin"]), "bytes and ends")
    same([s["retransmits"] for s in (a, b)], [1, 1], "SYNs that were sent again")
    same([s["drops"] for s in (a, b)], [1, 1], "SYNs that were dropped")
    told = [r["text"] for r in tape.rows("timeline", "--conn", a["conn"])]
    assert not any("accept()" in text for text in told), "nobody accepts"


def both_close():
    sides = pair(lives("--port", app["port"]), 5, 0)
    same(ends(*sides), ["fin", "fin"], "ends")
    for s in sides:
        same(tape.path_of(s["conn"])[-3:], ["TCP_FIN_WAIT1", "TCP_CLOSING", "TCP_CLOSE"], f"states of {s['role']}")
    same([s["time_wait"] for s in sides], [True, True], "TIME_WAIT on both sides")


def mptcp():
    if "skipped" in app:
        return
    rows = lives("--port", app["port"])
    same(len(rows), 2, "socket lives: the subflow's")
    pair(rows, 1000, 3000)


def never():
    same(lives(), [], "socket lives")
    same(lives("--port", app["port"]), [], "socket lives of the bound port")


def nat():
    client, server = pair(lives(), 300, 600)
    same((client["rport"], server["lport"]), (7777, 8888), "ports, each as its side knows it")
    same(client["lport"], server["rport"], "the port that NAT leaves alone")
    same(len(tape.rows("exchanges", "--conn", client["conn"])), 1, "exchanges")


def twins():
    rows = lives("--port", 9999)
    same(len(rows), 4, "socket lives")
    sides = [pair(rows, size, 0) for size in (101, 202)]
    same([c["netns"] == s["netns"] for c, s in sides], [True, True], "each pair in its namespace")
    assert sides[0][0]["netns"] != sides[1][0]["netns"], "two namespaces"


def unaccepted():
    client = one(lives("--port", app["port"]), role="client")
    server = one(tape.rows("conns", "--port", app["port"]), role="server")
    same((client["peer"], server["peer"]), (server["conn"], client["conn"]), "peers")
    same((client["end"], server["end"]), ("reset", "aborted"), "ends")


def reuse():
    rows = lives("--port", app["port"])
    same(len(rows), 40, "socket lives")
    for size in range(1, 21):
        client, server = pair(rows, size, 0)
        same((client["end"], server["end"]), ("aborted", "reset"), "ends")


def unknown_sharers():
    """None is guessed: which listener woke is not on the tape."""
    rows = tape.rows("conns", "--port", app["port"], "--role", "listener")
    same([r["accepted"] for r in rows], [None] * len(app["accepted"]), "accepted by each listener")


def sharers():
    rows = tape.rows("conns", "--port", app["port"], "--role", "listener")
    same([r["accepted"] for r in sorted(rows, key=lambda r: r["conn"])], app["accepted"], "accepted by each listener")


globals()[NAME]()
