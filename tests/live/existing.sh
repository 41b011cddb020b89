#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# A connection that is older than the recorder: known from the snapshot, start not seen, later traffic counted.
set -eu
. tests/live/stage.bash

# The pair has said hello once, and goes on when told.
"$B/hello_server" --port 0 --ready "$TMP/port" --patience 20 --rounds 3 >"$TMP/server.out" &
echo $! >"$TMP/server.pid"
mkfifo "$TMP/over"
{
	"$B/hello_client" --port-from "$TMP/port" --rounds 3 --ready "$TMP/met" --hold-until "$TMP/go" &
	echo $! >"$TMP/client.pid"
	wait
	echo over >"$TMP/over"
} >"$TMP/client.out" &
until_file "$TMP/met"

# The client's end comes with the server's; who reads the fifo knows that both have closed.
go_on() {
	echo go >"$TMP/go"
	read -r _ <"$TMP/over"
}
export -f go_on
record "$TMP/tape" go_on

python3 - <<'END'
from tape import *
tape = Tape()
hello = Hello.__new__(Hello)
hello.tape, hello.port = tape, known("port")
rows = tape.rows("conns", "--port", hello.port)
hello.listener = one(rows, role="listener")
with open(f"{TMP}/met") as f:
    local = int(f.read())
hello.client, hello.server = one(rows, lport=local), one(rows, rport=local)
same(len(rows), 3, f"rows of conns: {rows}")
for row, name in ((hello.client, "client"), (hello.server, "server")):
    same((row["comm"], row["pid"]), (f"hello_{name}", known(f"{name}.pid")), f"who owns the {name}")
    assert row["role"] in ("unknown", name), f"the role of the {name}: {row['role']}"
    same((row["laddr"], row["raddr"]), ("127.0.0.1", "127.0.0.1"), "addresses from the snapshot")
    same(row["uncertain"], True, "its start was not seen")
    assert 1 <= row["states"]["TCP_ESTABLISHED"] <= row["duration_ns"], f"ESTABLISHED of the {name}: {row}"
same((hello.client["peer"], hello.server["peer"]), (hello.server["conn"], hello.client["conn"]), "the pair")
hello.ends("fin", "fin")
# The first round was before the tape, the other two are on it.
hello.carried(4, 22)
hello.turns((2, 11), (2, 11))
same(tape.path_of(hello.client["conn"]), CLOSED_SECOND, "the client's states")
same(tape.path_of(hello.server["conn"]), CLOSED_FIRST, "the server's states")

snapshots = [r for r in tape.rows("replay", "--port", hello.port) if r["event"] == "tcptape:sock_snapshot"]
same(sorted(r["fields"]["state"] for r in snapshots), ["TCP_ESTABLISHED", "TCP_ESTABLISHED", "TCP_LISTEN"],
     "what the snapshot saw")
END
