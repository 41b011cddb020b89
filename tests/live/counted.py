# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""counted.py PAUSE: compares $TMP/tape with what perf stat counted of $EVENTS; status 1 and the differences if there
are some."""
import collections
import os
import sys

from tape import TMP, Tape, known


EVENTS = os.environ["EVENTS"].split(",")


def counted():
    """{(cpu, event): count}, as `perf stat -A -x,` prints them: CPU,count,unit,event,..."""
    counts = {}
    with open(f"{TMP}/counted") as f:
        for line in f:
            words = line.strip().split(",")
            if words[0].startswith("CPU"):
                counts[int(words[0][3:]), words[3]] = int(words[1])
    return +collections.Counter(counts)


tape, paused = Tape(), sys.argv[1] != "0"
found = collections.Counter((r["cpu"], r["event"]) for r in tape.rows("replay") if r["event"] in EVENTS)
info = tape.info()
lost = info["lost"]
for loss in lost:
    if loss["event"] in EVENTS:
        found[loss["cpu"], loss["event"]] += loss["count"]
want = counted()
wrong = [f"{event} on CPU {cpu}: perf counted {want[cpu, event]}, recorded and lost {found[cpu, event]}"
         for cpu, event in sorted(set(want) | set(found)) if want[cpu, event] != found[cpu, event]]
if paused and not lost:
    wrong.append("nothing was lost while the recorder was stopped")
if not paused and lost:
    wrong.append(f"{info['lost_total']} events were lost")
for loss in lost:
    if loss["to_ns"] < known("stopped") or loss["from_ns"] > known("continued"):
        wrong.append(f"{loss} is not from {known('stopped')} to {known('continued')}")
print("\n".join(wrong))
sys.exit(bool(wrong))
