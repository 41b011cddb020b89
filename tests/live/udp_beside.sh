#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# UDP beside a TCP exchange, on the same port number: its packets are on the tape, but it is no connection.
set -eu
. tests/live/stage.bash

mixed() {
	hello_pair '' ''
	python3 - "$(cat "$TMP/port")" <<'END'
import socket, sys
port = int(sys.argv[1])
for family, addr in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
    with socket.socket(family, socket.SOCK_DGRAM) as a, socket.socket(family, socket.SOCK_DGRAM) as b:
        b.bind((addr, port))
        for size in (0, 1, 1000, 60000):
            a.sendto(bytes(size), (addr, port))
            assert len(b.recv(65536)) == size
        b.close()
        a.sendto(b"nobody is here", (addr, port))
END
}
export -f mixed
record "$TMP/tape" mixed
python3 - <<'END'
from tape import *
tape = Tape()
hello = Hello(tape)  # three rows: client, server, listener; none from UDP
hello.carried(2, 11)
hello.turns((2, 11))
rows = tape.rows("replay")
packets = [r for r in rows if r["event"].endswith("netif_receive_skb") and r["extra"].get("proto") == "IPPROTO_UDP"
           and r["extra"]["dport"] == hello.port]
same(sorted((r["extra"]["daddr"], r["fields"]["len"]) for r in packets),
     sorted([("127.0.0.1", 28 + n) for n in (0, 1, 1000, 60000, 14)] + [("::1", 48 + n) for n in (0, 1, 1000, 60000, 14)]),
     "UDP packets received")
same({(r["conn"], r["extra"]["seq"], r["extra"]["tcp_flags"]) for r in packets}, {(None, None, None)},
     "UDP packets belong to no connection and have no sequence numbers")
drops = [r for r in rows if r["event"].endswith("kfree_skb") and r["extra"].get("proto") == "IPPROTO_UDP"
         and r["extra"]["dport"] == hello.port]
same([(r["fields"]["reason"], r["conn"]) for r in drops], [("NO_SOCKET", None)] * 2, "UDP packets to nobody")
lengths = [r["fields"]["ret"] for r in rows if r["event"].endswith("sock_recv_length")
           and r["fields"]["protocol"] in (17, "IPPROTO_UDP") and r["comm"].startswith("python")]
same(sorted(lengths), sorted([0, 1, 1000, 60000] * 2), "lengths of datagrams received")
END
