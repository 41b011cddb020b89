#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# --stacks: why packets were dropped is in the functions that led there. Every stack equals the one that `perf record`
# took of the same event, for typed and for generic events; where symbols are hidden there are addresses.
set -eu
. tests/live/stage.bash
need perf nft unshare

# Dropped by a rule, by a closed port, by a listener whose queue is full; in a network namespace of its own.
scene() {
	python3 - <<'END'
import os, socket, subprocess
from provoke import enter_namespace
TMP = os.environ["TMP"]

def note(name, value):
    with open(f"{TMP}/{name}", "w") as f:
        f.write(f"{value}\n")

def bound():
    s = socket.socket()
    s.bind(("127.0.0.1", 0))  # nobody else gets the port meanwhile
    return s, s.getsockname()[1]

def call(port, is_blocking=False):
    s = socket.socket()
    s.setblocking(is_blocking)
    s.connect_ex(("127.0.0.1", port))
    return s

enter_namespace()
rule, rule_port = bound()
closed, closed_port = bound()
full, full_port = bound()
rules = f"table inet t {{ chain c {{ type filter hook input priority 0; tcp dport {rule_port} drop; }}; }}"
done = subprocess.run(["nft", "-f", "-"], input=rules, text=True, capture_output=True)
note("nft", done.stderr or "ok")
call(rule_port).close()
for _ in range(50):
    call(closed_port, True).close()
full.listen(0)
callers = [call(full_port) for _ in range(4)]
for name, port in ("rule", rule_port), ("closed", closed_port), ("full", full_port):
    note(f"{name}.port", port)
END
}

# The tape lies inside of perf's recording.
inside() {
	"$TCPTAPE_RECORD" --force -o "$TMP/none" -- bash -euc scene
	"$TCPTAPE_RECORD" --force -o "$TMP/tape" -e 'skb:*,tcp:*,sock:*,net:net_dev_queue' --stacks 'skb:*,net_dev_queue' \
		--stacks inet_sock_set_state -- bash -euc scene
}
export -f scene inside

traced() {
	perf record -q -a -g --kernel-callchains -k CLOCK_MONOTONIC -m 1024 -o "$TMP/perf.data" -e skb:kfree_skb -e skb:consume_skb \
		-e net:net_dev_queue -e sock:inet_sock_set_state -- "$@" >"$TMP/perf.out" 2>&1
}
traced true || { cat "$TMP/perf.out"; skip "perf cannot trace here"; }
# Others may load this host so much that perf loses events, or fails, and says so.
lost=1
for _ in 1 2 3 4 5; do
	rc=0
	traced bash -euc 'inside || echo $? >"$TMP/failed"' || rc=$?
	[ ! -e "$TMP/failed" ] || { cat "$TMP/perf.out"; exit 1; }
	[ $rc -eq 0 ] || continue
	lost=$(perf script -i "$TMP/perf.data" --show-lost-events -F event 2>/dev/null | grep -c 'RECORD_LOST' || :)
	[ "$lost" -gt 0 ] || break
done
[ "$lost" -eq 0 ] || skip "perf loses events here, or fails: $(head -c 200 "$TMP/perf.out")"
[ "$(cat "$TMP/nft")" = ok ] || skip "nft: $(cat "$TMP/nft")"
perf script -i "$TMP/perf.data" --ns -F cpu,time,event,trace,ip >"$TMP/perf.txt" 2>/dev/null
python3 tests/live/stacks.py "$TMP/perf.txt"

# Symbols are hidden from the recorder: addresses, and one sentence why.
hidden() {
	: >"$TMP/kallsyms"
	mount --bind "$TMP/kallsyms" /proc/kallsyms
	"$TCPTAPE_RECORD" -q -o "$TMP/hidden" --stacks kfree_skb -- bash -euc scene
}
export -f hidden
unshare --mount --propagation private bash -euc hidden
python3 - <<'END'
import re
from tape import *
tape = Tape(f"{TMP}/hidden")
row = one([r for r in tape.rows("replay") if r["event"] == "skb:kfree_skb" and r["extra"]["dport"] == known("rule.port")])
assert re.fullmatch("0x[0-9a-f]+(;0x[0-9a-f]+)+", row["extra"]["stack"]), row
same([u for u in tape.info()["unavailable"] if "kallsyms" in u][1:], [], "sentences about hidden symbols but the first")
assert "kallsyms" in str(tape.info()["unavailable"]), tape.info()
END
