#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# redis under redis-benchmark, one command at a time and sixteen in a row: connections, bytes and commands are those that
# the server counted itself.
set -eu
. tests/live/stage.bash
need redis-server redis-cli redis-benchmark ip

# What the server at port $1 has counted up to now; the asking is its last connection.
counted() {
	redis-cli -p "$1" info stats | tr -d '\r' | grep -E '^total_' >"$TMP/counted.$1"
}
serve() {
	redis-server --port "$1" --bind 127.0.0.1 --save '' --appendonly no --daemonize no --dir "$TMP" \
		--pidfile "$TMP/pid.$1" --logfile "$TMP/log.$1" &
	until redis-cli -p "$1" ping >/dev/null 2>&1; do sleep 0.02; done
	redis-cli -p "$1" config resetstat >/dev/null
}
# redis-benchmark [OPTION...] on a server of its own at port $1
bench() {
	local port=$1
	shift
	serve "$port"
	redis-benchmark -p "$port" -c 16 -n 4000 -d 300 -t set,get,lrange_100 --csv "$@" >"$TMP/bench.$port"
	counted "$port"
	kill "$(cat "$TMP/pid.$port")"
	wait
}
both() {
	ip link set lo up
	bench 6379
	bench 6380 -P 16
}
export -f counted serve bench both
record "$TMP/tape" unshare -n bash -euc both
python3 - <<'END'
from tape import *
tape = Tape()
same(tape.info()["lost_total"], 0, "lost events")
for port, in_a_row in (6379, 1), (6380, 16):
    with open(f"{TMP}/counted.{port}") as f:
        server = {key: int(value) for key, value in (line.split(":") for line in f)}
    rows = [r for r in tape.rows("conns", "--port", port) if r["role"] == "server"]
    # The server began to count anew in the middle of reset: after its request, before the answer to it. What it
    # answered last is what it has counted up to then.
    ping, reset, *_, last = rows
    same(len(rows) - 2, server["total_connections_received"], f"connections to port {port}")
    same(sum(r["rx_bytes"] for r in rows) - ping["rx_bytes"] - reset["rx_bytes"], server["total_net_input_bytes"],
         f"bytes read at port {port}")
    same(sum(r["tx_bytes"] for r in rows) - ping["tx_bytes"] - last["tx_bytes"], server["total_net_output_bytes"],
         f"bytes written at port {port}")
    (row,) = tape.rows("exchanges", "--by", "service", "--port", port)
    # lrange_100 comes with an lpush of its own; redis-benchmark begins with two commands in one request. The server
    # counts neither ping nor, yet, its last command.
    same((row["exchanges"], row["unanswered"]), (16000 // in_a_row + 4, 0), f"exchanges with port {port}")
    same(server["total_commands_processed"], 16000 + 3, f"commands that port {port} counted")
    same((row["request_bytes"], row["response_bytes"]), (sum(r["rx_bytes"] for r in rows), sum(r["tx_bytes"] for r in rows)),
         f"bytes of the exchanges with port {port}")
END
