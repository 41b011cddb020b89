#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# nginx under wrk: as many exchanges as nginx has logged requests, of the same sizes, all answered; and of each connection
# the time adds up.
set -eu
. tests/live/stage.bash
need nginx wrk ip

web() {
	ip link set lo up
	printf 'daemon off;\nworker_processes 1;\npid %s/pid;\nevents { worker_connections 256; }\nhttp { log_format l "$bytes_sent $request_length"; access_log %s/access l;\nkeepalive_requests 1000000; server { listen 127.0.0.1:8080; location / { return 200 "%s"; } } }\n' \
		"$TMP" "$TMP" "$(printf 'x%.0s' $(seq 1000))" >"$TMP/conf"
	nginx -p "$TMP" -c "$TMP/conf" -e "$TMP/error" &
	until_file "$TMP/pid"
	wrk -t 1 -c 8 -d 1 http://127.0.0.1:8080/ >"$TMP/wrk"
	kill -QUIT "$(cat "$TMP/pid")"
	wait
}
export -f web until_file
record "$TMP/tape" unshare -n bash -euc web
python3 - <<'END'
from tape import *
tape = Tape()
same(tape.info()["lost_total"], 0, "lost events")
with open(f"{TMP}/access") as f:
    log = [tuple(map(int, line.split())) for line in f]
(row,) = tape.rows("exchanges", "--by", "service", "--port", 8080)
same(row["service"], "127.0.0.1:8080", "service")
same((row["exchanges"], row["response_bytes"], row["request_bytes"]),
     (len(log), sum(x[0] for x in log), sum(x[1] for x in log)), "exchanges and bytes, as nginx logged them")
budgets = tape.rows("conns", "--budget", "--port", 8080)
for r in budgets:
    spent = sum(v for k, v in r.items() if k.endswith("_ns") and k != "duration_ns")
    same(spent, r["duration_ns"], f"the sum of {r}")
# Where requests wait to be read, the server's budget says the same as its exchanges do.
unread = sum(r["receiver_app_ns"] for r in budgets if r["role"] == "server")
queue = sum(r["queue_ns"] or 0 for r in tape.rows("exchanges", "--port", 8080))
assert 0.9 * queue <= unread <= 1.1 * queue, f"unread {unread} ns, queued {queue} ns"
END
