#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""disk.py LARGEST: recordings to file systems of 1 to LARGEST MB until they are full, and on. Given space again, the
tape is whole, and what it holds and what it says could not be written is what another recorder saw; without, it
is readable, and the recorder says so."""
import os
import subprocess

from campaign import B, TMP, Load, Recorder, Verified, must, run, size_of

MB = 1 << 20
STATES_EACH = 10  # changes of state of one hello connection, both sides


class Disk:
    """A file system in memory, a ballast file on it."""

    def __init__(self, megabytes):
        self.path = f"{TMP}/disk{megabytes}"
        os.mkdir(self.path)
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "none", self.path], check=True)
        self.ballast = f"{self.path}/ballast"
        with open(self.ballast, "wb") as f:
            f.write(bytes(megabytes * MB * 6 // 10))

    def close(self):
        subprocess.run(["umount", self.path], check=True)
        os.rmdir(self.path)


def counts(tape):
    """{type: (on the tape, could not be written)}"""
    done = subprocess.run([f"{B}/tests/torture/same", "lost", tape], capture_output=True, text=True)
    must(done.returncode == 0, f"{tape}: {done.stderr}")
    words = [line.split() for line in done.stdout.splitlines()]
    return {name: (int(events), int(lost)) for name, events, lost in words}


def fill(load, tape, free):
    """Connections until the file does not grow any more, and as many again; how many."""
    sent, before = 0, -1
    while size_of(tape) > before or size_of(tape) < free // 2:
        before = size_of(tape)
        load.hello(10000)
        sent += 10000
    load.hello(10000)
    return sent + 10000


def compare(tape, witness, sent):
    """Nothing is unaccounted for; (events, lost)."""
    ours, theirs = counts(tape), counts(witness)
    must(not any(lost for _, lost in theirs.values()), f"the other recorder lost events: {theirs}")
    # Types of events that know no port may have had others while only one of the recorders was there.
    for name in theirs:
        if theirs[name][0] >= sent:
            must(sum(ours.get(name, (0, 0))) == theirs[name][0], f"{name}: {ours.get(name)}, the other has {theirs[name]}")
    states = sum(ours["sock:inet_sock_set_state"])
    must(states == STATES_EACH * sent, f"{states} changes of state of {sent} connections")
    return sum(e for e, _ in ours.values()), sum(l for _, l in ours.values())


def freed(load, megabytes):
    disk = Disk(megabytes)
    try:
        tape, witness = Recorder(f"{disk.path}/tape", load.port), Recorder(f"{TMP}/witness.tape", load.port)
        tape.wait_until_on()
        witness.wait_until_on()
        sent = fill(load, tape.tape, megabytes * MB * 4 // 10)
        os.unlink(disk.ballast)
        load.hello(2000)
        status, other = tape.stop(), witness.stop()
        must((status, other) == (0, 0), f"with space again the recorder ended with {status}: {tape.said}")
        begun, over = tape.said.count("recording goes on"), tape.said.count("writing goes on")
        must(begun == over >= 1, f"it said: {tape.said}")
        must(Verified(tape.tape).status == 0, "the tape is not whole")
        return (*compare(tape.tape, witness.tape, sent + 2000), over)
    finally:
        disk.close()


def left_full(load, megabytes):
    disk = Disk(megabytes)
    try:
        tape = Recorder(f"{disk.path}/tape", load.port, "-q")
        tape.wait_until_on()
        fill(load, tape.tape, megabytes * MB * 4 // 10)
        status = tape.stop()
        must(status == 1, f"on a full disk the recorder ended with {status}: {tape.said}")
        lines = tape.said.splitlines()
        must(len(lines) == 1 and "No space left" in lines[0] and "events at the end are missing" in lines[0],
             f"it said: {tape.said}")
        seen = Verified(tape.tape)
        must(seen.status == 3 and seen.is_cut and "damaged" not in seen.states, f"verify: {seen.status}, {seen.states}")
        return seen.events
    finally:
        disk.close()


def main(largest):
    load = Load()
    events = lost = outages = left = 0
    try:
        for megabytes in range(1, largest + 1):
            e, l, o = freed(load, megabytes)
            events, lost, outages = events + e, lost + l, outages + o
            left += left_full(load, megabytes)
    finally:
        load.close()
    print(f"full disk: {largest} with space again, {outages} outages: all tapes whole, {events} events and {lost} told as "
          f"lost, which are those of another recorder, type by type; {largest} left full: all readable, {left} events, exit "
          f"status 1 and one sentence")


run(main)
