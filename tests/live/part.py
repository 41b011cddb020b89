# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""part.py TAPE -- compares what a part of a tape tells with what the whole one does, and counts bytes read."""
import json
import os
import random
import re
import subprocess
import sys

TCPTAPE = os.environ["TCPTAPE"]
NUMBER = re.compile(rb'"(conn|peer)":\d+')


def run(*arguments):
    """Output, and the bytes the program read."""
    process = subprocess.Popen([TCPTAPE, *arguments], stdout=subprocess.PIPE)
    out = process.stdout.read()
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    with open(f"/proc/{process.pid}/io", encoding="ascii") as f:
        read = int(f.readline().split()[1])
    if process.wait() != 0:
        sys.exit(f"tcptape {' '.join(arguments)} ended with {process.returncode}")
    return out, read


def compare(command, tape, *options):
    """The same but for numbers; bytes read of the part and of the whole."""
    whole, all_bytes = run(command, tape, "-f", "json", *options)
    part, some_bytes = run(command, tape, "-f", "json", "--no-conn", *options)
    expected = NUMBER.sub(rb'"\1":null', whole)
    if part != expected:
        for a, b in zip(expected.splitlines(), part.splitlines()):
            if a != b:
                print(f"whole: {a.decode()}\npart:  {b.decode()}")
                break
        sys.exit(f"{command} {' '.join(options)}: {len(part.splitlines())} lines of {len(expected.splitlines())}, "
                 "or others")
    return some_bytes, all_bytes, len(part)


def main():
    tape = sys.argv[1]
    conns = [json.loads(line) for line in run("conns", tape, "-f", "json")[0].splitlines()]
    clients = [c["lport"] for c in conns if c["role"] == "client"]
    server = next(c["rport"] for c in conns if c["role"] == "client")
    seed = random.randrange(1 << 30)
    print(f"seed {seed}")
    random.seed(seed)
    for port in random.sample(clients, 3):
        for command in ("conns", "states", "timeline", "exchanges", "replay"):
            some, all_bytes, length = compare(command, tape, "--port", str(port))
            if not length:
                sys.exit(f"{command} --port {port} tells nothing")
            if some >= all_bytes:
                sys.exit(f"{command} --port {port} read {some} bytes of {all_bytes}")
    for command in ("conns", "states"):
        compare(command, tape, "--port", str(server))
        compare(command, tape, "--addr", "127.0.0.1")
        compare(command, tape, "--addr", "10.0.0.1")
    first = min(c["first_ns"] for c in conns[1:]) - min(c["first_ns"] for c in conns)
    last = max(c["first_ns"] for c in conns) - min(c["first_ns"] for c in conns)
    for _ in range(3):
        since = random.randrange(first, last)
        times = ("--since", f"{since}ns", "--until", f"{since + (last - first) // 20}ns")
        some, all_bytes, length = compare("replay", tape, *times)
        if some > os.path.getsize(tape) // 2 + (256 << 10):
            sys.exit(f"replay {' '.join(times)} read {some} bytes of {os.path.getsize(tape)}")
        compare("states", tape, *times)
        compare("replay", tape, "--port", str(random.choice(clients)), *times)


main()
