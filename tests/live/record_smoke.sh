#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# The recorder's two ways and its filter: any tracepoint by name, one port only, names that do not exist.
set -eu
. tests/live/stage.bash

scene() {
	rm -f "$TMP/port" "$TMP/other"
	"$B/hello_server" --port 0 --ready "$TMP/port" --patience 20 --quiet &
	echo $! >"$TMP/pids"
	"$B/hello_client" --port-from "$TMP/port" --quiet &
	echo $! >>"$TMP/pids"
	"$B/hello_server" --port 0 --ready "$TMP/other" --patience 20 --quiet &
	echo $! >>"$TMP/pids"
	"$B/hello_client" --port-from "$TMP/other" --quiet &
	echo $! >>"$TMP/pids"
	wait
}
export -f scene

# Nobody here has heard of these events: they are read as their format files say.
expect 0 "$TCPTAPE_RECORD" -q --force -o "$TMP/tape" -e sched:sched_process_exec -e 'syscalls:sys_enter_accept4' \
	-- bash -euc scene
python3 - <<'END'
from tape import *
tape = Tape()
rows = [r for r in tape.rows("replay") if not r["event"].startswith("tcptape:")]
same({r["event"] for r in rows}, {"sched:sched_process_exec", "syscalls:sys_enter_accept4"}, "the events")
same({r["generic"] for r in rows}, {True}, "all are copied from the raw entry")
# The host may run and accept other things meanwhile.
with open(f"{TMP}/pids") as f:
    ours = [int(pid) for pid in f]
rows = [r for r in rows if r["pid"] in ours]
names = [r["fields"]["filename"].rsplit("/", 1)[-1] for r in rows if "filename" in r["fields"]]
same((names.count("hello_server"), names.count("hello_client")), (2, 2), "the programs that were run")
accepts = [r for r in rows if r["event"].endswith("accept4")]
same({r["comm"] for r in accepts}, {"hello_server"}, "who accepts")
same(len({r["fields"]["__syscall_nr"] for r in accepts}), 1, "numbers of one system call")
END

# What the summary counts, type by type, is what it counts in all.
expect 0 "$TCPTAPE_RECORD" --force -o "$TMP/tape" -- bash -euc scene
python3 - <<'END'
import re
from tape import *
with open(f"{TMP}/err") as f:
    words = f.read().replace("\n", " ")
total = re.match(r"tcptape-record: ([\d,]+) events? ", words)[1]
types = re.search(r": [\d.]+ .?B\.(.*?)\. The recorder took", words)[1]
number = lambda text: int(text.replace(",", ""))
same(sum(number(n) for n in re.findall(r" ([\d,]*\d)(?:,|$)", types)), number(total), words)
same(number(total), sum(Tape().rows("info")[0]["events"].values()), "and what info counts")
END

# A port keeps whole connections, of both sides, and nothing else.
fixed() {
	rm -f "$TMP/port"
	"$B/hello_server" --port "$1" --ready "$TMP/port" --patience 20 --quiet &
	"$B/hello_client" --port-from "$TMP/port" --quiet
	scene
}
export -f fixed
free=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
expect 0 "$TCPTAPE_RECORD" -q --force -o "$TMP/tape" --port "$free" -- bash -euc "fixed $free"
PORT=$free python3 - <<'END'
from tape import *
tape, port = Tape(), int(os.environ["PORT"])
rows = tape.rows("conns")
same(len(rows), 3, "client, server and listener")
for r in rows:
    same(port in (r["lport"], r["rport"]), True, f"the port of {r}")
END

expect 2 "$TCPTAPE_RECORD" -q --force -o "$TMP/none" -e tcp:tcp_prob
expect_sentence "tcp:tcp_prob'.*did you mean 'tcp:tcp_probe'"
[ ! -e "$TMP/none" ] || { echo "a tape was begun for an event that does not exist"; exit 1; }
