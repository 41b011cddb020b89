#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# Nobody listens: over IPv4 and IPv6, the client's life is SYN_SENT and its end is "refused".
set -eu
. tests/live/stage.bash

refused() {
	python3 - "$1" <<'END'
import errno, os, socket, sys
family = socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET
with socket.socket(family, socket.SOCK_STREAM) as holder, socket.socket(family, socket.SOCK_STREAM) as s:
    holder.bind((sys.argv[1], 0))  # nobody else gets the port meanwhile
    port = holder.getsockname()[1]
    assert s.connect_ex((sys.argv[1], port)) == errno.ECONNREFUSED
with open(os.environ["TMP"] + "/port", "w") as f:
    f.write(f"{port}\n")
with open(os.environ["TMP"] + "/pid", "w") as f:
    f.write(f"{os.getpid()}\n")
END
}
export -f refused

for addr in 127.0.0.1 ::1; do
	record "$TMP/tape" refused $addr
	python3 - $addr <<'END'
import sys
from tape import *
tape, port = Tape(), known("port")
row = one(tape.rows("conns", "--port", port), rport=port)
same((row["role"], row["end"], row["peer"]), ("client", "refused", None), "the client that was refused")
same((row["raddr"], row["laddr"]), (sys.argv[1], sys.argv[1]), "its addresses")
same(row["pid"], known("pid"), "its owner")
same((row["tx_bytes"] or 0, row["rx_bytes"] or 0), (0, 0), "its bytes")
same(tape.path_of(row["conn"]), ["TCP_SYN_SENT", "TCP_CLOSE"], "its states")
same(tape.rows("exchanges", "--port", port), [], "its exchanges")
# The kernel's answer has no socket: its addresses come from the packet.
sent = one([r for r in tape.rows("replay") if r["event"].endswith("tcp_send_reset")
            and (r["fields"]["saddr"] or "").endswith(f":{port}")], "the reset that was sent")
same((sent["fields"]["skaddr"], sent["fields"]["reason"]), ("0x0", "NO_SOCKET"), "why it was sent")
END
done
