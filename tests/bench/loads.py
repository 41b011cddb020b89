#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""The loads whose tapes are measured. Each runs in network namespaces of its own:

    loads.py NAME     runs one of LOADS to its end

A load whose connections are older than the recording holds them in another process, from start() to stop().
"""
import os
import random
import resource
import selectors
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

from machine import LOAD_CPU

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "live"))
from provoke import enter_namespace, receive, wait_for  # noqa: E402

B = os.path.abspath(os.environ["B"])
CHUNK = 1 << 20


class Load:
    name = what = ""

    def start(self, tmp):
        """Before the tracer starts."""

    def stop(self):
        """After it has ended."""

    def command(self):
        return [sys.executable, os.path.join(HERE, "loads.py"), self.name]

    def run(self):
        """What the command does."""
        raise NotImplementedError


def hello(tmp, server, client):
    """The hello pair to its end."""
    ready = f"{tmp}/port"
    with subprocess.Popen([f"{B}/hello_server", "--port", "0", "--ready", ready, "--patience", "60", "--quiet", *server]) as s:
        c = subprocess.run([f"{B}/hello_client", "--port-from", ready, "--quiet", *client])
    if c.returncode or s.returncode:
        sys.exit(f"hello_client ended with {c.returncode}, hello_server with {s.returncode}")


class Churn(Load):
    """The same as for the costs."""
    name, what = "churn", "10,000 hello connections one after the other, on one CPU"

    def command(self):
        return [sys.executable, os.path.join(HERE, "churn.py"), "/dev/null", "10000", LOAD_CPU, B]


class Crowd(Load):
    name, what = "crowd", "10,000 hello connections from 4 client processes to 8 servers, on all CPUs"

    def run(self):
        enter_namespace()
        with tempfile.TemporaryDirectory() as tmp:
            both = "--count", "10000", "--ports", "8"
            hello(tmp, both, (*both, "--parallel", "4"))


class PingPong(Load):
    name, what = "pingpong", "8 connections, 4,000 requests of 64 bytes and answers of 256 on each"

    def run(self):
        enter_namespace()
        with tempfile.TemporaryDirectory() as tmp:
            both = "--count", "8", "--ports", "8", "--rounds", "4000", "--bytes", "64", "--reply", "256"
            hello(tmp, both, (*both, "--parallel", "8"))


class Bulk(Load):
    name, what = "bulk", "1 GB over one connection between two namespaces, veth, offloads as they are"
    total = 1000 << 20

    def run(self):
        """The receiver is a child with a namespace of its own at the far end of the veth pair."""
        enter_namespace()
        near, far = socket.socketpair()
        child = os.fork()
        if child == 0:
            near.close()
            os._exit(self.receiver(far))
        far.close()
        receive(near, 1)
        subprocess.run(["ip", "link", "add", "near", "type", "veth", "peer", "name", "far", "netns", str(child)], check=True)
        set_up("near", "10.91.0.1/24")
        near.sendall(b"w")
        receive(near, 1)
        with socket.create_connection(("10.91.0.2", 5001)) as s:
            chunk = bytes(CHUNK)
            for _ in range(self.total // CHUNK):
                s.sendall(chunk)
            s.shutdown(socket.SHUT_WR)
            s.recv(1)
        if os.waitpid(child, 0)[1]:
            sys.exit("the receiver failed")

    def receiver(self, control):
        enter_namespace()
        control.sendall(b"n")
        receive(control, 1)
        set_up("far", "10.91.0.2/24")
        with socket.create_server(("10.91.0.2", 5001)) as listener:
            control.sendall(b"l")
            s, _ = listener.accept()
        with s:
            receive(s, self.total)
            return 0 if s.recv(1) == b"" else 1


def set_up(device, address):
    subprocess.run(["ip", "address", "add", address, "dev", device], check=True)
    subprocess.run(["ip", "link", "set", device, "up"], check=True)


NGINX = """\
daemon off; master_process off; worker_processes 1; pid {tmp}/pid; error_log {tmp}/error;
events {{ worker_connections 1024; }}
http {{
  access_log off; keepalive_requests 100000;
  client_body_temp_path {tmp}/body; proxy_temp_path {tmp}/proxy; fastcgi_temp_path {tmp}/fastcgi;
  uwsgi_temp_path {tmp}/uwsgi; scgi_temp_path {tmp}/scgi;
  server {{ listen 127.0.0.1:8080 backlog=1024; root {tmp}; }}
}}
"""


def nginx_and_wrk(seconds):
    """What wrk says; CPU time that nginx and wrk took, in nanoseconds."""
    with tempfile.TemporaryDirectory() as tmp:
        os.chmod(tmp, 0o755)
        with open(f"{tmp}/page", "w") as f:
            f.write("x" * 1024)
        with open(f"{tmp}/conf", "w") as f:
            f.write(NGINX.format(tmp=tmp))
        nginx = subprocess.Popen(["nginx", "-p", tmp, "-c", f"{tmp}/conf", "-e", f"{tmp}/error"])
        try:
            wait_for("nginx listens", lambda: listens(8080))
            wrk = subprocess.Popen(["wrk", "-t1", "-c64", f"-d{seconds}s", "http://127.0.0.1:8080/page"],
                                   stdout=subprocess.PIPE, text=True)
            said = wrk.stdout.read()
            _, wrk.returncode, usage = os.wait4(wrk.pid, 0)
        finally:
            nginx.send_signal(signal.SIGQUIT)
            _, nginx.returncode, server_usage = os.wait4(nginx.pid, 0)
    if wrk.returncode or "Non-2xx" in said or "Socket errors" in said:
        sys.exit(said)
    return said, sum(round((u.ru_utime + u.ru_stime) * 1e9) for u in (usage, server_usage))


class Http(Load):
    name, what = "http", "nginx and wrk, 64 connections kept open, 1 KiB answers, two seconds"

    def run(self):
        enter_namespace()
        nginx_and_wrk(2)


def listens(port):
    with open("/proc/net/tcp") as f:
        return any(line.split()[1].endswith(f":{port:04X}") and line.split()[3] == "0A" for line in f.readlines()[1:])


class Idle(Load):
    """The command only tells the process that holds the connections to go on, and waits."""
    name, what = "idle", "2,000 connections older than the recording; 400 requests a second on 200 of them, 4 seconds"
    connections, busy, turns, pause_s = 2000, 200, 1600, 0.0025

    def start(self, tmp):
        self.tmp, ready = tmp, f"{tmp}/ready"
        for name in ("go", "done"):
            os.mkfifo(f"{tmp}/{name}")
        self.holder = subprocess.Popen([sys.executable, os.path.join(HERE, "loads.py"), self.name, tmp])
        wait_for("the connections are open", lambda: os.path.exists(ready) or self.holder.poll() is not None)
        if self.holder.poll() is not None:
            sys.exit("the connections could not be opened")

    def command(self):
        return ["sh", "-euc", 'echo >"$1/go"; read -r answer <"$1/done"; [ "$answer" = well ]', "sh", self.tmp]

    def stop(self):
        with open(f"{self.tmp}/go", "w") as f:
            f.write("close\n")
        if self.holder.wait():
            sys.exit("the connections could not be held")
        for name in ("go", "done", "ready"):
            os.unlink(f"{self.tmp}/{name}")

    def run(self, tmp):
        enter_namespace()
        resource.setrlimit(resource.RLIMIT_NOFILE, (8192, max(8192, resource.getrlimit(resource.RLIMIT_NOFILE)[1])))
        listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        child = os.fork()
        if child == 0:
            os._exit(self.serve(listener))
        clients = [socket.create_connection(listener.getsockname()) for _ in range(self.connections)]
        listener.close()
        for s in clients:  # the server has accepted this one
            self.turn(s, 1, 1)
        with open(f"{tmp}/ready", "w"):
            pass
        with open(f"{tmp}/go") as f:
            f.readline()
        chance = random.Random(1)
        for _ in range(self.turns):
            time.sleep(self.pause_s)
            self.turn(clients[chance.randrange(self.busy)], chance.randrange(20, 600), chance.randrange(20, 2000))
        with open(f"{tmp}/done", "w") as f:
            f.write("well\n")
        with open(f"{tmp}/go") as f:  # no tracer is to see more or less of the end than another
            f.readline()
        for s in clients:
            s.close()
        sys.exit(os.waitpid(child, 0)[1])

    @staticmethod
    def turn(s, size, answer):
        """A request says first how long it is, and how long the answer is to be."""
        s.sendall(size.to_bytes(4, "little") + answer.to_bytes(4, "little") + bytes(size))
        receive(s, answer)

    def serve(self, listener):
        ready = selectors.DefaultSelector()
        ready.register(listener, selectors.EVENT_READ)
        accepted = closed = 0
        while closed < self.connections:
            for key, _ in ready.select():
                if key.fileobj is listener:
                    s, _ = listener.accept()
                    ready.register(s, selectors.EVENT_READ)
                    accepted += 1
                    if accepted == self.connections:
                        ready.unregister(listener)
                elif not self.answer(key.fileobj):
                    ready.unregister(key.fileobj)
                    key.fileobj.close()
                    closed += 1
        return 0

    @staticmethod
    def answer(s):
        head = s.recv(8)
        if not head:
            return False
        size, answer = int.from_bytes(head[:4], "little"), int.from_bytes(head[4:], "little")
        receive(s, size)
        s.sendall(bytes(answer))
        return True


class Nothing(Load):
    name, what = "nothing", "the start and the end of a recording"

    def command(self):
        return ["true"]


LOADS = Churn, Crowd, PingPong, Bulk, Http, Idle


def missing(load):
    """A program that the load needs and this machine lacks, or None."""
    needs = {"bulk": ["ip"], "http": ["nginx", "wrk"]}.get(load.name, [])
    return next((n for n in needs if not shutil.which(n)), None)


if __name__ == "__main__":
    next(load for load in LOADS if load.name == sys.argv[1])().run(*sys.argv[2:])
