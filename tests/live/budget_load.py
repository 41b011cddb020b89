#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""Connections that spend their time in known ways.

    budget_load.py FILE    needs root; enters a network namespace of its own

Acts each story on a connection of its own, and writes to FILE, as JSON, what must come of it: the client's port, the side,
the items that share the time, and how many nanoseconds those are at least and at most.
"""
import json
import socket
import sys
import threading
import time

from provoke import EVERYTHING, NOTHING, V4, enter_namespace, listen, lose

PAUSE = 0.05
SO_SNDBUFFORCE = 32
EXPECTED = []


def expect(client, side, items, seconds, most=1.2):
    ns = int(seconds * 1e9)
    EXPECTED.append({"port": client.getsockname()[1], "side": side, "items": items, "ns": ns, "most": int(ns * most)})


def connect(listener):
    client = socket.create_connection(listener.getsockname()[:2])
    return client, listener.accept()[0]


def read(sock, count):
    got = 0
    while got < count:
        part = len(sock.recv(1 << 20))
        assert part, "the other side has closed"
        got += part


def ask(client, server, think=0.0):
    client.sendall(bytes(100))
    read(server, 100)
    time.sleep(think)
    server.sendall(bytes(1000))
    read(client, 1000)


def thinker(listener):
    client, server = connect(listener)
    for _ in range(6):
        ask(client, server, PAUSE)
    expect(client, "client", ["peer_ns"], 6 * PAUSE)
    expect(client, "server", ["sender_app_ns"], 6 * PAUSE)
    return client, server


def idler(listener):
    client, server = connect(listener)
    for _ in range(6):
        ask(client, server)
        time.sleep(PAUSE)
    expect(client, "client", ["idle_ns"], 6 * PAUSE)
    expect(client, "server", ["idle_ns"], 6 * PAUSE)
    return client, server


def streamer(listener):
    client, server = connect(listener)
    for _ in range(6):
        client.sendall(bytes(100))
        read(server, 100)
        time.sleep(PAUSE)
    expect(client, "client", ["sender_app_ns"], 6 * PAUSE)
    expect(client, "server", ["peer_ns"], 5 * PAUSE)
    return client, server


def sleeper(listener):
    """The reader sleeps with its buffer full."""
    client, server = connect(listener)
    ask(client, server)
    count = 4 << 20
    writer = threading.Thread(target=client.sendall, args=(bytes(count),))
    writer.start()
    time.sleep(6 * PAUSE)
    read(server, count)
    writer.join()
    expect(client, "client", ["rwnd_ns"], 5 * PAUSE)
    expect(client, "server", ["receiver_app_ns"], 5 * PAUSE)
    return client, server


def leaver(listener):
    """The writer is done long before its reader."""
    client, server = connect(listener)
    ask(client, server)
    count = 1 << 20
    client.setsockopt(socket.SOL_SOCKET, SO_SNDBUFFORCE, 4 * count)
    server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
    client.sendall(bytes(count))
    client.shutdown(socket.SHUT_WR)
    time.sleep(6 * PAUSE)
    read(server, count)
    expect(client, "client", ["rwnd_ns"], 5 * PAUSE, 2)
    expect(client, "server", ["receiver_app_ns"], 5 * PAUSE, 2)
    return client, server


def loser(listener):
    """Everything is lost for a while; the probe for a lost tail, then the timer."""
    client, server = connect(listener)
    ask(client, server)
    lose(server, EVERYTHING)
    client.sendall(bytes(100))
    time.sleep(10 * PAUSE)
    lose(server, NOTHING)
    read(server, 100)
    expect(client, "client", ["rto_wait_ns", "recovery_ns"], 10 * PAUSE, 2)  # the timer doubles
    expect(client, "client", ["rto_wait_ns"], 4 * PAUSE, 4)
    return client, server


def waiter(listener):
    """Nobody calls accept()."""
    client = socket.create_connection(listener.getsockname()[:2])
    time.sleep(6 * PAUSE)
    server = listener.accept()[0]
    ask(client, server)
    expect(client, "server", ["accept_wait_ns"], 6 * PAUSE)
    return client, server


def main():
    enter_namespace()
    listener = listen(V4)
    for story in thinker, idler, streamer, sleeper, leaver, loser, waiter:
        client, server = story(listener)
        client.close()
        server.recv(1)
        server.close()
    listener.close()
    with open(sys.argv[1], "w") as f:
        json.dump(EXPECTED, f)


main()
