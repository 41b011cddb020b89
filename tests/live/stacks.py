# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""stacks.py PERF_SCRIPT -- the stacks of a tape, beside those that perf took of the same events."""
import bisect
import collections
import re
import sys
import time

from tape import *

MACHINERY = re.compile(r"bpf_prog_|bpf_trace_run|__bpf_trace_|__traceiter_|perf_trace_|do_perf_trace_|trace_call_bpf")
CUT = 60  # frames; the recorder takes 64, with those of the machinery
EVENTS = ("skb:kfree_skb", "skb:consume_skb", "net:net_dev_queue", "sock:inet_sock_set_state")
SUSPENDED_NS = time.clock_gettime_ns(time.CLOCK_BOOTTIME) - time.clock_gettime_ns(time.CLOCK_MONOTONIC)


class Kernel:
    """Functions of the running kernel, every name an address has."""

    def __init__(self):
        self.names = collections.defaultdict(set)
        with open("/proc/kallsyms") as f:
            for line in f:
                address, kind, name, *module = line.split()
                if kind in "tTwW" and not name.startswith(("__pfx_", "__cfi_")):
                    self.names[int(address, 16)].add(" ".join([name, *module]))
        self.starts = sorted(self.names)

    def frames(self, ip):
        """All that a frame may be called."""
        start = self.starts[bisect.bisect(self.starts, ip) - 1]
        offset = f"+{ip - start:#x}" if ip > start else ""
        return {" ".join([n.split()[0] + offset, *n.split()[1:]]) for n in self.names[start]}


def perf_events(path):
    """{(event, skbaddr or skaddr or None, cpu): [(ns, [addresses])]}, innermost first."""
    events = collections.defaultdict(list)
    head = re.compile(r"\s*\[(\d+)\] +(\d+)\.(\d{9}): +(\S+?): (.*)")
    for line in open(path, errors="replace"):
        found = head.match(line)
        if found:
            cpu, s, ns, event, text = found.groups()
            key = re.search(r"skbaddr=(?:0x)?([0-9a-f]+)", text)
            stack = []
            events[event, key and int(key[1], 16), int(cpu)].append((int(s) * 10**9 + int(ns) + SUSPENDED_NS, stack))
        elif line.strip() and (ip := int(line.split()[0], 16)) >> 63:
            stack.append(ip)
    return events


def beside(mine, theirs):
    """perf's events beside the tape's. It recorded for longer, and saw all of them one after the other: they begin
    where the times differ least."""
    def distance(first):
        return sum(abs(r["ts_ns"] - ns) for r, (ns, _) in zip(mine, theirs[first:]))

    assert len(mine) <= len(theirs), f"perf saw {len(theirs)} events instead of {len(mine)}, one of them: {mine[0]}"
    first = min(range(len(theirs) - len(mine) + 1), key=distance)
    return zip(mine, theirs[first:])


def agrees(kernel, text, ips):
    names = [kernel.frames(ip) for ip in ips]
    while names and any(MACHINERY.match(n) for n in names[0]):
        names.pop(0)
    frames = text.split(";")
    if len(frames) >= CUT:
        names = names[:len(frames)]
    return len(frames) == len(names) and all(f in n for f, n in zip(frames, names))


def functions(row):
    return [f.split("+")[0] for f in row["extra"]["stack"].split(";")]


def in_order(row, *wanted):
    """These functions lie in the stack, if it is not missing, in this order from the innermost on."""
    if row["extra"]["stack"] is None:
        return
    rest = iter(functions(row))
    assert all(w in rest for w in wanted), f"{wanted} in {row['extra']['stack']}"


tape = Tape()
rows = tape.rows("replay")
ports = {name: known(f"{name}.port") for name in ("rule", "closed", "full")}


def to_port(name, event):
    return [r for r in rows if r["event"] == event and r["extra"]["dport"] == ports[name] and
            "SYN" in (r["extra"]["tcp_flags"] or "")]


# What they say.
drop = to_port("rule", "skb:kfree_skb")
same({r["fields"]["reason"] for r in drop}, {"NETFILTER_DROP"}, "why the rule's packet was dropped")
for r in drop:
    in_order(r, "nf_hook_slow", "ip_local_deliver", "tcp_v4_connect")
drops = to_port("closed", "skb:kfree_skb")
same((len(drops), {r["fields"]["reason"] for r in drops}), (50, {"NO_SOCKET"}), "drops at the closed port")
for r in drops:
    in_order(r, "tcp_v4_rcv", "ip_local_deliver_finish")
freed = to_port("full", "skb:consume_skb") + to_port("full", "skb:kfree_skb")
assert len(freed) >= 4, freed
for r in freed:
    in_order(r, "tcp_rcv_state_process", "tcp_v4_do_rcv", "tcp_v4_rcv")
refused = [r for r in rows if r["event"] == "sock:inet_sock_set_state" and r["fields"]["dport"] == ports["closed"] and
           r["fields"]["newstate"] == "TCP_SYN_SENT"]
same(len(refused), 50, "state changes of those refused")
for r in refused:
    in_order(r, "tcp_v4_connect", "__inet_stream_connect")

# Only events that were asked for have one, and all of those.
for r in rows:
    same("stack" in r["extra"], r["event"] in EVENTS or r["event"].startswith("skb:"), f"{r['event']} has a stack")
    assert not MACHINERY.match(r["extra"].get("stack") or ""), r
# What others do on this host may have taken the place of a stack: then the tape says so.
missing = [r for r in rows if r["extra"].get("stack", "") is None]
same(bool(missing), any(f"stack: {len(missing)} events" in u for u in tape.info()["unavailable"]), "missing stacks are told")
same([r["event"] for r in Tape(f"{TMP}/none").rows("replay") if "stack" in r["extra"]], [], "stacks nobody asked for")

# And as perf has seen them.
kernel = Kernel()
seen = perf_events(sys.argv[1])
recorded, compared = collections.defaultdict(list), collections.Counter()
for r in rows:
    skb = r["fields"].get("skbaddr")
    if r["event"] in EVENTS:
        recorded[r["event"], skb and int(skb, 16), r["cpu"]].append(r)
for key, mine in recorded.items():
    for r, (ns, ips) in beside(mine, seen[key]):
        compared[key[0]] += 1
        assert r in missing or agrees(kernel, r["extra"]["stack"], ips), \
            f"{r}\nperf saw:\n" + "\n".join(str(kernel.frames(ip)) for ip in ips)
for event in EVENTS:
    assert compared[event] >= 20, f"only {compared[event]} events {event} were found in perf's recording"
