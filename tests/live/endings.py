#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""endings.py NAME: $TMP/NAME.tape against what the application of endings_load.py knows."""
import json
import sys

from tape import TMP, Tape, one, same

NAME = sys.argv[1]
tape = Tape(f"{TMP}/{NAME}.tape")
with open(f"{TMP}/{NAME}.json") as f:
    app = json.load(f)


def sides():
    rows = tape.rows("conns", "--port", app["port"])
    found = one(rows, role="client"), one(rows, role="server")
    same([r["uncertain"] for r in found], [False, False], "nothing was lost")
    return found


def ends():
    return [(r["end"], r["end_cause"]) for r in sides()]


def the_reset(sender, by, cause):
    """The one RST that matters went from there to the other side."""
    client, server = sides()
    row = one(tape.rows("resets", "--port", app["port"]))
    if sender == "server":
        client, server = server, client
    same((row["conn"], row["peer"], row["direction"]), (client["conn"], server["conn"], "sent"), "who sent it")
    same((row["by"], row["cause"], row["uncertain"]), (by, cause, False), "who decided, and why")
    assert row["evidence"], "what that rests on"


def destroyed():
    same(app["errors"], ["ECONNABORTED", "ECONNRESET"], "what the applications were told")
    same(ends(), [("aborted", "destroyed"), ("reset", None)], "ends")
    the_reset("client", "local administrator", "destroyed")


def kernel_version():
    return tuple(int(n) for n in tape.info()["kernel"].split(".")[:2])


def late_data():
    same(ends(), [("reset", None), ("aborted", "data after close")], "ends")
    if kernel_version() >= (6, 10) or NAME != "late_data":
        the_reset("server", "local application", "data after close")


late_data_socket = late_data_at_once = late_data_before_fin = late_data


def late_fin():
    same(ends(), [("fin", None), ("fin", None)], "ends")
    same([r["time_wait"] for r in sides()], [False, True], "whose TIME_WAIT")
    same(tape.rows("resets", "--port", app["port"]), [], "resets")


def unreachable():
    rows = {r["raddr"]: r for r in tape.rows("conns", "--port", 9)}
    same({a: app["errors"][a] for a in ("203.0.113.1", "203.0.113.129")},
         {"203.0.113.1": "EHOSTUNREACH", "203.0.113.129": "EACCES"}, "errors of routes that say no")
    same(sorted(rows), ["192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4", "198.51.100.2"], "who has sent a SYN")
    for addr, row in rows.items():
        error = app["errors"][addr]
        want = ("refused", None) if error == "ECONNREFUSED" else ("aborted", "unreachable")
        same((row["end"], row["end_cause"]), want, f"end of {addr}, {error}")
        same(row["end_evidence"], None if error == "ECONNREFUSED" else f"sk_err {error}", "what it rests on")


def forgotten():
    same(app["error"], "ECONNRESET", "what the client was told")
    client, server = sides()
    first, last = tape.rows("resets", "--port", app["port"])
    same((first["conn"], first["direction"], first["by"], first["received_ns"]),
         (server["conn"], "sent", "local application", None), "the RST that was lost")
    same((last["conn"], last["direction"], last["stage"], last["raddr"], last["rport"]),
         (client["conn"], "received", "request", "127.0.0.1", app["port"]), "the listener's answer")
    if kernel_version() >= (6, 10):
        same((last["by"], last["peer"]), ("peer kernel", None), "whose it is")


def rejected():
    same(app["error"], "EHOSTUNREACH", "what the application was told")
    row = one(tape.rows("conns", "--port", 9))
    same((row["end"], row["end_cause"]), ("aborted", "unreachable"), "its end")
    assert "ICMP" in row["end_evidence"] or row["sk_err"], row


def given_up():
    row = one(tape.rows("conns", "--port", 9))
    same((row["end"], row["end_cause"], row["sk_err"]), ("aborted", "given up", 0), "its end")


def no_port():
    same(app["error"], "EADDRNOTAVAIL", "what the application was told")
    rows = tape.rows("conns", "--port", app["port"])
    row = one([r for r in rows if r["role"] == "client" and r["lport"] not in app["inside"]])
    same((row["end"], row["end_cause"], row["lport"]), ("aborted", "no local port", None), "its end")


def keepalive():
    row = one(tape.rows("conns", "--port", app["port"]), role="client")
    cause = "keepalive unanswered" if kernel_version() >= (6, 12) else None
    same((row["end"], row["end_cause"]), ("timeout", cause), "its end")


globals()[NAME]()
