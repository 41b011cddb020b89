#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# A tape in pieces: no event falls between two, each stands alone, and --keep deletes its own only.
set -eu
. tests/live/stage.bash
need jq

# The recorder that runs this scene, and has made `$1` pieces, begins the next one when asked.
turn_to() {
	kill -USR1 "$PPID"
	until_file "$TMP/r/a-00000$1.tape"
}
# The pair says hello, is silent while pieces begin, then talks through several more.
talk() {
	echo $$ >"$TMP/shell.pid"
	"$B/hello_server" --port 0 --ready "$TMP/port" --patience 60 --rounds 30000 >/dev/null &
	echo $! >"$TMP/server.pid"
	"$B/hello_client" --port-from "$TMP/port" --rounds 30000 --ready "$TMP/met" --hold-until "$TMP/go" >/dev/null &
	echo $! >"$TMP/client.pid"
	until_file "$TMP/met"
	turn_to 2
	sleep 0.05
	turn_to 3
	echo go >"$TMP/go"
	wait
}
export -f turn_to talk

# Another recorder sees the same, before and after.
mkdir "$TMP/r"
"$TCPTAPE_RECORD" -q -o "$TMP/witness" -- bash -c 'echo up >"$TMP/up"; read -r _ <"$TMP/over"' &
witness=$!
mkfifo "$TMP/over"
until_file "$TMP/up"
expect 0 "$TCPTAPE_RECORD" -o "$TMP/r/a.tape" --rotate-size 256K -- bash -euc talk
cp "$TMP/err" "$TMP/summary"
echo over >"$TMP/over"
wait $witness
ls "$TMP"/r/a-??????.tape >"$TMP/pieces"
pieces=$(wc -l <"$TMP/pieces")
[ "$pieces" -ge 4 ] || { echo "only $pieces pieces"; cat "$TMP/pieces"; exit 1; }
grep -q "$(printf 'a-%06d.tape' "$pieces") and" <(tr '\n' ' ' <"$TMP/summary") ||
	{ echo "the summary does not name the pieces:"; cat "$TMP/summary"; exit 1; }

python3 - <<'END'
from tape import *
from collections import Counter

paths = open(f"{TMP}/pieces").read().split()
port = known("port")

def events(path):
    """Events of the connection, but for what the recorder looked up itself."""
    rows = Tape(path).rows("replay", "--port", port)
    return [r for r in rows if r["event"] not in ("tcptape:sock_snapshot", "tcptape:listener")]

found, last, client, ended = Counter(), 0, None, set()
for i, path in enumerate(paths):
    tape = Tape(path)
    info = tape.info()
    recording = info["recording"] if i == 0 else recording
    same((info["recording"], info["piece"]), (recording, i + 1), "which recording and piece")
    same((info["complete"], info["lost_total"]), (True, 0), f"{path} is complete, nothing is lost")
    rows = events(path)
    if rows:
        assert rows[0]["ts_ns"] > last - 1000000, f"{path} begins before the end of the one before"
        last = rows[-1]["ts_ns"]
    found.update(r["event"] for r in rows)
    conns = tape.rows("conns", "--port", port)
    if i == 0:
        client = one(conns, role="client")
    # Each piece knows who they are by itself, even one in which nothing happened.
    for comm, pid, lport, rport in (("hello_client", "client.pid", client["lport"], port),
                                    ("hello_server", "server.pid", port, client["lport"])):
        if comm in ended:
            continue
        row = one(conns, comm=comm, lport=lport, rport=rport)
        same((row["pid"], row["laddr"], row["raddr"]), (known(pid), "127.0.0.1", "127.0.0.1"), f"{comm} in {path}")
        if row["end"] != "open":
            same(row["end"], "fin", f"how {comm} ends in {path}")
            ended.add(comm)
    if not ended:
        one(conns, role="listener", lport=port)
same(ended, {"hello_client", "hello_server"}, "who has ended")

witness = Counter(r["event"] for r in events(f"{TMP}/witness"))
same(dict(found), dict(witness), "events on all pieces, and on another recorder's tape")
same(found["sock:sock_send_length"], 60000, "sends, two a round")
END

# Pieces are one recording, and joined they are a tape.
while read -r piece; do
	expect 0 "$TCPTAPE" verify "$piece"
done <"$TMP/pieces"
xargs cat <"$TMP/pieces" >"$TMP/joined"
expect 0 "$TCPTAPE" verify "$TMP/joined"
expect 0 "$TCPTAPE" info "$(tail -n 1 "$TMP/pieces")"
grep -q "piece $pieces of recording [0-9a-f]\{32\}" "$TMP/out" || { echo "info does not name the piece:"; cat "$TMP/out"; exit 1; }

# The same names again: refused, and what is there is left alone.
expect 2 "$TCPTAPE_RECORD" -o "$TMP/r/a.tape" --keep 2 -d 1
expect_sentence 'a-00000.\.tape exists.*--force'
expect 2 "$TCPTAPE_RECORD" doctor -o "$TMP/r/a.tape" --keep 2
grep -q '^fails *output *.*a-00000.\.tape exists' "$TMP/out" || { echo "doctor:"; cat "$TMP/out"; exit 1; }
expect 0 "$TCPTAPE_RECORD" --dry-run -o "$TMP/r/b.tape" --keep 2 --rotate-time 10m --rotate-size 1M --max-size 9M \
	--max-memory 64M --max-cpu 20 --min-free-disk 1%
for line in 'pieces .*SIGUSR1, after 1024 KiB, after 600 s; the last 2 are kept' 'until .*the tape has 9216 KiB' \
	'memory *65536 KiB' 'processor *20 % of a core' 'stays free *1 % of' 'buffer *16384 KiB'; do
	grep -q "^$line" "$TMP/out" || { echo "no '$line' in the plan:"; cat "$TMP/out"; exit 1; }
done

# --keep deletes the oldest ones of this recording, and nothing else.
mkdir "$TMP/k"
echo foreign >"$TMP/k/a-notes.tape"
turns() {
	for n in 2 3 4; do
		kill -USR1 "$PPID"
		until_file "$TMP/k/a-00000$n.tape"
		if [ $n = 3 ]; then echo foreign >"$TMP/k/draft"; mv "$TMP/k/draft" "$TMP/k/a-000002.tape"; fi
	done
}
export -f turns
expect 0 "$TCPTAPE_RECORD" -q -o "$TMP/k/a.tape" --keep 2 -- bash -euc turns
names=$(cd "$TMP/k" && echo *)
[ "$names" = "a-000002.tape a-000003.tape a-000004.tape a-notes.tape" ] || { echo "--keep 2 left: $names"; exit 1; }
[ "$(cat "$TMP/k/a-000002.tape")" = foreign ] || { echo "a foreign file was touched"; exit 1; }
for n in 3 4; do
	expect 0 "$TCPTAPE" verify "$TMP/k/a-00000$n.tape"
done

# SIGHUP does the same where there is no terminal to hang up.
mkdir "$TMP/h"
hangup() {
	kill -HUP "$PPID"
	until_file "$TMP/h/a-000002.tape"
}
export -f hangup
expect 0 setsid -w "$TCPTAPE_RECORD" -q -o "$TMP/h/a.tape" --rotate-time 1h -- bash -euc hangup
expect 0 "$TCPTAPE" verify "$TMP/h/a-000002.tape"

# A next piece that cannot be created is no reason to stop, or to lose anything.
mkdir "$TMP/n"
blocked() {
	mkdir "$TMP/n/a-000002.tape"
	kill -USR1 "$PPID"
	sleep 0.5
	hello_pair '' ''
}
export -f blocked
expect 0 "$TCPTAPE_RECORD" -o "$TMP/n/a.tape" --keep 9 -- bash -euc blocked
grep -q 'a-000002.tape.*recording goes on in the same file' <(tr '\n' ' ' <"$TMP/err") ||
	{ echo "nothing was said:"; cat "$TMP/err"; exit 1; }
expect 0 "$TCPTAPE" conns "$TMP/n/a-000001.tape" --port "$(cat "$TMP/port")" -f json
[ "$(wc -l <"$TMP/out")" -eq 3 ] || { echo "the connection is missing"; exit 1; }

# Killed: the finished pieces are whole, the last one is cut short and still knows its sockets.
mkdir "$TMP/9"
die() {
	kill -USR1 "$PPID"
	until_file "$TMP/9/a-000002.tape"
	hello_pair '' ''
	sleep 2
	kill -KILL "$PPID"
}
export -f die
expect 137 "$TCPTAPE_RECORD" -q -o "$TMP/9/a.tape" --keep 9 -- bash -euc die
expect 0 "$TCPTAPE" verify "$TMP/9/a-000001.tape"
expect 3 "$TCPTAPE" conns "$TMP/9/a-000002.tape" --port "$(cat "$TMP/port")" -f json
[ "$(wc -l <"$TMP/out")" -eq 3 ] || { echo "the piece that was cut short:"; cat "$TMP/out"; exit 1; }

# --max-size: ends in order below it.
flood() {
	while kill -0 "$PPID" 2>/dev/null; do hello_pair '--rounds 3000' '--rounds 3000'; done
	echo ebb >"$TMP/ebb"
}
export -f flood
expect 0 "$TCPTAPE_RECORD" -o "$TMP/small.tape" --max-size 512K -- bash -euc flood
until_file "$TMP/ebb"
grep -q 'the tape is nearly as large as --max-size allows' "$TMP/err" || { echo "not said:"; cat "$TMP/err"; exit 1; }
size=$(stat -c %s "$TMP/small.tape")
{ [ "$size" -le $((512 << 10)) ] && [ "$size" -ge $((256 << 10)) ]; } || { echo "--max-size 512K: $size bytes"; exit 1; }
expect 0 "$TCPTAPE" info "$TMP/small.tape" -f json
jq -e '.complete and .end == "size" and .lost_total == 0' "$TMP/out" >/dev/null || { echo "not ended in order:"; cat "$TMP/out"; exit 1; }
