#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# Sockets in other network namespaces are in the snapshot: listeners with their backlog, connections that nobody
# has accepted, TIME_WAIT; of a namespace that has processes, and of one that has only a name. The recorder comes back.
set -eu
. tests/live/stage.bash
need unshare ip setpriv

name=tcptape-$$
stage_clear() { ip netns del "$name" 2>/dev/null || :; }
ip netns add "$name" 2>"$TMP/err" || skip "ip netns: $(cat "$TMP/err")"
ip -n "$name" link set lo up

cat >"$TMP/scene.py" <<'END'
import os, socket, sys
path, stays = sys.argv[1:]
listener = socket.create_server(("127.0.0.1", 0), backlog=7)
for _ in range(3):  # accepted and closed by the client first: TIME_WAIT
    c = socket.create_connection(listener.getsockname())
    s = listener.accept()[0]
    c.close()
    assert not s.recv(1)
    s.close()
waiting = [socket.create_connection(listener.getsockname()) for _ in range(2)]
for s in waiting:
    s.send(b"hello")
with open(path + ".new", "w") as f:
    print(os.stat("/proc/self/ns/net").st_ino, listener.getsockname()[1], os.getpid(), file=f)
os.rename(path + ".new", path)
if stays == "stays":
    sys.stdin.read()
END
mkfifo "$TMP/hold"
unshare -n bash -euc 'ip link set lo up; exec python3 "$1" "$2" stays' scene "$TMP/scene.py" "$TMP/peopled" <"$TMP/hold" &
exec 9>"$TMP/hold"
ip netns exec "$name" python3 "$TMP/scene.py" "$TMP/named" goes
until_file "$TMP/peopled"

look() {
	readlink /proc/self/ns/net "/proc/$PPID/ns/net" >"$TMP/spaces"
}
export -f look

# Without CAP_SYS_ADMIN the others cannot be entered: said on the screen and on the tape, and recorded all the same.
recorder=$TCPTAPE_RECORD
cat >"$TMP/weaker" <<END
#!/bin/sh
exec setpriv --bounding-set -sys_admin --inh-caps -sys_admin "$recorder" "\$@"
END
chmod +x "$TMP/weaker"
TCPTAPE_RECORD=$TMP/weaker record "$TMP/weak.tape" true
grep -Eqz 'tcptape-record: [0-9]+ of [0-9]+ network namespaces cannot be looked into \(Operation not permitted\)' \
	"$TMP/record.err" || { echo "nobody was told:"; cat "$TMP/record.err"; exit 1; }
"$TCPTAPE" info "$TMP/weak.tape" -f json >"$TMP/weak.json"
grep -q "existing_socks: network namespace $(cut -d' ' -f1 "$TMP/peopled"): Operation not permitted" "$TMP/weak.json"

record "$TMP/tape" look
exec 9>&-
[ "$(sort -u "$TMP/spaces" | wc -l)" -eq 1 ] || { echo "the recorder has not come back:"; cat "$TMP/spaces"; exit 1; }
if grep -n 'missing\|not known' "$TMP/record.err"; then exit 1; fi

python3 - <<'END'
import collections
import urllib.parse
from tape import *


def scene(name):
    with open(f"{TMP}/{name}") as f:
        return [int(n) for n in f.read().split()]


tape = Tape()
rows = [r for r in tape.rows("replay") if r["event"] == "tcptape:sock_snapshot"]
canonical = [line.split(" ") for line in tape.run("replay", "-f", "canonical")[0].splitlines()]
facts = {urllib.parse.unquote(w[1]): urllib.parse.unquote(w[2]) for w in canonical if w[0] == "fact"}

netns_of = {r["conn"]: r["netns"] for r in tape.rows("conns")}

netns, port, pid = scene("peopled")
here = [r["fields"] for r in rows if netns_of[r["conn"]] == netns]
states = collections.Counter(f["state"] for f in here)
same(states, {"TCP_LISTEN": 1, "TCP_ESTABLISHED": 4}, "sockets of the namespace with processes")
listener = one([f for f in here if f["state"] == "TCP_LISTEN"])
same((listener["backlog"], listener["max_backlog"], listener["owner_pid"]), (2, 7, pid), "its listener")
connected = [f for f in here if f["state"] == "TCP_ESTABLISHED"]
same(sorted(str(f.get("owner_pid")) for f in connected), sorted([str(pid)] * 2 + ["None"] * 2),
     "owners: two of the client, none of what was not accepted")
same(sorted((f["bytes_acked"], f["bytes_received"]) for f in connected), [(0, 5), (0, 5), (6, 0), (6, 0)],
     "bytes so far, and the client's SYN")
same(facts.get(f"time_wait_sockets {netns}"), "3", "TIME_WAIT of the namespace with processes")

netns = scene("named")[0]
same([r for r in rows if netns_of[r["conn"]] == netns], [], "nothing is left of the process in the named namespace")
assert int(facts[f"time_wait_sockets {netns}"]) >= 3, f"TIME_WAIT of the named namespace: {facts}"
info = one(tape.rows("info"))
assert info["time_wait_sockets"] >= 6, f"TIME_WAIT of all: {facts}"
assert info["network_namespaces"] >= 3, f"namespaces: {facts['network_namespaces']}"
page = tape.run("info")[0]
said = f"{info['time_wait_sockets']} in TIME_WAIT and {info['request_sockets']} half-open, in {info['network_namespaces']} network"
assert said in " ".join(page.split()), page
END
