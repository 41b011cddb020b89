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
rows = [(r["ts_ns"], (r["cpu"], r["event"])) for r in tape.rows("replay") if r["event"] in EVENTS]
info = tape.info()
lost = info["lost"]
gone = collections.Counter()
for loss in lost:
    if loss["event"] in EVENTS:
        gone[loss["cpu"], loss["event"]] += loss["count"]
# perf began before the first load and ended after the last, the tape began before it and ended after it.
most = gone + collections.Counter(what for _, what in rows)
least = gone + collections.Counter(what for ts_ns, what in rows if known("begun") <= ts_ns <= known("done"))
want = counted()
wrong = [f"{e} on CPU {cpu}: perf counted {want[cpu, e]}, recorded and lost {least[cpu, e]} to {most[cpu, e]}"
         for cpu, e in sorted(set(want) | set(most)) if not least[cpu, e] <= want[cpu, e] <= most[cpu, e]]
if paused and not lost:
    wrong.append("nothing was lost while the recorder was stopped")
if not paused and lost:
    wrong.append(f"{info['lost_total']} events were lost")
for loss in lost:
    if loss["to_ns"] < known("stopped") or loss["from_ns"] > known("continued"):
        wrong.append(f"{loss} is not from {known('stopped')} to {known('continued')}")
print("\n".join(wrong))
sys.exit(bool(wrong))
