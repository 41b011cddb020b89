#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""power.py COUNT: copies a growing tape so many times, as a power cut would leave it: as it is, cut at a page, or
with zeros in place of its last pages. What is whole in front of that must be readable."""
import os
import statistics
import time

from campaign import FAST, SLOW, TMP, Load, Recorder, Verified, boottime_ns, dice, must, run, same_part

PAGE = 4096
OF_ONE = 25  # copies of one recording


def copy(tape, to):
    """What is in the file now, spoilt in one of three ways; (way, bytes that are right, time before)."""
    now = boottime_ns()
    with open(tape, "rb") as f:
        data = f.read()
    way = dice.choice(("as it is", "cut at a page", "zeros at the end"))
    good = len(data)
    if way != "as it is" and good > 4 * PAGE:
        good = (good // PAGE - dice.randrange(3)) * PAGE
    with open(to, "wb") as f:
        f.write(data[:good])
        if way == "zeros at the end":
            f.write(bytes(len(data) - good))
    return way, data[:good], now


def check(path, good, late_ns):
    """Every whole block before `good` ended, and nothing else; events and how long ago the last was."""
    whole = f"{path}.whole"
    with open(whole, "wb") as f:
        f.write(good)
    seen, want = Verified(path), Verified(whole)
    os.unlink(whole)
    must(seen.status == 3, f"{path}: verify ended with {seen.status}")
    must((seen.events, seen.last_ns) == (want.events, want.last_ns), f"{path}: {seen.events} events of {want.events}")
    return seen.events, late_ns - seen.last_ns if seen.last_ns else 0


def one_recording(load, count):
    """(way, events, late_ns) of each copy, and (strange, missing) in all."""
    load.begin()
    recorder = Recorder(f"{TMP}/growing.tape", load.port)
    recorder.wait_until_on()
    copies = []
    for i in range(count):
        time.sleep(dice.uniform(0, 0.16))
        copies.append((f"{TMP}/copy{i}.tape", *copy(recorder.tape, f"{TMP}/copy{i}.tape")))
    status = recorder.stop()
    must(status == 0, f"the recorder ended with {status}: {recorder.said}")
    with open(recorder.tape, "rb") as f:
        final = f.read()
    must(all(final.startswith(good) for _, _, good, _ in copies), "the file did not only grow")
    strange = missing = 0
    for events, s, m, *_ in same_part(recorder.tape, [path for path, *_ in copies]):
        strange, missing = strange + s, missing + m
    results = [(way, *check(path, good, now)) for path, way, good, now in copies]
    for path, *_ in copies:
        os.unlink(path)
    return results, strange, missing


def main(count):
    results, strange, missing = [], 0, 0
    while len(results) < count:
        load = Load(SLOW if len(results) % (2 * OF_ONE) else FAST)
        try:
            r, s, m = one_recording(load, min(OF_ONE, count - len(results)))
        finally:
            load.close()
        results, strange, missing = results + r, strange + s, missing + m
    late = sorted(r[2] / 1e6 for r in results if r[0] == "as it is")
    ways = ", ".join(f"{sum(r[0] == way for r in results)} {way}" for way in sorted({r[0] for r in results}))
    print(f"power cut: {count} copies ({ways}): all readable, {sum(r[1] for r in results)} events, {strange} of them not in "
          f"the whole tape, {missing} missing in between; missing at the end of those as they are: median "
          f"{statistics.median(late):.0f} ms, at most {late[-1]:.0f} ms")
    must(sum(r[1] for r in results) > 0, "no events at all")
    must(strange == 0 and missing == 0, "copies differ from the whole tape")
    must(late[-1] <= 1000, f"{sum(1 for l in late if l > 1000)} copies miss more than a second")


run(main)
