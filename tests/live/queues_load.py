#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""queues_load.py NAME: listeners whose queues are full, each in a network namespace of its own. What the kernel's own tools
tell of them, and what the application knows, goes to $TMP/NAME.json."""
import json
import os
import re
import socket
import subprocess
import sys

from provoke import enter_namespace, tcp_info, wait_for
from traps_load import HERE, nft, set_sysctl, tell

ESTABLISHED, SYN_SENT, CLOSE = 1, 2, 7


def listen(backlog, addr=HERE):
    s = socket.socket()
    s.bind((addr, 0))
    s.listen(backlog)
    return s


def connect(listener):
    return connect_to(listener.getsockname())


def connect_to(address):
    s = socket.socket()
    s.setblocking(False)
    try:
        s.connect(address)
    except BlockingIOError:
        pass
    return s


def state(s):
    return tcp_info(s)[0]


def port_of(s):
    return s.getsockname()[1]


def established(s):
    wait_for("the handshake", lambda: state(s) == ESTABLISHED)
    return s


def queue_of(listener):
    """As `ss -ltn` shows it: (Recv-Q, Send-Q)."""
    line = subprocess.run(["ss", "-Hltn", "sport", "=", str(port_of(listener))], capture_output=True, text=True,
                          check=True).stdout.split()
    return int(line[1]), int(line[2])


def counter(name):
    """Of this namespace."""
    text = subprocess.run(["nstat", "-asz", f"TcpExt{name}"], capture_output=True, text=True, check=True).stdout
    return int(re.search(rf"TcpExt{name}\s+(\d+)", text)[1])


def report(listener, clients, **more):
    tell(sys.argv[1], port=port_of(listener), clients=[port_of(c) for c in clients], queue=queue_of(listener),
         overflows=counter("ListenOverflows"), drops=counter("ListenDrops"), **more)


def repeated(clients, times=2):
    wait_for("SYNs that are sent again", lambda: all(tcp_info(c)[3] >= times for c in clients))


def full(backlog=1):
    """Nobody accepts; those who come too late try again and again."""
    listener = listen(backlog)
    inside = [established(connect(listener)) for _ in range(backlog + 1)]
    outside = [connect(listener) for _ in range(3)]
    repeated(outside)
    report(listener, outside, inside=[port_of(c) for c in inside])


def backlog_zero():
    """One is let in even so."""
    full(0)


def relieved():
    """Somebody accepts at last, and says nothing: one more gets in."""
    listener = listen(1)
    inside = [established(connect(listener)) for _ in range(2)]
    outside = connect(listener)
    repeated([outside], 1)
    server, _ = listener.accept()
    server.send(b"x")
    established(outside)
    report(listener, [outside], inside=[port_of(c) for c in inside])


def lose_answers(is_lost):
    nft("filter hook output priority 0" if is_lost else "", "tcp flags & (syn|ack) == (syn|ack) drop")


def full_at_the_end(abort=False):
    """There was room when the SYN came, and is none for the last part of the handshake: the client believes that it is
    connected."""
    set_sysctl("net/ipv4/tcp_abort_on_overflow", int(abort))
    listener = listen(1)
    inside = [established(connect(listener))]
    lose_answers(True)
    late = [connect(listener), connect(listener)]
    wait_for("requests", lambda: requests(listener) == 2)
    lose_answers(False)
    for s in late:
        wait_for("a SYN-ACK that is sent again", lambda: state(s) in (ESTABLISHED, CLOSE))
    wait_for("the overflow", lambda: counter("ListenOverflows") > 0)
    outside = [c for c in late if port_of(c) not in children(listener)] if not abort else late
    if not abort:
        outside[0].send(b"hello")
        repeated(outside, 2)
    report(listener, outside, inside=[port_of(c) for c in inside + late if c not in outside])


def aborted_at_the_end():
    full_at_the_end(True)


def requests(listener):
    out = subprocess.run(["ss", "-Htn", "state", "syn-recv", "sport", "=", str(port_of(listener))], capture_output=True,
                         text=True, check=True).stdout
    return len(out.splitlines())


def children(listener):
    out = subprocess.run(["ss", "-Htn", "state", "established", "sport", "=", str(port_of(listener))], capture_output=True,
                         text=True, check=True).stdout
    return {int(line.split()[3].rsplit(":", 1)[1]) for line in out.splitlines()}


def full_of_requests():
    """Half-open connections take all the room, and no cookies may be used instead."""
    set_sysctl("net/ipv4/tcp_syncookies", 0)
    listener = listen(2)
    lose_answers(True)
    inside = []
    while requests(listener) == len(inside):
        inside.append(connect(listener))
    outside = [inside.pop(), connect(listener)]
    repeated(outside + inside)
    report(listener, outside, inside=[port_of(c) for c in inside], requests=requests(listener))


def never_accepted():
    """The listener closes, and those who wait in its queue get a RST."""
    listener = listen(4)
    clients = [established(connect(listener)) for _ in range(3)]
    clients[0].send(b"hello")
    report(listener, clients)
    listener.close()
    for c in clients:
        wait_for("the RST", lambda: state(c) == CLOSE)


def link_to_namespace():
    """(its end of a pipe, pid) of a child in a namespace of its own, with 198.51.100.2 for it and 198.51.100.1 for us."""
    here, there = socket.socketpair()
    pid = os.fork()
    if pid == 0:
        here.close()
        enter_namespace()
        there.send(b"in")
        there.recv(9)
        for command in "addr add 198.51.100.2/24 dev tape1", "link set tape1 up":
            subprocess.run(["ip", *command.split()], check=True)
        return None, there
    there.close()
    here.recv(9)
    for command in (f"link add tape0 type veth peer name tape1 netns {pid}", "addr add 198.51.100.1/24 dev tape0",
                    "link set tape0 up"):
        subprocess.run(["ip", *command.split()], check=True)
    here.send(b"linked")
    return pid, here


def other_namespace(addr="0.0.0.0"):
    """Those who come are in another namespace than the listener."""
    pid, pipe = link_to_namespace()
    if pid is None:
        listener = listen(1, addr)
        pipe.send(b"%d" % port_of(listener))
        pipe.recv(9)
        known = {"queue": queue_of(listener), "overflows": counter("ListenOverflows"), "drops": counter("ListenDrops")}
        pipe.send(json.dumps(known).encode())
        pipe.recv(9)
        os._exit(0)
    to = "198.51.100.2", int(pipe.recv(9))
    inside = [established(connect_to(to)) for _ in range(2)]
    outside = [connect_to(to) for _ in range(2)]
    repeated(outside)
    pipe.send(b"tell")
    tell(sys.argv[1], port=to[1], clients=[port_of(c) for c in outside], inside=[port_of(c) for c in inside],
         **json.loads(pipe.recv(999)))
    for s in outside:
        s.close()
    pipe.send(b"end")
    os.waitpid(pid, 0)


def other_namespace_at_address():
    other_namespace("198.51.100.2")


def elsewhere():
    """The listener's queue is full, and has nothing to do with who calls the same port of another host, in vain."""
    listener = listen(1, "0.0.0.0")
    here = HERE, port_of(listener)
    inside = [established(connect_to(here)) for _ in range(2)]
    pid, pipe = link_to_namespace()
    if pid is None:
        nft("filter hook input priority 0", "tcp flags syn drop")
        pipe.send(b"deaf")
        pipe.recv(9)
        os._exit(0)
    pipe.recv(9)
    outside = [connect_to(("198.51.100.2", here[1]))]
    repeated(outside)
    report(listener, outside, inside=[port_of(c) for c in inside])
    outside[0].close()
    pipe.send(b"end")
    os.waitpid(pid, 0)


QUEUES = other_namespace, other_namespace_at_address, elsewhere, full, backlog_zero, relieved, full_at_the_end, aborted_at_the_end, full_of_requests, never_accepted

if __name__ == "__main__":
    enter_namespace()
    next(q for q in QUEUES if q.__name__ == sys.argv[1])()
