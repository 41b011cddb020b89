#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""A link that loses packets: two network namespaces joined by veth, whose far end drops by nft.

    loss_load.py OUT [BYTES...]      needs root, ip, nft and tcpdump

The near end sends, and captures to OUT/near.pcap; the far end answers. OUT/counters has what the rules
dropped, as `nft -j` tells it. Packets are as large as on a wire: no segmentation or merging by devices.
"""
import ctypes
import fcntl
import os
import signal
import socket
import struct
import subprocess
import sys
import threading
import time

from provoke import enter_namespace, receive

NEAR, FAR, PORT = "10.77.0.1", "10.77.0.2", 7070
OUT = sys.argv[1]
SIZES = [int(a) for a in sys.argv[2:]] or [2000, 300000, 1000000, 5, 3000000]
# One packet in so many is lost, in either direction; and all that goes to the silent port.
RULES = """
table ip t {
    counter lost { }
    counter silent { }
    chain c {
        type filter hook input priority 0;
        tcp dport 7072 counter name silent drop
        tcp dport 7070 numgen random mod 100 < 4 counter name lost drop
    }
}
"""


def sh(*words, **options):
    return subprocess.run(words, check=True, capture_output=True, text=True, **options).stdout


def set_up(device, address):
    sh("ip", "address", "add", f"{address}/24", "dev", device)
    sh("ip", "link", "set", device, "up")
    # ETHTOOL_STSO, _SGSO, _SGRO, _STXCSUM
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        for command in 0x1f, 0x24, 0x2c, 0x17:
            value = ctypes.create_string_buffer(struct.pack("II", command, 0))
            fcntl.ioctl(s, 0x8946, struct.pack("16sP16x", device.encode(), ctypes.addressof(value)))


def serve(listener):
    """Takes what comes; answers with as many bytes as its first 8 say."""
    while True:
        s, _ = listener.accept()
        threading.Thread(target=answer, args=(s,), daemon=True).start()


def answer(s):
    try:
        asked = int(s.recv(8))
        while s.recv(1 << 16):
            pass
        s.sendall(bytes(asked))
    except ConnectionResetError:
        pass
    s.close()


def wait_for_ends():
    """Until no FIN waits to be sent again: nothing is in FIN_WAIT1, LAST_ACK or CLOSING."""
    for _ in range(1000):
        with open("/proc/thread-self/net/tcp") as f:
            if not {line.split()[3] for line in list(f)[1:]} & {"04", "09", "0B"}:
                return
        time.sleep(0.01)
    sys.exit("loss_load: the last connections do not end")


def far(ready, go_on):
    enter_namespace()
    ready.send(b"1")
    go_on.recv(1)
    set_up("vfar", FAR)
    sh("nft", "-f", "-", input=RULES)
    listener = socket.create_server((FAR, PORT), backlog=64)
    threading.Thread(target=serve, args=(listener,), daemon=True).start()
    ready.send(b"2")
    go_on.recv(1)
    wait_for_ends()
    with open(f"{OUT}/counters", "w") as f:
        f.write(sh("nft", "-j", "list", "counters"))
    ready.send(b"3")


def exchange(sent, asked):
    with socket.create_connection((FAR, PORT), timeout=30) as s:
        s.sendall(b"%08d" % asked)
        s.sendall(bytes(sent))
        s.shutdown(socket.SHUT_WR)
        receive(s, asked) if asked else s.recv(1)


def abort():
    """Closed with SO_LINGER 0: a RST."""
    with socket.create_connection((FAR, PORT), timeout=30) as s:
        s.sendall(b"%08d" % 1)
        s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def silent():
    """Nobody hears these SYNs: one second, one repetition."""
    with socket.socket() as s:
        s.settimeout(1.5)
        try:
            s.connect((FAR, 7072))
        except OSError:
            pass


def near(ready, go_on, child):
    enter_namespace()
    ready.recv(1)
    sh("ip", "link", "add", "vnear", "type", "veth", "peer", "name", "vfar", "netns", str(child))
    set_up("vnear", NEAR)
    go_on.send(b"1")
    ready.recv(1)
    capture = subprocess.Popen(["tcpdump", "-i", "vnear", "-s", "120", "-w", f"{OUT}/near.pcap", "-U", "-Z", "root",
                                "tcp"], stderr=subprocess.PIPE, text=True)
    capture.stderr.readline()
    for size in SIZES:
        exchange(size, 20)
    exchange(1, max(SIZES) // 5)
    for _ in range(3):
        abort()
    silent()
    go_on.send(b"2")
    ready.recv(1)
    time.sleep(0.2)  # for what is on its way to the capture
    capture.send_signal(signal.SIGINT)
    capture.wait()


def main():
    ready, ready_far = socket.socketpair()
    go_on, go_on_far = socket.socketpair()
    child = os.fork()
    if child == 0:
        try:
            far(ready_far, go_on_far)
        finally:
            os._exit(0)
    ready_far.close()
    go_on_far.close()
    near(ready, go_on, child)
    os.waitpid(child, 0)


main()
