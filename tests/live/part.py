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


def ask_one(tape, port):
    """One connection of many: every command answers, and leaves most of the tape unread."""
    for command in ("conns", "states", "timeline", "exchanges", "replay"):
        some, all_bytes, length = compare(command, tape, "--port", str(port))
        if not length:
            sys.exit(f"{command} --port {port} tells nothing")
        if some >= all_bytes:
            sys.exit(f"{command} --port {port} read {some} bytes of {all_bytes}")


def ask_moment(tape, since_ns, for_ns):
    times = ("--since", f"{since_ns}ns", "--until", f"{since_ns + for_ns}ns")
    some, *_ = compare("replay", tape, *times)
    if some > os.path.getsize(tape) // 2 + (256 << 10):
        sys.exit(f"replay {' '.join(times)} read {some} bytes of {os.path.getsize(tape)}")


def ask_anything(tape, conns, first_ns):
    """Ports, addresses and times of a connection, in any combination."""
    c = random.choice(conns)
    at = max(c["first_ns"] - first_ns, 0)
    since = max(0, at + random.randrange(-20_000_000, 20_000_000))
    options = {
        "--port": c[random.choice(("lport", "rport"))],
        "--addr": c[random.choice(("laddr", "raddr"))],
        "--since": f"{since}ns",
        "--until": f"{since + random.randrange(1, 100_000_000)}ns",
    }
    chosen = [o for o in options if options[o] and random.random() < 0.6]
    commands = ("conns", "states", "timeline", "exchanges", "drops", "retransmits", "resets", "replay")
    compare(random.choice(commands), tape, *(word for o in chosen for word in (o, str(options[o]))))


def main():
    tape, questions = sys.argv[1], int(sys.argv[2])
    seed = int(os.environ.get("SEED", random.randrange(1 << 30)))
    print(f"SEED={seed}")
    random.seed(seed)
    conns = [json.loads(line) for line in run("conns", tape, "-f", "json")[0].splitlines()]
    clients = [c for c in conns if c["role"] == "client"]
    times = [c["first_ns"] for c in conns]
    for c in random.sample(clients, 2):
        ask_one(tape, c["lport"])
    span = max(times) - min(times)
    for _ in range(2):
        ask_moment(tape, random.randrange(span // 20, span - span // 20), span // 20)
    for _ in range(questions):
        ask_anything(tape, conns, min(times))


main()
