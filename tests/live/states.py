#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""states.py SEEN: $TMP/tape against lines "skaddr old new nanoseconds sport dport" of another tracer.

Ends with 1 when a sequence differs, with 3 when too many durations do, or events were lost there. An interrupt, or the
user side of the other tracer, may come between the two tracers' stamps of one event: that makes two durations differ.
"""
import collections
import re
import sys

from event_format import TCP_STATES
from tape import Tape, TMP, same

LIMIT_NS = 50_000
SPARED = 50  # one in so many
NAMES = {number: name for name, number in TCP_STATES.items()}


def from_tracer(path, ports):
    """{skaddr: [(time, old, new)]} of the sockets with these ports, and whether events were lost"""
    found, lost = collections.defaultdict(list), False
    with open(path) as f:
        for line in f:
            m = re.fullmatch(r"([0-9a-f]+) (\d+) (\d+) (\d+) (\d+) (\d+)\n", line)
            if m and {m[5], m[6]} & ports:
                found[int(m[1], 16)].append((int(m[4]), NAMES[int(m[2])], NAMES[int(m[3])]))
            lost |= "Lost" in line
    for changes in found.values():
        changes.sort()  # one buffer per CPU
    return found, lost


def from_tape(tape, ports):
    """{skaddr: [(time, old, new, duration or None)]} of the sockets with these ports"""
    skaddr, found = {}, collections.defaultdict(list)
    for row in tape.rows("replay", "--port", ports, "--event", "inet_sock_set_state"):
        address = int(row["fields"]["skaddr"], 16)
        same(skaddr.setdefault(row["conn"], address), address, f"skaddr of conn {row['conn']}")
    for row in tape.rows("states", "--port", ports):
        found[skaddr[row["conn"]]].append((row["ts_ns"], row["from"], row["to"], row["duration_ns"]))
    return found


def main():
    with open(f"{TMP}/ports") as f:
        ports = set(f.read().split())
    seen, lost = from_tracer(sys.argv[1], ports)
    told = from_tape(Tape(), ",".join(ports))
    if lost:
        print("the other tracer lost events")
        sys.exit(3)
    # Before and after the scene the same port numbers may be others'.
    times = [c[0] for changes in told.values() for c in changes]
    begin, end = min(times) - 10**6, max(times) + 10**6
    seen = {a: [c for c in changes if begin <= c[0] <= end] for a, changes in seen.items()}
    same(set(told), {a for a, changes in seen.items() if changes}, "the sockets")
    durations, far, worst = 0, [], 0
    for address, changes in told.items():
        theirs = seen[address]
        same([c[1:3] for c in changes], [c[1:3] for c in theirs], f"state changes of socket {address:#x}")
        for i, (_, old, new, duration) in enumerate(changes):
            if duration is None or i == 0:
                continue
            other = theirs[i][0] - theirs[i - 1][0]
            durations += 1
            worst = max(worst, abs(duration - other))
            if abs(duration - other) > LIMIT_NS:
                far.append(f"{address:#x} {old} -> {new}: {duration} ns, bpftrace {other} ns")
    changes = sum(map(len, told.values()))
    assert changes > 600 and durations > 500, f"{changes} changes, {durations} durations"
    print(f"{changes} changes of {len(told)} sockets, {durations} durations, largest difference {worst / 1000:.1f} us")
    print(f"{len(far)} differ by more than {LIMIT_NS / 1000:.0f} us")
    if len(far) * SPARED > durations:
        print("\n".join(far[:10]))
        sys.exit(3)


if __name__ == "__main__":
    main()
