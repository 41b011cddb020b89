#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""A client and a server that log what they do.

    exchanges_load.py FILE    needs root; enters a network namespace of its own

Each exchange goes to FILE, a JSON object a line, with its sizes and, for each end of each part, the clock before and after
the call that made it: whatever the kernel says must lie between the two.
"""
import json
import random
import socket
import sys
import threading
import time

from provoke import V4, enter_namespace, listen

CONNECTIONS, EXCHANGES = 4, 25


def now():
    return time.clock_gettime_ns(time.CLOCK_BOOTTIME)


def send(sock, count, pieces):
    """The brackets of the first and of the last call."""
    first = None
    for i in range(pieces):
        before = now()
        sock.sendall(bytes(count // pieces + (count % pieces if i == 0 else 0)))
        last = (before, now())
        first = first or last
    return first, last


def read(sock, count):
    first, got = None, 0
    while got < count:
        before = now()
        part = len(sock.recv(count - got))
        last = (before, now())
        assert part, "the other side has closed"
        got += part
        first = first or last
    return first, last


def serve(listener, plans):
    for plan in plans:
        sock = listener.accept()[0]
        for x in plan:
            _, x["server_read"] = read(sock, x["request"])
            time.sleep(x["think"])
            x["server_write"], x["server_wrote"] = send(sock, x["response"], x["pieces"])
        sock.recv(1)
        sock.close()


def ask(address, plan):
    sock = socket.create_connection(address)
    for x in plan:
        x["port"] = sock.getsockname()[1]
        x["client_write"], _ = send(sock, x["request"], 1)
        x["client_first"], x["client_read"] = read(sock, x["response"])
        time.sleep(x["idle"])
    sock.close()


def main():
    enter_namespace()
    listener = listen(V4)
    rng = random.Random(5)
    plans = [[{"n": n + 1, "request": rng.randint(1, 3000), "response": rng.randint(3, 50000), "pieces": rng.randint(1, 3),
               "think": rng.random() / 200, "idle": rng.random() / 500} for n in range(EXCHANGES)]
             for _ in range(CONNECTIONS)]
    server = threading.Thread(target=serve, args=(listener, plans))
    server.start()
    for plan in plans:
        ask(listener.getsockname()[:2], plan)
    server.join()
    listener.close()
    with open(sys.argv[1], "w") as f:
        for plan in plans:
            for x in plan:
                print(json.dumps(x), file=f)


main()
