#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# The walk through the sockets of 800 network namespaces does not keep the recorder from what happens meanwhile: a small
# buffer suffices. The summary counts what was found as `info` does.
set -eu
. tests/live/stage.bash
need unshare

cat >"$TMP/spaces.py" <<'END'
import ctypes, os, sys
CLONE_NEWNET = 0x40000000
libc = ctypes.CDLL(None, use_errno=True)
for n in range(800):  # each lives until standard input ends
    made, told = os.pipe()
    if os.fork() == 0:
        os.close(made)
        if libc.unshare(CLONE_NEWNET):
            print(os.strerror(ctypes.get_errno()))
            os._exit(1)
        os.write(told, b"!")
        os.close(told)
        sys.stdin.read()
        os._exit(0)
    os.close(told)
    if not os.read(made, 1):
        sys.exit(1)
    os.close(made)
with open(sys.argv[1], "w") as f:
    print("made", file=f)
sys.stdin.read()
END
mkfifo "$TMP/hold"
python3 "$TMP/spaces.py" "$TMP/made" <"$TMP/hold" >"$TMP/spaces.out" &
spaces=$!
exec 9>"$TMP/hold"
while ! [ -s "$TMP/made" ]; do
	kill -0 $spaces 2>/dev/null || skip "network namespaces: $(cat "$TMP/spaces.out")"
	sleep 0.05
done

"$B/hello_server" --port 0 --ready "$TMP/port" --rounds 1000000 >/dev/null 2>&1 9>&- &
"$B/hello_client" --port-from "$TMP/port" --ready "$TMP/met" --rounds 1000000 --gap-us 500 >/dev/null 2>&1 9>&- &
until_file "$TMP/met"

"$TCPTAPE_RECORD" -o "$TMP/tape" --buffer 512K -d 0.2 2>"$TMP/record.err"
grep -q 'none lost' "$TMP/record.err" || { cat "$TMP/record.err"; exit 1; }
exec 9>&-

"$TCPTAPE_RECORD" --force -o "$TMP/tape" -e 'tcptape:*' -d 0.2 2>"$TMP/record.err"
python3 - <<'END'
import re
from tape import *

with open(f"{TMP}/record.err") as f:
    said = " ".join(f.read().split())
events = Tape().rows("info")[0]["events"]
assert events.get("tcptape:listener"), f"no listener at the end: {events}"
told = {name: int(n.replace(",", "")) for name, n in re.findall(r"(\w+:\w+) ([\d,]+)", said)}
same(told, events, "what the summary counts")
END
