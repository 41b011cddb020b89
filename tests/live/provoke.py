#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""Makes the kernel fire every default event that can be had on loopback.

    provoke.py OUT        needs root; enters a network namespace of its own

OUT gets one JSON object: the interval of all this on CLOCK_MONOTONIC, and what could not be
provoked, with the reason. Nothing waits for time to pass, except for the kernel's own
retransmission timers.
"""
import ctypes
import errno
import fcntl
import json
import os
import select
import socket
import struct
import sys
import time
import traceback

CLONE_NEWNET = 0x40000000
SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP = 0x8913, 0x8914, 1
SO_ATTACH_FILTER, SO_DETACH_FILTER = 26, 27
TCP_MD5SIG = 14
PATIENCE_S = 20

V4 = (socket.AF_INET, "127.0.0.1", socket.AF_INET, "127.0.0.1")
V6 = (socket.AF_INET6, "::1", socket.AF_INET6, "::1")
# A server on :: and IPv4: once seen as ::ffff:127.0.0.1 by the client too, once by the server alone.
MAPPED = (socket.AF_INET6, "::", socket.AF_INET6, "::ffff:127.0.0.1")
DUAL = (socket.AF_INET6, "::", socket.AF_INET, "127.0.0.1")


def enter_namespace():
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), "cannot unshare the network namespace")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        request = struct.pack("16sH14x", b"lo", 0)
        flags = struct.unpack("16sH14x", fcntl.ioctl(s, SIOCGIFFLAGS, request))[1]
        fcntl.ioctl(s, SIOCSIFFLAGS, struct.pack("16sH14x", b"lo", flags | IFF_UP))


def wait_for(what, condition):
    """Poll: the kernel tells nobody when these things happen."""
    until = time.monotonic() + PATIENCE_S
    while not condition():
        if time.monotonic() > until:
            raise TimeoutError(what)
        time.sleep(0.002)


def tcp_info(s):
    """(state, retransmits of the head, unacknowledged, total_retrans)"""
    raw = s.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 104)
    return raw[0], raw[2], struct.unpack_from("I", raw, 24)[0], struct.unpack_from("I", raw, 100)[0]


def lose(s, instructions):
    """A socket filter decides what this socket loses; none: nothing."""
    if not instructions:
        s.setsockopt(socket.SOL_SOCKET, SO_DETACH_FILTER, 0)
        return
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *i) for i in instructions))
    program = struct.pack("HxxxxxxP", len(instructions), ctypes.addressof(code))
    s.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, program)


EVERYTHING = [(0x06, 0, 0, 0)]
# The filter sees the TCP header: flags are in byte 13, SYN is 2.
ALL_BUT_SYN = [(0x30, 0, 0, 13), (0x45, 0, 1, 2), (0x06, 0, 0, 0xffffffff), (0x06, 0, 0, 0)]
NOTHING = []


def listen(ends=V4, backlog=16, protocol=0):
    s = socket.socket(ends[0], socket.SOCK_STREAM, protocol)
    s.settimeout(PATIENCE_S)
    s.bind((ends[1], 0))
    s.listen(backlog)
    return s


def caller(ends=V4, protocol=0):
    s = socket.socket(ends[2], socket.SOCK_STREAM, protocol)
    s.settimeout(PATIENCE_S)
    return s


def address(listener, ends=V4):
    return ends[3], listener.getsockname()[1]


def pair(ends=V4, protocol=0):
    """(client, server side), connected."""
    with listen(ends, protocol=protocol) as listener:
        client = caller(ends, protocol)
        client.connect(address(listener, ends))
        server, _ = listener.accept()
    server.settimeout(PATIENCE_S)
    return client, server


def receive(s, size):
    got = 0
    while got < size:
        chunk = s.recv(min(size - got, 1 << 20))
        if not chunk:
            raise EOFError(f"{got} of {size} bytes")
        got += len(chunk)


def close_both(first, second):
    first.close()
    assert second.recv(1) == b""
    second.close()


def expect_reset(s):
    try:
        while s.recv(1 << 16):
            pass
    except ConnectionResetError:
        pass
    s.close()


def hello(ends=V4, protocol=0, client_first=False):
    client, server = pair(ends, protocol)
    client.sendall(b"Hi")
    assert server.recv(2, socket.MSG_PEEK) == b"Hi"
    receive(server, 2)
    server.sendall(b"Hello World")
    receive(client, 11)
    close_both(*((client, server) if client_first else (server, client)))


def hellos():
    for ends in (V4, V6, MAPPED, DUAL):
        hello(ends)
        hello(ends, client_first=True)


def multipath():
    hello(V4, socket.IPPROTO_MPTCP)
    hello(V6, socket.IPPROTO_MPTCP)


def refused():
    for ends in (V4, V6, MAPPED):
        with socket.socket(ends[0], socket.SOCK_STREAM) as placeholder, caller(ends) as s:
            placeholder.bind((ends[1], 0))
            assert s.connect_ex(address(placeholder, ends)) == errno.ECONNREFUSED


def reset_by_linger():
    for ends in (V4, V6, DUAL):
        client, server = pair(ends)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        client.close()
        expect_reset(server)


def close_unread():
    for ends in (V4, V6):
        client, server = pair(ends)
        client.sendall(b"nobody reads this")
        select.select([server], [], [], PATIENCE_S)
        server.close()
        expect_reset(client)


def half_close():
    client, server = pair(V6)
    client.sendall(b"x" * 1000)
    client.shutdown(socket.SHUT_WR)
    receive(server, 1000)
    assert server.recv(1) == b""
    server.sendall(b"y" * 50000)
    server.close()
    receive(client, 50000)
    assert client.recv(1) == b""
    client.close()


def data_after_close():
    """The receiver is gone, the sender goes on: a reset answers."""
    client, server = pair()
    server.close()
    client.sendall(b"too late")
    expect_reset(client)


def abandoned():
    """A socket that connects twice, one that never does, and one that is asked when nothing is there."""
    client, server = pair()
    client.setblocking(False)
    try:
        client.recv(1)
    except BlockingIOError:
        pass
    client.setblocking(True)
    client.settimeout(PATIENCE_S)
    libc = ctypes.CDLL(None, use_errno=True)
    libc.connect(client.fileno(), ctypes.create_string_buffer(16), 16)  # AF_UNSPEC disconnects
    expect_reset(server)
    with listen() as listener:
        client.connect(address(listener))
        listener.accept()[0].close()
        assert client.recv(1) == b""
    client.close()
    socket.socket(socket.AF_INET6, socket.SOCK_STREAM).close()


def bulk(ends=V4, total=16 << 20):
    """Enough to make the receiver's buffer grow, and the sender wait for its window."""
    client, server = pair(ends)
    client.setblocking(False)
    chunk, sent, got = bytes(1 << 18), 0, 0
    while got < total:
        if sent < total:
            try:
                sent += client.send(chunk[:total - sent])
                if sent < total // 2:
                    continue  # the first half comes in spurts as large as the buffers let it
            except BlockingIOError:
                pass
        got += len(server.recv(1 << 20))
    close_both(client, server)


def bulks():
    bulk(V4)
    bulk(V6)
    bulk(MAPPED)


def timeouts(ends):
    """Lost for a moment: tail loss probe, timeout, recovery."""
    client, server = pair(ends)
    lose(server, EVERYTHING)
    client.sendall(b"z" * 20000)
    wait_for("a retransmission", lambda: tcp_info(client)[3] >= 2)
    lose(server, NOTHING)
    receive(server, 20000)
    close_both(server, client)


def fast_retransmit(ends):
    """A hole in the middle, with later data acknowledged."""
    client, server = pair(ends)
    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    client.sendall(b"a")
    receive(server, 1)
    lose(server, EVERYTHING)
    client.sendall(b"lost")
    lose(server, NOTHING)
    for _ in range(8):
        client.sendall(b"seen")
    receive(server, 4 * 9)
    close_both(client, server)


def lost_syn(ends):
    with listen(ends) as listener:
        client = caller(ends)
        client.setblocking(False)
        lose(listener, EVERYTHING)
        assert client.connect_ex(address(listener, ends)) == errno.EINPROGRESS
        wait_for("a second SYN", lambda: tcp_info(client)[3] >= 1)
        lose(listener, NOTHING)
        server, _ = listener.accept()
        client.close()
        server.close()


def lost_third_segment(ends):
    """The server goes on waiting and sends its SYN-ACK again."""
    with listen(ends) as listener:
        lose(listener, ALL_BUT_SYN)
        client = caller(ends)
        client.connect(address(listener, ends))
        lose(listener, NOTHING)
        server, _ = listener.accept()
        client.close()
        server.close()


def listen_overflow(ends):
    """A queue of one, nobody accepts."""
    with listen(ends, backlog=0) as listener:
        clients = [caller(ends) for _ in range(3)]
        for c in clients:
            c.setblocking(False)
            c.connect_ex(address(listener, ends))
        listener.accept()[0].close()
        for c in clients:
            c.close()


def losses(ends):
    for act in (timeouts, fast_retransmit, lost_syn, lost_third_segment, listen_overflow):
        act(ends)


def all_losses():
    """Side by side, since the kernel's timers decide how long they take."""
    children = []
    for ends in (V4, V6, MAPPED):
        child = os.fork()
        if child == 0:
            in_child(lambda: losses(ends))
        children.append(child)
    wait_children(children)


def in_child(act):
    """Never returns: a child must not go on as its parent."""
    status = 1
    try:
        act()
        status = 0
    except BaseException:
        traceback.print_exc()
    os._exit(status)


def wait_children(children):
    failed = [c for c in children if os.waitpid(c, 0)[1]]
    if failed:
        raise AssertionError(f"{len(failed)} of {len(children)} children failed")


def zero_window():
    """The receiver's buffer is full for a while."""
    client, server = pair()
    client.setblocking(False)
    sent = 0
    try:
        while True:
            sent += client.send(bytes(1 << 16))
    except BlockingIOError:
        pass
    receive(server, sent)
    close_both(client, server)


def udp():
    """Datagrams beside it all: read, unread until the buffer is full, to nobody."""
    for family, addr in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
        with socket.socket(family, socket.SOCK_DGRAM) as a, \
                socket.socket(family, socket.SOCK_DGRAM) as b:
            b.bind((addr, 0))
            b.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            where = b.getsockname()[:2]
            a.connect(where)
            a.send(b"datagram")
            assert b.recv(100) == b"datagram"
            for _ in range(20):
                a.send(bytes(1000))
            b.close()
            a.send(b"nobody")
            try:
                a.recv(1)
            except ConnectionRefusedError:
                pass


def local():
    """Sockets of other families pass the same tracepoints."""
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        a, b = socket.socketpair(socket.AF_UNIX, kind)
        a.send(b"hello")
        assert b.recv(5) == b"hello"
        a.send(b"left behind")
        a.close()
        b.close()


def receive_queue_full():
    """A ping socket that does not read; TCP, UDP and raw sockets look at their limit elsewhere."""
    with open("/proc/sys/net/ipv4/ping_group_range", "w") as f:
        f.write("0 0")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM, socket.IPPROTO_ICMP) as s:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2304)
        for n in range(20):
            s.sendto(struct.pack("!BBHHH1000x", 8, 0, 0, 0, n), ("127.0.0.1", 0))


def checksum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def forged(sport, dport, options=b"", flags=2, spoil=0):
    """A TCP segment from 127.0.0.1 to itself."""
    offset = 5 + len(options) // 4
    head = struct.pack("!HHIIBBHHH", sport, dport, 1000, 0, offset << 4, flags, 1024, 0, 0) + options
    pseudo = socket.inet_aton("127.0.0.1") * 2 + struct.pack("!BBH", 0, 6, len(head))
    total = (checksum(pseudo + head) + spoil) & 0xffff
    return head[:16] + struct.pack("!H", total) + head[18:]


def forge(segment, dport):
    with socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_TCP) as raw:
        raw.sendto(segment, ("127.0.0.1", dport))


def bad_checksum():
    with listen() as listener:
        port = listener.getsockname()[1]
        forge(forged(40001, port, spoil=1), port)
    # The same over IPv6, where the pseudo header is longer.
    with listen(V6) as listener, \
            socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_TCP) as raw:
        port = listener.getsockname()[1]
        raw.sendto(struct.pack("!HHIIBBHHH", 40001, port, 1, 0, 5 << 4, 2, 1024, 0xdead, 0), ("::1", 0))


def md5_key(s, peer, key):
    sockaddr = struct.pack("HH4s120x", socket.AF_INET, 0, socket.inet_aton(peer))
    s.setsockopt(socket.IPPROTO_TCP, TCP_MD5SIG, sockaddr + struct.pack("xxH4x80s", len(key), key))


def md5_hashes():
    """Signed where nobody expects it, unsigned where it is due, and with the wrong key. The events
    fire while connect() runs: on loopback the segment is received before it returns."""
    def knock(server_key, client_key):
        with listen() as listener, caller() as c:
            if server_key:
                md5_key(listener, "127.0.0.1", server_key)
            if client_key:
                md5_key(c, "127.0.0.1", client_key)
            c.setblocking(False)
            c.connect_ex(address(listener))

    knock(b"secret", b"")
    knock(b"", b"secret")
    knock(b"secret", b"another")


def bad_hash_header():
    """An MD5 option and an AO option in one segment."""
    md5 = bytes([19, 18]) + bytes(16)
    ao = bytes([29, 16]) + bytes(14)
    with listen() as listener:
        port = listener.getsockname()[1]
        forge(forged(40002, port, md5 + ao[:4] + ao[4:] + bytes([1, 1])), port)


def over_limit(group):
    with open(f"{group}/memory.kmem.tcp.limit_in_bytes", "w") as f:
        f.write("65536")
    with open(f"{group}/cgroup.procs", "w") as f:
        f.write("0")
    for ends in (V4, V6):
        client, server = pair(ends)
        client.setblocking(False)
        try:
            for _ in range(100):
                client.send(bytes(1 << 16))
        except OSError as e:
            if e.errno not in (errno.EAGAIN, errno.ENOMEM):
                raise
        client.close()
        server.close()


def buffer_limit():
    """Socket memory of one memory cgroup (version 1 only: elsewhere the limit is the host's)."""
    root = "/sys/fs/cgroup/memory"
    group = f"{root}/tcptape-live-{os.getpid()}"
    if not os.path.exists(f"{root}/memory.kmem.tcp.limit_in_bytes"):
        raise OSError(errno.ENOENT, "no memory cgroup of version 1")
    os.mkdir(group)
    try:
        child = os.fork()
        if child == 0:
            in_child(lambda: over_limit(group))
        wait_children([child])
    finally:
        os.rmdir(group)


# Kernels and containers may lack what these need; the test then says what it did not see.
MAY_LACK = (multipath, md5_hashes, receive_queue_full, bad_checksum, bad_hash_header, buffer_limit)
ACTS = (hellos, refused, reset_by_linger, close_unread, half_close, data_after_close, abandoned, bulks,
        zero_window, all_losses, udp, local) + MAY_LACK


def main():
    enter_namespace()
    begin, missed = time.clock_gettime_ns(time.CLOCK_MONOTONIC), {}
    for act in ACTS:
        try:
            act()
        except OSError as e:
            if act not in MAY_LACK:
                raise
            missed[act.__name__] = str(e)
    end = time.clock_gettime_ns(time.CLOCK_MONOTONIC)
    with open(sys.argv[1], "w") as f:
        json.dump({"begin_ns": begin, "end_ns": end, "missed": missed}, f)


if __name__ == "__main__":
    main()
