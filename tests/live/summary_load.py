#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""Connections whose counters are known to someone else.

    summary_load.py DIRECTORY    needs root; enters a network namespace of its own

Connects, moves some bytes, and writes what `ss -tie` says of each end to DIRECTORY/before. When DIRECTORY/go exists, moves
more, writes the same and what it sent and received itself to DIRECTORY/after, and closes everything, each in its way.
"""
import json
import os
import re
import selectors
import socket
import struct
import subprocess
import sys
import time

from provoke import NOTHING, V4, V6, enter_namespace, listen, lose, wait_for

# A classic BPF filter: one segment in eight is lost (SKF_AD_RANDOM mod 8).
ONE_IN_EIGHT = [(0x20, 0, 0, 0xFFFFF038), (0x94, 0, 0, 8), (0x15, 0, 1, 0), (0x06, 0, 0, 0), (0x06, 0, 0, 0xFFFFFFFF)]
# client to server, server to client, how it ends, addresses, whether segments get lost
CASES = [(0, 0, "client", V4, False), (1, 1, "server", V4, False), (1000, 50000, "reset", V6, False),
         (300001, 700003, "half", V4, False), (1200000, 600000, "reset", V4, True), (90000, 300000, "client", V6, True)]


class End:
    def __init__(self, sock, is_client, to_send, ends, is_lossy):
        sock.setblocking(False)
        self.sock, self.to_send, self.ends, self.is_lossy = sock, to_send, ends, is_lossy
        self.is_client, self.sent, self.received = is_client, 0, 0
        if is_lossy:
            lose(sock, ONE_IN_EIGHT)

    def step(self, events):
        if events & selectors.EVENT_READ:
            self.received += len(self.sock.recv(1 << 16))
        if events & selectors.EVENT_WRITE and self.sent < self.to_send:
            self.sent += self.sock.send(bytes(min(self.to_send - self.sent, 30000)))


def move(a, b, times):
    """Until each has sent `times` as much as it is to send, and the other has it."""
    done_a, done_b = a.to_send, b.to_send
    a.to_send, b.to_send = a.to_send * times, b.to_send * times
    with selectors.DefaultSelector() as s:
        for end in (a, b):
            s.register(end.sock, selectors.EVENT_READ | selectors.EVENT_WRITE, end)
        while (a.sent, b.received, b.sent, a.received) != (a.to_send, a.to_send, b.to_send, b.to_send):
            for key, events in s.select():
                key.data.step(events)
            time.sleep(0.0002)
    a.to_send, b.to_send = done_a, done_b


def ss():
    """{"local port-remote port": what follows the addresses}"""
    out = subprocess.run(["ss", "-tienHO", "state", "established"], capture_output=True, text=True, check=True).stdout
    found = {}
    for line in out.splitlines():
        ports = re.search(r":(\d+)\s+\S+:(\d+)\s", line)
        found[f"{ports[1]}-{ports[2]}"] = line[ports.end():]
    return found


def settled():
    """Nothing is under way any more: what they say stays."""
    seen = [{}, ss()]

    def is_still():
        time.sleep(0.3)
        seen[:] = [seen[1], ss()]
        lasting = [{k: re.sub(r"(last\w+|timer):\S+", "", v) for k, v in s.items()} for s in seen]
        return lasting[0] == lasting[1] and not any("unacked" in v for v in seen[1].values())
    wait_for("idle sockets", is_still)
    return seen[1]


def tell(directory, name, ends):
    known = []
    info = settled()
    for end in ends:
        local, remote = end.sock.getsockname()[1], end.sock.getpeername()[1]
        known.append({"lport": local, "rport": remote, "ends": end.ends, "is_client": end.is_client, "sent": end.sent, "received": end.received,
                      "ss": info[f"{local}-{remote}"]})
    with open(f"{directory}/{name}.new", "w") as f:
        json.dump(known, f)
    os.rename(f"{directory}/{name}.new", f"{directory}/{name}")


def reset(s):
    s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    s.close()


def close(client, server, how):
    if how == "reset":
        reset(client)
        time.sleep(0.05)
        server.close()
        return
    first, second = (server, client) if how == "server" else (client, server)
    if how == "half":
        first.shutdown(socket.SHUT_WR)
    else:
        first.close()
    second.setblocking(True)
    assert second.recv(1) == b"", "the end"
    second.close()
    first.close()


def main(directory):
    enter_namespace()
    pairs = []
    for up, down, how, ends, is_lossy in CASES:
        listener = listen(ends)
        client = socket.create_connection((ends[3], listener.getsockname()[1]))
        pairs.append((End(client, True, up, how, is_lossy),
                      End(listener.accept()[0], False, down, how, is_lossy)))
        listener.close()
    everyone = [end for pair in pairs for end in pair]
    for pair in pairs:
        move(*pair, 1)
    tell(directory, "before", everyone)
    wait_for("the recorder", lambda: os.path.exists(f"{directory}/go"))
    for pair in pairs:
        move(*pair, 2)
        for end in pair:
            if end.is_lossy:
                lose(end.sock, NOTHING)
    tell(directory, "after", everyone)
    for (client, server), (_, _, how, _, _) in zip(pairs, CASES):
        close(client.sock, server.sock, how)


if __name__ == "__main__":
    main(sys.argv[1])
