# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""campaign.py -- what the campaigns share: a load that never ends, recorders around it, and what is
checked of every tape. Only processes that were started here are ended."""
import ctypes
import json
import os
import random
import signal
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "live"))
from provoke import enter_namespace  # noqa: E402

TMP, TCPTAPE, RECORDER, B = (os.environ[k] for k in ("TMP", "TCPTAPE", "TCPTAPE_RECORD", "B"))
PATIENCE_S = 60
PR_SET_PDEATHSIG = 1
libc = ctypes.CDLL(None)
seed = int(os.environ.get("SEED", random.randrange(1 << 32)))
dice = random.Random(seed)


class Failed(Exception):
    pass


def must(condition, what):
    if not condition:
        raise Failed(f"{what} (SEED={seed})")


def boottime_ns():
    """The tape's clock."""
    return time.clock_gettime_ns(time.CLOCK_BOOTTIME)


def until(what, condition):
    end = time.monotonic() + PATIENCE_S
    while not condition():
        must(time.monotonic() < end, f"waited in vain for {what}")
        time.sleep(0.002)


def size_of(path):
    try:
        return os.path.getsize(path)
    except FileNotFoundError:
        return 0


def remove(path):
    if os.path.exists(path):
        os.unlink(path)


def start(command, **how):
    """A process that does not outlive this one."""
    return subprocess.Popen(command, preexec_fn=lambda: libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL), **how)


def end(process):
    """SIGTERM, and how it went."""
    process.send_signal(signal.SIGTERM)
    return process.wait(PATIENCE_S)


FAST, SLOW = 0, 5000


class Load:
    """Hello connections one after the other, as fast as they go or one each `delay_us` at most."""

    def __init__(self, delay_us=FAST):
        self.ready = f"{TMP}/port"
        remove(self.ready)
        self.server = start(
            [f"{B}/hello_server", "--port", "0", "--ready", self.ready, "--count", str(1 << 30),
             "--delay-us", str(delay_us), "--quiet"])
        until("the server", lambda: size_of(self.ready))
        with open(self.ready) as f:
            self.port = int(f.read())
        self.client = None

    def hello(self, count):
        """So many connections; returns when they are over."""
        subprocess.run([f"{B}/hello_client", "--port-from", self.ready, "--count", str(count), "--quiet"], check=True)

    def begin(self):
        """Without an end."""
        self.client = start(
            [f"{B}/hello_client", "--port-from", self.ready, "--count", str(1 << 30), "--quiet"])

    def close(self):
        if self.client and not sys.exc_info()[0]:
            must(self.client.poll() is None, "the load ended before the campaign")
        for process in (self.client, self.server):
            if process:
                end(process)


class Recorder:
    """tcptape-record on one port. `said` is its standard error."""

    def __init__(self, tape, port, *options):
        self.tape, self.said = tape, None
        remove(tape)
        self.process = start([RECORDER, "-o", tape, "--port", str(port), *options], stdin=subprocess.DEVNULL,
                                        stderr=subprocess.PIPE, text=True)

    def wait_until_on(self):
        """The tape begins when everything is attached."""
        until(f"{self.tape} to begin", lambda: size_of(self.tape) or self.process.poll() is not None)
        must(self.process.poll() is None, f"the recorder ended with {self.process.returncode}")
        self.begin_ns = boottime_ns()

    def kill(self):
        """SIGKILL; the time just before."""
        now = boottime_ns()
        self.process.kill()
        self.process.wait(PATIENCE_S)
        self.process.stderr.close()
        return now

    def stop(self):
        status = end(self.process)
        self.said = self.process.stderr.read()
        self.process.stderr.close()
        return status


class Verified:
    """What verify says of a tape: it must be whole, or cut short and say so."""

    def __init__(self, tape, statuses=(0, 3)):
        done = subprocess.run([TCPTAPE, "verify", tape, "-f", "json"], capture_output=True, text=True,
                              timeout=PATIENCE_S)
        must(done.returncode in statuses, f"verify of {tape} ended with {done.returncode}: {done.stderr}")
        rows = [json.loads(line) for line in done.stdout.splitlines()]
        sound = [r for r in rows if r["state"] == "sound"]
        must(sound, f"nothing of {tape} is sound: {rows}")
        self.status, self.states = done.returncode, {r["state"] for r in rows}
        self.events = sum(r["events"] for r in sound)
        self.last_ns = max((r["to_ns"] for r in sound if r["to_ns"]), default=None)
        self.is_cut = "cut short" in done.stderr
        must(self.status == 0 or self.is_cut or "damaged" in done.stderr, f"{tape}: status 3, but {done.stderr!r}")


def same_part(witness, tapes):
    """Of each tape (events, strange, missing, lost), compared with what another recorder saw."""
    done = subprocess.run([f"{B}/tests/torture/same", "part", witness, *tapes], capture_output=True, text=True)
    must(done.returncode == 0, f"same part {witness}: {done.stderr}")
    return [tuple(map(int, line.split())) for line in done.stdout.splitlines()]


def run(main):
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("FAILED: told to end"))
    enter_namespace()
    try:
        main(*map(int, sys.argv[1:]))
    except Failed as problem:
        sys.exit(f"FAILED: {problem}")
