#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""A host that is far away: two network namespaces joined by a link that delays every packet.

    far_load.py OUT      needs root, ip and /dev/net/tun

Two TUN devices, and a thread that takes each packet from one to the other, DELAY later. OUT gets, as JSON, what the
kernel told of the connections itself.
"""
import collections
import fcntl
import json
import os
import select
import socket
import struct
import subprocess
import sys
import threading
import time

from provoke import enter_namespace, receive

DELAY, THINK = 0.02, 0.03
NEAR, FAR = "10.77.0.1", "10.77.0.2"
TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454CA, 1, 0x1000


def end_of_link(name, address, peer):
    """The TUN device of a namespace of its own, in which this thread is from now on."""
    enter_namespace()
    fd = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(fd, TUNSETIFF, struct.pack("16sH22x", name.encode(), IFF_TUN | IFF_NO_PI))
    for words in ("address", "add", address, "peer", peer, "dev", name), ("link", "set", name, "up"):
        subprocess.run(["ip", *words], check=True)
    return fd


def carry(ends):
    """Packets of either end to the other, in the order in which they came."""
    under_way = collections.deque()
    while True:
        left = max(0.0, under_way[0][0] - time.monotonic()) if under_way else None
        for fd in select.select(ends, [], [], left)[0]:
            try:
                while True:
                    under_way.append((time.monotonic() + DELAY, ends[fd == ends[0]], os.read(fd, 65535)))
            except BlockingIOError:
                pass
        while under_way and under_way[0][0] <= time.monotonic():
            _, fd, packet = under_way.popleft()
            os.write(fd, packet)


def told(sock):
    """What the kernel says of a connection; microseconds."""
    info = sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 256)
    return {"port": sock.getsockname()[1], "min_rtt_us": struct.unpack_from("I", info, 148)[0],
            "sndbuf_limited_us": struct.unpack_from("Q", info, 184)[0]}


def asks(client, server):
    for _ in range(5):
        client.sendall(bytes(100))
        receive(server, 100)
        time.sleep(THINK)
        server.sendall(bytes(1000))
        receive(client, 1000)


def cramped(client, server):
    """The send buffer holds less than what could be under way."""
    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_CONGESTION, b"reno")  # pacing would hold back, too
    client.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 30000)
    writer = threading.Thread(target=client.sendall, args=(bytes(1500000),))
    writer.start()
    receive(server, 1500000)
    writer.join()


def main():
    far = end_of_link("tunfar", FAR, NEAR)
    listener = socket.create_server((FAR, 7080))
    near = end_of_link("tunnear", NEAR, FAR)
    threading.Thread(target=carry, args=((near, far),), daemon=True).start()
    said = {}
    for story in asks, cramped:
        client = socket.create_connection((FAR, 7080), timeout=20)
        server, _ = listener.accept()
        story(client, server)
        said[story.__name__] = told(client)
        client.close()
        server.recv(1)
        server.close()
        time.sleep(2 * DELAY)
    with open(sys.argv[1], "w") as f:
        json.dump(said, f)


main()
