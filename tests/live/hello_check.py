#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""hello_check.py ADDRESS: the whole story of one hello exchange in which the server closed first."""
import sys

from tape import (CLOSED_FIRST, CLOSED_SECOND, OPENED_BY_CLIENT, OPENED_BY_SERVER, Hello, Tape, known, same)

tape = Tape()
hello = Hello(tape, sys.argv[1])
hello.passes_through(OPENED_BY_CLIENT + CLOSED_SECOND, OPENED_BY_SERVER + CLOSED_FIRST)
hello.ends("fin", "fin")
same((hello.client["time_wait"], hello.server["time_wait"]), (False, True), "who waits in TIME_WAIT: who closed first")
hello.carried(2, 11)
same((hello.client["tx_msgs"], hello.client["rx_msgs"]), (1, 1), "the client's messages")
same((hello.client["retransmits"], hello.client["drops"]), (0, 0), "the client lost nothing")
hello.turns((2, 11))

rows = hello.timeline()
text = tape.run("timeline", "--conn", hello.client["conn"])[0]
assert "TIME_WAIT" in text, f"the timeline does not tell where TIME_WAIT begins:\n{text}"
# The scene before its first act is not on the tape, but all of the acts are.
same(tape.info()["lost_total"], 0, "events lost")
same(tape.info()["complete"], True, "the tape is complete")

# The same facts from the events themselves: sizes that send and receive returned, by whom.
sent = [r for r in tape.rows("replay", "--port", hello.port) if r["event"].endswith("sock_send_length")]
same([(r["pid"], r["fields"]["ret"]) for r in sent], [(known("client.pid"), 2), (known("server.pid"), 11)],
     "what was sent, and by whom")
