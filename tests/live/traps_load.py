#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""traps_load.py NAME: connections that analysis gets wrong easily, each in a network namespace of its own. What the
application knows goes to $TMP/NAME.json."""
import ctypes
import errno
import json
import os
import select
import socket
import struct
import subprocess
import sys
import time

from provoke import enter_namespace, receive, wait_for

TMP = os.environ["TMP"]
HERE = "127.0.0.1"
MSG_FASTOPEN, TCP_FASTOPEN = 0x20000000, 23


def tell(name, **known):
    with open(f"{TMP}/{name}.json", "w") as f:
        json.dump(known, f)


def nft(chain, rule):
    """One rule in a chain of its own; nothing: no rules any more."""
    subprocess.run(["nft", "-f", "-"], input=f"table ip t {{\nchain c {{\ntype {chain};\n{rule}\n}}\n}}\n" if chain else
                   "flush ruleset\n", text=True, check=True)


def set_sysctl(name, value):
    with open(f"/proc/sys/{name}", "w") as f:
        f.write(str(value))


def listen(port=0, protocol=0, addr=HERE):
    s = socket.socket(socket.AF_INET, socket.SOCK_STREAM, protocol)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.bind((addr, port))
    s.listen(16)
    return s


def listen_fast_open():
    """Without cookies."""
    set_sysctl("net/ipv4/tcp_fastopen", 0x1 | 0x2 | 0x4 | 0x200)
    listener = listen()
    listener.setsockopt(socket.IPPROTO_TCP, TCP_FASTOPEN, 16)
    return listener


def exchange(client, listener, asked, answered):
    """One turn; the server closes first."""
    server, _ = listener.accept()
    client.sendall(bytes(asked))
    receive(server, asked)
    server.sendall(bytes(answered))
    receive(client, answered)
    server.close()
    client.recv(1)


def reconnect():
    """connect(AF_UNSPEC) makes the socket new; the cookie stays."""
    libc = ctypes.CDLL(None, use_errno=True)
    client = socket.socket()
    ports = []
    for asked in (10, 20, 30):
        listener = listen()
        ports.append(listener.getsockname()[1])
        client.connect(listener.getsockname())
        exchange(client, listener, asked, 2 * asked)
        libc.connect(client.fileno(), struct.pack("H14x", socket.AF_UNSPEC), 16)
        listener.close()
    client.close()
    tell("reconnect", ports=ports)


def fast_open():
    """The request is in the SYN, and its answer may come before the connection is established."""
    listener = listen_fast_open()
    client = socket.socket()
    client.sendto(bytes(100), MSG_FASTOPEN, listener.getsockname())
    server, _ = listener.accept()
    receive(server, 100)
    server.sendall(bytes(50))
    receive(client, 50)
    client.close()
    server.recv(1)
    server.close()
    tell("fast_open", port=listener.getsockname()[1])


def fast_open_unacknowledged():
    """The last part of the handshake is lost: the server answers in SYN_RECV, and is asked again."""
    listener = listen_fast_open()
    port = listener.getsockname()[1]
    nft("filter hook output priority 0", f"tcp dport {port} tcp flags & (syn|ack) == ack drop")
    client = socket.socket()
    client.sendto(bytes(100), MSG_FASTOPEN, listener.getsockname())
    server, _ = listener.accept()
    receive(server, 100)
    server.sendall(bytes(50))
    receive(client, 50)
    client.sendall(bytes(30))
    nft("", "")
    receive(server, 30)  # sent again
    server.sendall(bytes(20))
    receive(client, 20)
    client.close()
    server.recv(1)
    server.close()
    tell("fast_open_unacknowledged", port=port)


def syn_data_not_taken():
    """The first SYN is lost; the second comes without the data, which is sent again when that is answered."""
    listener = listen_fast_open()
    nft("filter hook input priority 0", "tcp flags & (syn|ack) == syn drop")
    client = socket.socket()
    client.setblocking(False)
    try:
        client.sendto(bytes(100), MSG_FASTOPEN, listener.getsockname())
    except BlockingIOError:
        pass
    nft("", "")
    server, _ = listener.accept()
    receive(server, 100)
    client.close()
    server.recv(1)
    server.close()
    tell("syn_data_not_taken", port=listener.getsockname()[1])


def oneself():
    """A socket that connects to its own port: simultaneous open with itself."""
    s = socket.socket()
    s.bind((HERE, 0))
    s.connect(s.getsockname())
    s.sendall(bytes(7))
    receive(s, 7)
    tell("oneself", port=s.getsockname()[1])
    s.close()


def both_open():
    """Two sockets connect to each other; the first SYN of each is lost."""
    nft("filter hook output priority 0", "tcp flags & (syn|ack) == syn drop")
    a, b = socket.socket(), socket.socket()
    for s in (a, b):
        s.bind((HERE, 0))
        s.setblocking(False)
    a.connect_ex(b.getsockname())
    b.connect_ex(a.getsockname())
    nft("", "")
    time.sleep(1.5)  # the SYNs are sent again
    for s in (a, b):
        s.setblocking(True)
    a.sendall(bytes(11))
    receive(b, 11)
    tell("both_open", ports=[a.getsockname()[1], b.getsockname()[1]])
    a.close()
    b.recv(1)
    b.close()


def both_close():
    """The FINs of both sides are lost at first: each side closes before it sees the other's."""
    listener = listen()
    client = socket.create_connection(listener.getsockname())
    server, _ = listener.accept()
    client.sendall(bytes(5))
    receive(server, 5)
    nft("filter hook output priority 0", "tcp flags & fin == fin drop")
    client.shutdown(socket.SHUT_WR)
    server.shutdown(socket.SHUT_WR)
    nft("", "")
    client.recv(1)
    server.recv(1)
    client.close()
    server.close()
    time.sleep(0.1)
    tell("both_close", port=listener.getsockname()[1])


def mptcp():
    """The socket of the application is not TCP; its subflow is."""
    try:
        listener = listen(protocol=socket.IPPROTO_MPTCP)
    except OSError as why:
        return tell("mptcp", skipped=os.strerror(why.errno))
    client = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_MPTCP)
    client.connect(listener.getsockname())
    exchange(client, listener, 1000, 3000)
    client.close()
    time.sleep(0.1)
    tell("mptcp", port=listener.getsockname()[1])


def never():
    """Sockets that never were a connection: unused, bound, without a route."""
    socket.socket().close()
    bound = socket.socket()
    bound.bind((HERE, 0))
    port = bound.getsockname()[1]
    bound.close()
    lost = socket.socket()
    assert lost.connect_ex(("203.0.113.1", 9)) == errno.ENETUNREACH
    lost.close()
    tell("never", port=port)


def nat():
    """The client's port 7777 is the server's port 8888."""
    nft("nat hook output priority -100", "tcp dport 7777 redirect to :8888")
    listener = listen(8888)
    client = socket.create_connection((HERE, 7777))
    exchange(client, listener, 300, 600)
    client.close()
    tell("nat")


def twins():
    """Two namespaces with the same addresses and ports at the same time."""
    def pair(size):
        listener = listen(9999)
        client = socket.socket()
        client.bind((HERE, 9998))
        client.connect(listener.getsockname())
        server, _ = listener.accept()
        client.sendall(bytes(size))
        receive(server, size)
        return client, server

    kept = pair(101)
    enter_namespace()
    other = pair(202)
    for s in kept + other:
        s.close()
    tell("twins")


def unaccepted():
    """The listener closes before it has accepted."""
    listener = listen()
    client = socket.create_connection(listener.getsockname())
    client.sendall(bytes(9))
    port = listener.getsockname()[1]
    listener.close()
    try:
        client.recv(1)
    except ConnectionResetError:
        pass
    client.close()
    tell("unaccepted", port=port)


def unread():
    """The server closes, and never asked for what had come."""
    listener = listen()
    client = socket.create_connection(listener.getsockname())
    server, _ = listener.accept()
    server.sendall(bytes(3))
    client.sendall(bytes(1000))
    receive(client, 3)
    wait_for("the data", lambda: select.select([server], [], [], 0)[0])
    server.close()
    try:
        client.recv(1)
    except ConnectionResetError:
        pass
    client.close()
    tell("unread", port=listener.getsockname()[1])


def reuse():
    """The same four addresses again and again, at once."""
    listener = listen()
    for size in range(1, 21):
        client = socket.socket()
        client.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        client.bind((HERE, 9990))
        client.connect(listener.getsockname())
        server, _ = listener.accept()
        client.sendall(bytes(size))
        receive(server, size)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        client.close()
        server.close()
    tell("reuse", port=listener.getsockname()[1])


def sharers():
    """Three listeners on one port: the kernel chooses."""
    port, listeners = 0, []
    for _ in range(3):
        s = socket.socket()
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        s.bind((HERE, port))
        s.listen(32)
        s.setblocking(False)
        port = s.getsockname()[1]
        listeners.append(s)
    clients = [socket.create_connection((HERE, port)) for _ in range(24)]
    accepted = []
    for listener in listeners:
        servers = []
        try:
            while True:
                servers.append(listener.accept()[0])
        except BlockingIOError:
            pass
        for s in servers:
            s.sendall(bytes(3))
            s.close()
        accepted.append(len(servers))
    for s in clients + listeners:
        s.close()
    tell("sharers", port=port, accepted=accepted)


TRAPS = reconnect, fast_open, fast_open_unacknowledged, syn_data_not_taken, unread, oneself, both_open, both_close, mptcp, never, nat, twins, unaccepted, reuse, sharers

if __name__ == "__main__":
    enter_namespace()
    next(trap for trap in TRAPS if trap.__name__ == sys.argv[1])()
