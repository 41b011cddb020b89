# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""A tracer that cannot start the load itself, or has to be where the load is: it runs beside it, in the
load's network namespace."""
import os
import signal
import subprocess
import sys
import time

PATIENCE_S = 20


class Companion:
    """with Companion(command): its CPU time is in .used_ns behind it. `command` begins with what it says on
    standard error once it is ready; nothing: it is ready a second after its start."""

    def __init__(self, command):
        self.word, self.command, self.used_ns = command[0] if command else "", command[1:], 0

    def __enter__(self):
        if not self.command:
            return self
        self.process = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        if self.word:
            for line in self.process.stderr:
                if self.word in line:
                    break
            else:
                sys.exit(f"{self.command[0]} never said it was ready")
        else:
            time.sleep(1)
        return self

    def __exit__(self, *_):
        if not self.command:
            return
        time.sleep(0.2)  # what it still has to read
        self.process.send_signal(signal.SIGINT)
        said = self.process.stderr.read()
        _, status, usage = os.wait4(self.process.pid, 0)
        self.process.returncode = status
        if status not in (0, signal.SIGINT):
            sys.exit(f"{self.command[0]} ended with status {status:#x}: {said[-500:]}")
        sys.stderr.write(said)
        self.used_ns = round((usage.ru_utime + usage.ru_stime) * 1e9)
