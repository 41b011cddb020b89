#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""queues.py NAME: $TMP/NAME.tape against what queues_load.py has seen."""
import json
import sys

from tape import TMP, Tape, one, same

NAME = sys.argv[1]
FULL, SYN_FULL = "accept queue full", "SYN queue full"
tape = Tape(f"{TMP}/{NAME}.tape")
with open(f"{TMP}/{NAME}.json") as f:
    app = json.load(f)
rows = tape.rows("conns", "--port", app["port"])
listener = one(rows, role="listener")


def clients(ports):
    return [one(rows, role="client", lport=port) for port in ports]


def resends(conn):
    return [r for r in tape.rows("retransmits", "--port", app["port"]) if r["conn"] == conn]


def the_listener(queue):
    length, most = app["queue"]
    same((listener["backlog_last"], listener["max_backlog"]), (length, most), "the queue, as ss shows it")
    assert listener["backlog_peak"] >= length, "the longest queue"
    assert listener["listen_drops"] >= app["drops"], (listener["listen_drops"], app["drops"])
    same(listener["queue"], queue, "what was full")
    assert bool(listener["queue_evidence"]) == bool(queue), "what that rests on"


def inside():
    """These had to wait for nothing."""
    for c in clients(app["inside"]):
        same((c["queue"], c["end_cause"]), (None, None), "who was let in")


def full():
    the_listener(FULL)
    same(listener["listen_drops"], app["overflows"], "every SYN that was not taken was one too many")
    inside()
    for c in clients(app["clients"]):
        same((c["end"], c["end_cause"], c["queue"]), ("aborted", FULL, FULL), "who was not let in")
        sent = resends(c["conn"])
        same([(r["kind"], r["queue"], r["segs"]) for r in sent], [("syn", FULL, 1)] * len(sent), "SYNs sent again")
        assert len(sent) >= 2 and all(r["queue_evidence"] for r in sent)


backlog_zero = other_namespace = other_namespace_at_address = full


def elsewhere():
    the_listener(FULL)
    c = one(clients(app["clients"]))
    same((c["end"], c["end_cause"], c["queue"]), ("aborted", "given up", None), "who called another host")
    same({r["queue"] for r in resends(c["conn"])}, {None}, "its SYNs")


def relieved():
    the_listener(FULL)
    c = one(clients(app["clients"]))
    assert c["peer"], "it was let in at last"
    same((c["queue"], c["end_cause"]), (FULL, None), "what it had waited for")
    same({r["queue"] for r in resends(c["conn"])}, {FULL}, "its SYNs")


def full_at_the_end():
    the_listener(FULL)
    inside()
    c = one(clients(app["clients"]))
    same((c["peer"], c["end"], c["end_cause"]), (None, "reset", FULL), "who believed that it was connected")
    assert "TCP_LISTEN_OVERFLOW" in c["end_evidence"], c["end_evidence"]
    sent = resends(c["conn"])
    same([r["queue"] for r in sent if r["kind"] == "syn"], [None], "its SYN was answered, and the answer was lost")
    data = [r for r in sent if r["kind"] != "syn"]
    assert data and all(r["queue"] == FULL for r in data), data
    reset = one(tape.rows("resets", "--port", app["port"]), conn=c["conn"])
    same((reset["direction"], reset["cause"]), ("received", FULL), "its end")


def aborted_at_the_end():
    the_listener(FULL)
    lost = [c for c in clients(app["clients"]) if not c["peer"]]
    same([(c["end"], c["end_cause"]) for c in lost], [("reset", FULL)], "who was sent away")
    # What it sent meanwhile may have been answered, too.
    resets = [r for r in tape.rows("resets", "--port", app["port"]) if r["received_ns"]]
    reset = one(resets, conn=lost[0]["conn"])
    same((reset["by"], reset["cause"]), ("peer kernel", FULL), "by whom")


def full_of_requests():
    the_listener(SYN_FULL)
    same([c["queue"] for c in clients(app["clients"] + app["inside"])], [None] * (len(app["clients"]) + len(app["inside"])),
         "who of them is among the requests is not known")


def never_accepted():
    the_listener(None)
    servers = [r for r in rows if r["role"] == "server"]
    same([(r["end"], r["end_cause"]) for r in servers], [("aborted", "never accepted")] * len(app["clients"]), "ends")
    for r in tape.rows("resets", "--port", app["port"]):
        same((r["by"], r["cause"]), ("local application", "never accepted"), "resets")


globals()[NAME]()
