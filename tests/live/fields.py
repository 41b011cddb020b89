#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""Holds a tape against perf.data of the same run: every event, every field, either way.

    fields.py TAPE PERF_DATA INTERVAL.json      (TCPTAPE names the analyzer)

Two oracles: the raw entries in perf.data, taken apart with the kernel's format files, and the
text of `perf script`, which must agree with them. Compared is everything the host did in
the interval, not the test's own sockets alone: nothing has to be left out by address, and events
without an address count like all others.

There are no tolerated differences in fields. Beside them the CPU, pid, tid and comm of each event are
compared; where perf has a name of its own for a task (see same_task) the tape's is not held against it.
(Between perf's own text and its own raw values there are the differences of event_format.QUIRKS.)
"""
import bisect
import collections
import ipaddress
import itertools
import json
import os
import re
import subprocess
import sys
import time

import event_format
import perf_data

GROUPS = ("tcp", "sock", "skb")
NEAR_NS = 5_000_000  # only to pair the right ones among events that are equal in all fields
SHOWN = 3  # of each kind


def default_events():
    names = [f"{g}:{n}" for g in GROUPS for n in sorted(os.listdir(f"{event_format.TRACEFS}/{g}"))
             if os.path.isdir(f"{event_format.TRACEFS}/{g}/{n}")]
    return names + ["net:netif_receive_skb"]


class Event:
    """One event, from either side. key: all that must be equal."""
    __slots__ = ("name", "ts_ns", "cpu", "pid", "tid", "comm", "values", "symbols", "key", "twin")

    def close(self):
        self.twin = None
        self.key = (self.name, self.cpu, self.pid, self.tid, same_task(self.tid, self.comm),
                    tuple(sorted((k, repr(v)) for k, v in self.values.items())),
                    tuple(sorted(self.symbols.items())))
        return self


def same_task(tid, comm):
    """perf calls every idle task "swapper", where the kernel says "swapper/0", and reads names of
    workers from /proc, which adds what they work on: "kworker/1:1-mm_" for "kworker/1:1"."""
    return "swapper" if tid == 0 else comm.partition("-")[0] if comm.startswith("kworker/") else comm


# --- perf's side

def perf_lines(path):
    out = subprocess.run(["perf", "script", "-i", path, "--ns", "-F", "comm,pid,tid,cpu,time,event,trace"],
                         capture_output=True, text=True, check=True).stdout
    pattern = re.compile(r"\s*(.*?)\s+(\d+)/(\d+)\s+\[(\d+)\]\s+(\d+)\.(\d+):\s+(\S+): (.*)")
    return [pattern.fullmatch(line).groups() for line in out.splitlines()]


def symbols_of(form, text):
    """{field: symbol} for what perf resolved itself."""
    found = {}
    pieces = re.split(event_format.CONVERSION, form.template)
    for i, (conversion, arg) in enumerate(zip(form.conversions, form.args)):
        if conversion in ("%pS", "%ps"):
            label = re.search(r"(\w+=)$", pieces[i])[1]
            found[event_format.field_of(arg)] = re.search(label + r"(\S+)", text)[1]
    return found


def from_perf(path, forms):
    samples, lost = perf_data.read(path)
    by_id = {form.id: form for form in forms.values()}
    lines = perf_lines(path)
    if len(lines) != len(samples):
        raise AssertionError(f"perf script prints {len(lines)} events, perf.data holds {len(samples)}")
    # Both are in time order; among equal times the text decides who is who.
    events, odd = [], []
    for (comm, pid, tid, cpu, sec, nsec, name, text), sample in zip(lines, align(samples, lines, by_id)):
        form = by_id[sample.event_id]
        e = Event()
        e.name, e.ts_ns, e.cpu = form.name, sample.time_ns, sample.cpu
        e.pid, e.tid, e.comm = sample.pid, sample.tid, comm
        e.values, e.symbols = form.values(sample.raw), symbols_of(form, text)
        said = (int(pid), int(tid), int(cpu), int(sec) * 10**9 + int(nsec), name)
        if said != (e.pid, e.tid, e.cpu, e.ts_ns, e.name) or not agrees(form, e, text):
            odd.append((name, f"perf script: {text}\n   raw entry: {e.name}: {e.values}"))
        events.append(e.close())
    return events, lost, odd


def align(samples, lines, by_id):
    """Samples in the order of the lines; they differ only where times are equal."""
    at = collections.defaultdict(list)
    for s in samples:
        at[s.time_ns, s.cpu, by_id[s.event_id].name].append(s)
    for _, _, _, cpu, sec, nsec, name, _ in lines:
        yield at[int(sec) * 10**9 + int(nsec), int(cpu), name].pop(0)


def agrees(form, e, text):
    for n in range(len(event_format.QUIRKS), -1, -1):
        for quirks in itertools.combinations(event_format.QUIRKS, n):
            if form.text(e.values, e.symbols, quirks) == text:
                return True
    return False


# --- the tape's side

def number_of(field, names, value):
    """An integer as JSON shows it: number, boolean, name or "0x" text."""
    if isinstance(value, bool) or isinstance(value, int):
        return int(value)
    if not isinstance(value, str):
        return value
    if value.startswith("0x"):
        return int(value, 16)
    return names.get(value, f"no such name: {value}")


# Names beyond those in the print format of the same field.
FAMILIES = {"AF_UNSPEC": 0, "AF_UNIX": 1, "AF_INET": 2, "AF_INET6": 10, "AF_NETLINK": 16}
PROTOCOLS = {"IPPROTO_IP": 0, "IPPROTO_ICMP": 1, "IPPROTO_TCP": 6, "IPPROTO_UDP": 17, "IPPROTO_ICMPV6": 58,
             "IPPROTO_SCTP": 132, "IPPROTO_RAW": 255, "IPPROTO_MPTCP": 262}


def value_of(form, field, value):
    names = form.names(field.name)
    if field.kind == "ipv4":
        return ipaddress.IPv4Address(value)
    if field.kind == "ipv6":
        return ipaddress.IPv6Address(value)
    if field.kind == "sockaddr":
        if value is None:
            return None
        address, _, port = value.rpartition(":")
        return ipaddress.ip_address(address.strip("[]")), int(port)
    if field.kind == "ints":
        return [number_of(field, names, v) for v in value]
    if field.kind in ("text", "dynamic"):
        return value
    if field.name == "family":
        names = {**FAMILIES, **names}
    if field.name == "protocol" and form.name != "skb:kfree_skb":
        names = {**PROTOCOLS, **names}
    return number_of(field, names, value)


def qualified(name, forms):
    return name if ":" in name else next((n for n in forms if n.endswith(":" + name)), name)


def from_tape(path, forms, offset_ns):
    run = subprocess.run([os.environ["TCPTAPE"], "replay", "-f", "json", path],
                         capture_output=True, text=True, check=True)
    events, odd = [], []
    for line in run.stdout.splitlines():
        row = json.loads(line)
        form = forms.get(qualified(row["event"], forms))
        if not form:
            continue  # the recorder's own events and what has no format file
        e = Event()
        e.name, e.ts_ns, e.cpu = form.name, row["ts_ns"] - offset_ns, row["cpu"]
        e.pid, e.tid, e.comm = row["pid"], row["tid"], row["comm"]
        e.values, e.symbols = {}, {}
        if list(row["fields"]) != [f.name for f in form.fields]:
            odd.append((form.name, f"fields {list(row['fields'])}, format file {[f.name for f in form.fields]}"))
            continue
        for f in form.fields:
            try:
                e.values[f.name] = value_of(form, f, row["fields"][f.name])
            except (ValueError, TypeError, AttributeError):
                e.values[f.name] = f"cannot be read: {row['fields'][f.name]!r}"
        for name, conversion in form.symbolic():
            symbol = row["extra"].get(name + "_symbol")
            # %ps prints the function, %pS also the place in it.
            e.symbols[name] = symbol.partition("+")[0] if symbol and conversion == "%ps" else symbol
        events.append(e.close())
    return events, odd


# --- against each other

def pair_up(perf, tape):
    """Equal events are twins. First those near in time, then the rest in order."""
    for limit in (NEAR_NS, 1 << 62):
        waiting = collections.defaultdict(collections.deque)
        for e in tape:
            if not e.twin:
                waiting[e.key].append(e)
        for p in perf:
            queue = waiting.get(p.key)
            if p.twin:
                continue
            while queue and queue[0].ts_ns < p.ts_ns - limit:
                queue.popleft()
            if queue and queue[0].ts_ns <= p.ts_ns + limit:
                p.twin = queue.popleft()
                p.twin.twin = p


def inside(e, begin, end):
    return begin <= e.ts_ns <= end


def describe(e, other):
    if not other:
        return f"cpu {e.cpu} {e.comm}[{e.tid}] at {e.ts_ns}: {e.values} {e.symbols}"
    parts = [f"{n} {getattr(e, n)} / {getattr(other, n)}" for n in ("pid", "tid", "comm")
             if getattr(e, n) != getattr(other, n)]
    for kind in ("values", "symbols"):
        a, b = getattr(e, kind), getattr(other, kind)
        parts += [f"{k} {a.get(k)} / {b.get(k)}" for k in sorted({*a, *b}) if a.get(k) != b.get(k)]
    return f"at {e.ts_ns}: " + ", ".join(parts)


def nearest(e, others):
    """The event that was probably meant: same name and CPU, without a twin, close in time."""
    times = [o.ts_ns for o in others]
    i = bisect.bisect(times, e.ts_ns)
    close = [o for o in others[max(0, i - 3):i + 3] if o.cpu == e.cpu and abs(o.ts_ns - e.ts_ns) < 1_000_000]
    return min(close, key=lambda o: abs(o.ts_ns - e.ts_ns), default=None)


def compare(perf, tape, begin, end):
    """({event: number of twins}, [problem])"""
    pair_up(perf, tape)
    counts = collections.Counter(e.name for e in perf if e.twin and inside(e, begin, end))
    left_perf = [e for e in perf if not e.twin and inside(e, begin, end)]
    left_tape = [e for e in tape if not e.twin and inside(e, begin, end)]
    problems = []
    for p in left_perf:
        t = nearest(p, [t for t in left_tape if t.name == p.name and not t.twin])
        if t:
            t.twin = p
            problems.append((f"{p.name} differs (perf / tape)", describe(p, t)))
        else:
            problems.append((f"only perf has {p.name}", describe(p, None)))
    problems += [(f"only the tape has {t.name}", describe(t, None)) for t in left_tape if not t.twin]
    return counts, problems


def show(problems, what):
    """[(kind, text)]: some of each kind, and how many there are."""
    kinds = collections.Counter()
    for kind, text in problems:
        kinds[kind] += 1
        if kinds[kind] <= SHOWN:
            print(f"{kind}: {text}")
    for kind, n in kinds.items():
        print(f"{what}: {n} times {kind}")


def main():
    tape_path, perf_path, interval_path = sys.argv[1:]
    forms = {name: event_format.EventFormat(name) for name in default_events()}
    offset_ns = time.clock_gettime_ns(time.CLOCK_BOOTTIME) - time.clock_gettime_ns(time.CLOCK_MONOTONIC)
    offset_ns = round(offset_ns, -6)  # the two were read one after the other
    with open(interval_path) as f:
        interval = json.load(f)
    perf, lost, odd = from_perf(perf_path, forms)
    if lost:
        print(f"perf lost {lost} events")
        sys.exit(3)
    show(odd, "perf script and perf.data differ")
    tape, strange = from_tape(tape_path, forms, offset_ns)
    show(strange, "rows of other fields than the format file has")
    counts, problems = compare(perf, tape, interval["begin_ns"], interval["end_ns"])
    show(problems, "differences")
    print(f"compared {sum(counts.values())} events of {len(counts)} types: " +
          ", ".join(f"{n.split(':')[1]} {c}" for n, c in sorted(counts.items(), key=lambda x: -x[1])))
    unseen = [n for n in forms if not counts[n]]
    reasons = "; ".join(f"{k}: {v}" for k, v in interval["missed"].items())
    print(f"never seen: {', '.join(unseen) or 'none'}" + (f" ({reasons})" if reasons else ""))
    must = {n for n in forms if not re.search("_ao_|hash_|buf_limit|rcvqueue_full|bad_csum", n)}
    if not must <= set(counts):
        print(f"not provoked: {', '.join(sorted(must - set(counts)))}")
    sys.exit(1 if odd or strange or problems or not must <= set(counts) else 0)


if __name__ == "__main__":
    main()
