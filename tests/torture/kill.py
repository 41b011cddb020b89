#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""kill.py COUNT: kills so many recorders with SIGKILL, 0.2 to 2 s after each began, under load. Their tapes must
be readable, say that they were cut short, miss a second at most, and hold nothing but what another recorder
saw, which went on meanwhile. Where the other one lost events itself, there is nothing to compare with."""
import os
import statistics
import time

from campaign import FAST, SLOW, TMP, Load, Recorder, Verified, dice, must, run, same_part

AT_ONCE = 4


def kill_all(victims):
    """Each at its time; the times of the kills."""
    left = sorted((v.begin_ns + dice.randrange(200_000_000, 2_000_000_000), i) for i, v in enumerate(victims))
    killed = [0] * len(victims)
    for due, i in left:
        time.sleep(max(0, due - time.clock_gettime_ns(time.CLOCK_BOOTTIME)) / 1e9)
        killed[i] = victims[i].kill()
    return killed


def one_round(load, count):
    """(events, strange, missing, lost, lost by the other recorder, late_ns) of each victim."""
    load.begin()
    witness = Recorder(f"{TMP}/witness.tape", load.port)
    witness.wait_until_on()
    victims = [Recorder(f"{TMP}/victim{i}.tape", load.port) for i in range(count)]
    for v in victims:
        v.wait_until_on()
    killed = kill_all(victims)
    status = witness.stop()
    must(status == 0, f"the other recorder ended with {status}: {witness.said}")
    results = []
    for v, same, at in zip(victims, same_part(witness.tape, [v.tape for v in victims]), killed):
        seen = Verified(v.tape)
        must(seen.is_cut and "damaged" not in seen.states, f"{v.tape}: {seen.states}, cut short: {seen.is_cut}")
        results.append((*same, at - (seen.last_ns or v.begin_ns)))
        os.unlink(v.tape)
    return results


def main(count):
    results = []
    while len(results) < count:
        # A fast load fills blocks, a slow one has them written because it is time.
        load = Load(SLOW if len(results) % (2 * AT_ONCE) else FAST)
        try:
            results += one_round(load, min(AT_ONCE, count - len(results)))
        finally:
            load.close()
    late = sorted(r[5] / 1e6 for r in results)
    compared = [r for r in results if r[4] == 0]
    events, strange, missing, lost = (sum(r[i] for r in compared) for i in range(4))
    print(f"kill -9: {count} recorders: all tapes readable and cut short; {len(compared)} of them compared with another "
          f"recorder, which lost nothing: {events} events, {strange} of them not seen by it, {missing} missing in between "
          f"({lost} told as lost); missing at the end: median {statistics.median(late):.0f} ms, at most {late[-1]:.0f} ms")
    must(events > 0, "no events at all, or never a recorder to compare with")
    must(strange == 0 and missing <= lost, "tapes differ from what the other recorder saw")
    must(late[-1] <= 1000, f"{sum(1 for l in late if l > 1000)} tapes miss more than a second")


run(main)
