#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""Segments that are sent again for each reason there is, each on a connection of its own, in a network namespace of its own.

    resend_load.py OUT      needs root, ip and nft

OUT/netstat is what the kernel counted in that namespace meanwhile: /proc/net/netstat and snmp, a line `name value` each.
"""
import socket
import struct
import subprocess
import sys
import time

from provoke import enter_namespace

OUT = sys.argv[1]
PORTS = {"timeout": 7001, "synack": 7002, "failed": 7003}
FAR = "10.77.0.9"  # an address that will go


def sh(*words, **options):
    subprocess.run(words, check=True, **options)


def drop(rule):
    """What a filter swallows from now on, as a wire would: the sender is not told."""
    sh("nft", "-f", "-", input="table ip t { chain c { type filter hook input priority 0; %s drop; }; }" % rule, text=True)


def drop_nothing():
    sh("nft", "flush", "ruleset")


def pair(port, addr="127.0.0.1"):
    listener = socket.create_server((addr, port))
    client = socket.create_connection((addr, port))
    server, _ = listener.accept()
    listener.close()
    client.sendall(b"hello")
    server.recv(100)
    return client, server


def timeout():
    """A loss probe, then the timer: 200 ms, 400 ms, and so on, until the rule is gone."""
    client, server = pair(PORTS["timeout"])
    drop("tcp dport %d" % PORTS["timeout"])
    client.sendall(b"lost")
    time.sleep(1.2)
    drop_nothing()
    server.recv(100)
    client.close()
    server.close()


def synack():
    """The client sends its SYN again after a second, the server its SYN-ACK by itself and for that SYN."""
    port = PORTS["synack"]
    listener = socket.create_server(("127.0.0.1", port))
    client = socket.socket()
    client.setblocking(False)
    drop("tcp sport %d tcp flags & (syn | ack) == syn | ack" % port)
    client.connect_ex(("127.0.0.1", port))
    time.sleep(1.5)
    drop_nothing()
    client.settimeout(20)
    server, _ = listener.accept()
    for s in client, server, listener:
        s.close()


def failed():
    """Without a route the timer can send nothing."""
    sh("ip", "address", "add", f"{FAR}/32", "dev", "lo")
    client, server = pair(PORTS["failed"], FAR)
    drop("tcp dport %d" % PORTS["failed"])
    client.sendall(b"lost")
    time.sleep(0.1)
    sh("ip", "address", "delete", f"{FAR}/32", "dev", "lo")
    time.sleep(1)
    drop_nothing()
    for s in client, server:  # at once, or the timer goes on when the recording has ended
        s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        s.close()


def write_counters():
    with open(f"{OUT}/netstat", "w") as out:
        for path in "/proc/net/netstat", "/proc/net/snmp":
            with open(path) as f:
                lines = [line.split()[1:] for line in f]
            for names, values in zip(lines[::2], lines[1::2]):
                out.writelines(f"{n} {v}\n" for n, v in zip(names, values))


enter_namespace()
sh("ip", "link", "set", "lo", "up")
timeout()
synack()
failed()
write_counters()
