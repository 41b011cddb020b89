#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""churn.py COUNT PORTS: $TMP/tape holds that many whole connections, and nothing is missing."""
import collections
import json
import os
import subprocess
import sys

from tape import (CLOSED_FIRST, CLOSED_SECOND, OPENED_BY_CLIENT, OPENED_BY_SERVER, Tape, known, same)


def stream(tape, *command):
    """Rows one by one: there may be millions."""
    with subprocess.Popen([os.environ["TCPTAPE"], *command, "-f", "json", tape.path], text=True,
                          stdout=subprocess.PIPE) as run:
        for line in run.stdout:
            yield json.loads(line)
    same(run.returncode, 0, f"exit of tcptape {command[0]}")


def main():
    count, ports = int(sys.argv[1]), int(sys.argv[2])
    first, tape = known("port"), Tape()
    chosen = "--port", f"{first}-{first + ports - 1}"
    info = tape.info()
    same((info["lost_total"], info["lost"]), (0, []), "events lost")
    same(info["complete"], True, "the tape is complete")

    lives = {r["conn"]: r for r in stream(tape, "conns", *chosen)}
    roles = collections.Counter(r["role"] for r in lives.values())
    same(roles, {"client": count, "server": count, "listener": ports}, "socket lives by role")

    paths = collections.defaultdict(list)
    for r in stream(tape, "states", *chosen):
        paths[r["conn"]].append(r["to"])
    want = {"client": OPENED_BY_CLIENT + CLOSED_SECOND, "server": OPENED_BY_SERVER + CLOSED_FIRST}
    for conn, r in lives.items():
        if r["role"] == "listener":
            continue
        peer = lives[r["peer"]]
        assert peer["peer"] == conn and {r["role"], peer["role"]} == {"client", "server"}, f"pair {r} {peer}"
        assert (r["laddr"], r["lport"], r["raddr"], r["rport"]) == \
            (peer["raddr"], peer["rport"], peer["laddr"], peer["lport"]), f"addresses {r} {peer}"
        assert paths[conn] == want[r["role"]], f"states of {r}: {paths[conn]}"
        assert {k for k, v in r["states"].items() if v} <= {*paths[conn]}, f"times of {r}"
        sizes = (2, 11) if r["role"] == "client" else (11, 2)
        assert (r["tx_bytes"], r["rx_bytes"], r["end"], r["uncertain"]) == (*sizes, "fin", False), f"facts {r}"
        assert r["comm"] == "hello_" + r["role"] and r["pid"], f"owner {r}"

    turns = collections.Counter((r["request_bytes"], r["response_bytes"], r["n"])
                                for r in stream(tape, "exchanges", *chosen))
    same(turns, {(2, 11, 1): count}, "exchanges")
    print(f"{count} connections, {info['events_total']} events, {info['bytes']} bytes "
          f"({info['bytes'] / info['events_total']:.2f} an event), none lost; ring at most "
          f"{info['recorder'].get('ring_peak_percent')} % full, recorder "
          f"{info['recorder']['cpu_ns'] / info['events_total']:.0f} ns CPU an event")


if __name__ == "__main__":
    main()
