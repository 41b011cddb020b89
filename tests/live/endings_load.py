#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""endings_load.py NAME: connections that end for a reason that neither side's application gave, each in a network namespace
of its own. What the application knows goes to $TMP/NAME.json."""
import errno
import select
import socket
import struct
import subprocess
import sys

from provoke import enter_namespace, receive, tcp_info, wait_for
from traps_load import HERE, listen, nft, set_sysctl, tell

ESTABLISHED, FIN_WAIT1, FIN_WAIT2, CLOSE = 1, 4, 5, 7


def pair():
    """(client, server, port), each having got something from the other."""
    listener = listen()
    client = socket.create_connection(listener.getsockname())
    server, _ = listener.accept()
    client.sendall(bytes(5))
    receive(server, 5)
    return client, server, listener.getsockname()[1]


def failure(call):
    """The name of the error that a call ends with; None without one."""
    try:
        call()
    except OSError as why:
        return errno.errorcode[why.errno]
    return None


def run(*command):
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def destroyed():
    """By somebody who has nothing to do with it."""
    client, server, port = pair()
    run("ss", "-K", "dport", "=", str(port))
    tell("destroyed", port=port, errors=[failure(lambda: client.recv(1)), failure(lambda: server.recv(1))])


def late_data(state=FIN_WAIT2):
    """The client sends, and the server has closed; its mini-socket waits for the client's FIN."""
    client, server, port = pair()
    server.close()
    client.recv(1)
    wait_for("the mini-socket", lambda: not in_state(port, "established") and in_state(port, "fin-wait-2"))
    client.sendall(bytes(4))
    wait_for("the RST", lambda: tcp_info(client)[0] == CLOSE)
    tell(sys.argv[1], port=port)


def in_state(port, state):
    return subprocess.run(["ss", "-Htn", "state", state, "sport", "=", str(port)], capture_output=True).stdout


def late_data_socket():
    """The same while the socket itself waits, since it may longer than a mini-socket."""
    set_sysctl("net/ipv4/tcp_fin_timeout", 120)
    late_data()


def late_data_at_once():
    """With the acknowledgement of the FIN."""
    client, server, port = pair()
    server.close()
    client.sendall(bytes(4))
    wait_for("the RST", lambda: tcp_info(client)[0] == CLOSE)
    tell("late_data_at_once", port=port)


def late_data_before_fin():
    """The FIN is lost: the client cannot know."""
    client, server, port = pair()
    nft("filter hook output priority 0", "tcp flags & fin == fin drop")
    server.close()
    client.sendall(bytes(4))
    wait_for("the RST", lambda: tcp_info(client)[0] == CLOSE)
    tell("late_data_before_fin", port=port)


def late_fin():
    """The mini-socket gets what it waits for, late."""
    client, server, port = pair()
    server.close()
    client.recv(1)
    wait_for("the mini-socket", lambda: in_state(port, "fin-wait-2"))
    client.close()
    wait_for("TIME_WAIT", lambda: in_state(port, "time-wait"))
    tell("late_fin", port=port)


def unreachable():
    """The network says so, or nobody answers ARP; with a route that is not there the kernel does not even begin."""
    run("ip", "link", "add", "name", "tape0", "type", "veth", "peer", "name", "tape1")
    run("ip", "addr", "add", "198.51.100.1/24", "dev", "tape0")
    for end in "tape0", "tape1":
        run("ip", "link", "set", end, "up")
    run("ip", "route", "add", "192.0.2.0/24", "dev", "tape0", "src", "198.51.100.1")
    run("ip", "route", "add", "unreachable", "203.0.113.0/25")
    run("ip", "route", "add", "prohibit", "203.0.113.128/25")
    rules = {"192.0.2.1": "host-unreachable", "192.0.2.2": "net-unreachable", "192.0.2.3": "admin-prohibited",
             "192.0.2.4": "port-unreachable"}
    nft("filter hook output priority 0", "\n".join(f"ip daddr {a} reject with icmp type {r}" for a, r in rules.items()))
    errors, connecting = {}, {}
    for addr in (*rules, "198.51.100.2", "203.0.113.1", "203.0.113.129"):
        s = connecting[addr] = socket.socket()
        s.setblocking(False)
        errors[addr] = failure(lambda: s.connect((addr, 9)))
    # While connect() has the socket, what ICMP says is only remembered; SYNs that are sent again find it free.
    for addr, s in connecting.items():
        wait_for(f"the end of {addr}", lambda: tcp_info(s)[0] == CLOSE)
        error = s.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        errors[addr] = errno.errorcode[error] if error else errors[addr]
    tell("unreachable", errors=errors)


def connecting(address):
    s = socket.socket()
    s.setblocking(False)
    try:
        s.connect(address)
    except BlockingIOError:
        pass
    return s


def forgotten():
    """The server's end has gone, and nothing of it reached the client; its port is listened on again, as after a crash."""
    client, server, port = pair()
    nft("filter hook output priority 0", f"tcp sport {port} tcp flags & rst == rst drop")
    server.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    server.close()
    nft("", "")
    listener = listen(port)
    client.send(bytes(4))
    tell("forgotten", port=port, error=failure(lambda: client.recv(1)))
    listener.close()


def rejected():
    """This host's own rules say no while connect() still has the socket; the application asks for the error and closes."""
    nft("filter hook output priority 0", "tcp dport 9 reject with icmp type host-unreachable")
    client = connecting((HERE, 9))
    wait_for("an error", lambda: select.select([], [client], [], 0)[1])
    tell("rejected", error=errno.errorcode[client.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)])
    client.close()


def given_up():
    """Nobody answers, and the application does not wait for ever."""
    nft("filter hook output priority 0", "tcp dport 9 drop")
    client = connecting((HERE, 9))
    wait_for("a SYN that is sent again", lambda: tcp_info(client)[3] > 0)
    client.close()
    tell("given_up", port=9)


def no_port():
    """All that may be used are in use."""
    listener = listen()
    set_sysctl("net/ipv4/ip_local_port_range", "20000 20001")
    address = listener.getsockname()
    inside = [socket.create_connection(address) for _ in range(2)]
    error = failure(lambda: connecting(address))
    tell("no_port", port=address[1], error=error, inside=[s.getsockname()[1] for s in inside])


def keepalive():
    """The other side has gone without a word."""
    client, server, port = pair()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for option in (socket.TCP_KEEPIDLE, socket.TCP_KEEPINTVL, socket.TCP_KEEPCNT):
        client.setsockopt(socket.IPPROTO_TCP, option, 1)
    nft("filter hook output priority 0", f"tcp dport {port} drop")
    wait_for("its end", lambda: tcp_info(client)[0] == CLOSE)
    tell("keepalive", port=port)


ENDINGS = destroyed, late_data, late_data_socket, late_data_at_once, late_data_before_fin, late_fin, unreachable, forgotten, rejected, given_up, no_port, keepalive

if __name__ == "__main__":
    enter_namespace()
    next(ending for ending in ENDINGS if ending.__name__ == sys.argv[1])()
