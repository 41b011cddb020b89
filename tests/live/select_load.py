# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""select_load.py PREFIX ADDR: connections of one process with itself. For each line on standard input: traffic on
the old connections of that round, which are ended, new ones from beginning to end, and new old ones for the next."""
import os
import socket
import struct
import sys

PREFIX, ADDR = sys.argv[1:]
OLD, NEW = 4, 12
IP_BIND_ADDRESS_NO_PORT = 24


def tell(name, text):
    with open(f"{PREFIX}.{name}.new", "w") as f:
        f.write(text)
    os.rename(f"{PREFIX}.{name}.new", f"{PREFIX}.{name}")


def talk(client, server):
    client.sendall(b"x" * 1000)
    while server.recv(1000, socket.MSG_DONTWAIT | socket.MSG_PEEK) != b"x" * 1000:
        pass
    server.recv(1000)
    server.sendall(b"yes")
    client.recv(3)


def end(n, client, server):
    """Every way to go: by FIN from either side, by RST, with unread data."""
    if n % 4 == 1:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    if n % 4 == 2:
        client, server = server, client
    if n % 4 == 3:
        server.sendall(b"unread")
    client.close()
    server.close()


def pair(listener, n):
    """Every other client has no port until connect() gives it one."""
    client = socket.socket()
    if n % 2:
        client.setsockopt(socket.IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1)
    client.bind((ADDR, 0))
    client.connect(listener.getsockname())
    return client, listener.accept()[0]


with socket.create_server((ADDR, 0)) as listener:
    tell("port", str(listener.getsockname()[1]))
    tell("pid", str(os.getpid()))
    old = [pair(listener, n) for n in range(OLD)]
    tell("old", "yes")
    for line in sys.stdin:
        for n, ends in enumerate(old):
            talk(*ends)
            end(n, *ends)
        for n in range(NEW):
            ends = pair(listener, n)
            talk(*ends)
            end(n, *ends)
        old = [pair(listener, n) for n in range(OLD)]
        tell("done" + line.strip(), "yes")
