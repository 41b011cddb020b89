#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""check.py DIR RELEASE: what a booted kernel recorded (tests/kernels/init), from a DIR with its tape, its own text of
the same events (`trace`) and what the scene knows. TCPTAPE names the analyzer.
"""
import collections
import ipaddress
import json
import os
import re
import subprocess
import sys

DIR, RELEASE = sys.argv[1:]
# A plan and not a probe: what a kernel must yield in this scene, so that an event which falls silent is seen.
ALWAYS = ("net:netif_receive_skb skb:consume_skb skb:kfree_skb skb:skb_copy_datagram_iovec sock:inet_sock_set_state "
          "tcp:tcp_destroy_sock tcp:tcp_probe tcp:tcp_rcv_space_adjust tcp:tcp_receive_reset tcp:tcp_send_reset").split()
SINCE = {"sock:inet_sk_error_report": (5, 15), "tcp:tcp_cong_state_set": (5, 19), "sock:sk_data_ready": (6, 3)}
# The kernel's own since 6.3, before that made at the ends of functions.
CALLS = {"sock:sock_send_length": "inet_sendmsg, inet6_sendmsg, inet_sendpage",
         "sock:sock_recv_length": "inet_recvmsg, inet6_recvmsg"}
# bpf_sock_from_file() for the sockets that processes hold: 5.11.
BY_PROC = ("tcptape:sock_snapshot: owners by /proc, as they were at the start: the kernel can list open sockets since "
           "5.11")


def read(name):
    with open(f"{DIR}/{name}") as f:
        return f.read()


def same(got, want, what):
    assert got == want, f"{what}: got {got!r}, want {want!r}"


def rows(command, *options, tape="tape"):
    done = subprocess.run([os.environ["TCPTAPE"], command, f"{DIR}/{tape}", "-f", "json", *options], capture_output=True,
                          text=True)
    same(done.returncode, 0, f"tcptape {command}: {done.stderr}")
    return [json.loads(line) for line in done.stdout.splitlines()]


def version(release):
    return tuple(int(n) for n in re.match(r"(\d+)\.(\d+)", release).groups())


def usual_fallback(kernel, is_owner_asked=False):
    proc = [BY_PROC] if kernel < (5, 11) and not is_owner_asked else []
    made = [f"{name}: the kernel has it since 6.3; made at the end of {where}" for name, where in sorted(CALLS.items())]
    return sorted(proc + (made if kernel < (6, 3) else []))


def check_chosen(kernel):
    """Of two refused connections the one that was asked for, and by the usual programs."""
    assert os.path.exists(f"{DIR}/chosen"), read("chosen.err")
    same(sorted(rows("info", tape="chosen")[0]["fallback"]), usual_fallback(kernel, True), "other ways, with a filter")
    same([(r["rport"], r["end"]) for r in rows("conns", tape="chosen")], [(9, "refused")], "chosen connections")


def check_info(info, kernel):
    same(info["kernel"], read("release").strip(), "the kernel on the tape")
    same((info["complete"], info["lost_total"]), (True, 0), "complete, events lost")
    wanted = set(ALWAYS) | set(CALLS) | {name for name, since in SINCE.items() if kernel >= since}
    same(sorted(wanted - set(info["events"])), [], "events that this kernel has and the tape has not")
    same(info["unavailable"], [], "unavailable")
    same(sorted(info["fallback"]), usual_fallback(kernel), "events in another way than usual")


def check_confined(kernel):
    """A recorder under way has given up what it can, and its next piece is as good as its first."""
    status = dict(re.findall(r"^(\w+):\s*(\w+)", read("confined"), re.M))
    same((status["NoNewPrivs"], status["Seccomp"]), ("1", "2"), "NoNewPrivs, Seccomp")
    same(int(status["CapEff"], 16) & ~(1 << 39 if kernel < (5, 19) else 0), 0, "capabilities but for CAP_BPF before 5.19")
    first, second = (rows("info", tape=f"piece-00000{n}.tape")[0] for n in (1, 2))
    for piece in first, second:
        same((piece["complete"], piece["lost_total"]), (True, 0), "a piece is complete, events lost")
    same(second["unavailable"], first["unavailable"], "unavailable in the second piece, and in the first")
    assert second["events"].get("tcp:tcp_receive_reset"), f"the refused connection: {second['events']}"


def check_existing():
    """A listener that was there before, and whose it is."""
    port, pid = int(read("old.port")), int(read("old.server.pid"))
    found = [(e["fields"]["state"], e["pid"], e["comm"]) for e in rows("replay", "-e", "tcptape:sock_snapshot", "--port", str(port))]
    same(found, [("TCP_LISTEN", pid, "hello_server")], "the socket that existed before")


def check_pair(name, addr, client_end, server_end):
    port = int(read(f"{name}.port"))
    # Two CPUs may each make a child of one request: the loser never is a connection.
    found = {r["role"]: r for r in rows("conns", "--port", str(port)) if r["role"] != "server" or "TCP_ESTABLISHED" in r["states"]}
    same(sorted(found), ["client", "listener", "server"], f"{name}: roles")
    client, server = found["client"], found["server"]
    same((client["peer"], server["peer"]), (server["conn"], client["conn"]), f"{name}: each is the other's peer")
    same((client["laddr"], client["raddr"], client["rport"]), (addr, addr, port), f"{name}: the client's addresses")
    for row, comm in ((client, "hello_client"), (server, "hello_server"), (found["listener"], "hello_server")):
        pid = int(read(f"{name}.{comm.partition('_')[2]}.pid"))
        same((row["comm"], row["pid"], row["uncertain"]), (comm, pid, False), f"{name}: owner of the {row['role']}")
    same((client["tx_bytes"], client["rx_bytes"], server["tx_bytes"], server["rx_bytes"]), (2, 11, 11, 2), f"{name}: bytes")
    # Who closes when its FIN is acknowledged already waits on as a mini-socket, and that gets the RST.
    if server_end == "reset" and server["end"] == "fin" and "TCP_FIN_WAIT2" in server["states"]:
        server_end = "fin"
    same((client["end"], server["end"]), (client_end, server_end), f"{name}: how both ended")


def check_stacks():
    """Every event has one, typed or not; the refused SYN is dropped on its way in."""
    assert os.path.exists(f"{DIR}/stacks"), read("stacks.err")
    events = [e for e in rows("replay", tape="stacks") if e["event"] not in ("tcptape:sock_snapshot", "tcptape:listener")]
    missing = [e for e in events if not e["extra"]["stack"]]
    told = [u for u in rows("info", tape="stacks")[0]["unavailable"] if u.startswith(f"stack: {len(missing)} events")]
    same(len(told), len(missing) > 0, "missing stacks are told")
    for event, is_generic, outer in ("skb:kfree_skb", False, "tcp_v4_rcv"), ("net:net_dev_queue", True, "ip_finish_output2"):
        stacks = [[f.split("+")[0] for f in e["extra"]["stack"].split(";")] for e in events
                  if (e["event"], e["generic"]) == (event, is_generic) and e not in missing]
        assert any(outer in s for s in stacks), f"{event}: {stacks}"
        for s in stacks:
            assert not s[0].startswith(("bpf_", "__traceiter", "perf_trace")), s


def lengths(events):
    """What each task's calls on TCP sockets returned, in their order."""
    out = collections.defaultdict(list)
    for e in events:
        f = e["fields"]
        if e["event"] in CALLS and f["protocol"] == "IPPROTO_TCP":
            out[e["comm"], e["pid"], e["event"]].append((f["sk"], f["family"], f["ret"], f["flags"]))
    return dict(out)


def check_lengths(events):
    """The hello client sends 2 bytes and receives 11, then the end; the server the other way round."""
    got = lengths(events)
    for name in ("hello", "ipv6"):
        for comm, sent, received in (("client", [2], [11, 0]), ("server", [11], [2])):
            key = f"hello_{comm}", int(read(f"{name}.{comm}.pid"))
            for event, want in (("sock:sock_send_length", sent), ("sock:sock_recv_length", received)):
                same([ret for _, _, ret, _ in got[(*key, event)]], want, f"{name}: what {event} says of the {comm}")
    same([(r["request_bytes"], r["response_bytes"]) for r in rows("exchanges")], [(2, 11)] * 3, "exchanges")


def check_made(events):
    """Events made at the ends of functions, by another recorder that is shown no others, are equal to the kernel's."""
    same(read("made.status").strip(), "0", f"the second recorder's exit status ({read('made.err')})")
    made = rows("replay", tape="made")
    same({e["own"] for e in made if e["event"] in CALLS}, {True}, "made by the recorder")
    same(lengths(made), lengths(events), "lengths of calls, made and the kernel's")
    return len(made)


# --- the kernel's own text

LINE = re.compile(r"\s*(.{1,16})-(\d+)\s+\[(\d+)\] \S+\s+([0-9.]+): (\w+): (.*)")


def check_clock():
    """Who sets the wall clock moves nothing on the tape, and is told."""
    tape = f"{DIR}/clock"
    subprocess.run([os.environ["TCPTAPE"], "verify", tape], check=True, stdout=subprocess.DEVNULL)
    text = subprocess.run([os.environ["TCPTAPE"], "replay", tape], check=True, capture_output=True, text=True).stdout
    assert "the wall clock was set forward by" in text, text[-500:]
    lives = rows("conns", "--port", "9", tape="clock")
    same([r["end"] for r in lives], ["refused"] * 3, "the connections beside the clock")
    assert all(r["duration_ns"] < 10**9 for r in lives), lives
    starts = [r["start_ns"] for r in lives]
    assert starts == sorted(starts) and starts[2] - starts[0] < 60 * 10**9, starts


def printed():
    """[(event name, cpu, pid, task's name, {label: text})]"""
    out = []
    for line in read("trace").splitlines():
        if not line or line.startswith("#"):
            continue
        m = LINE.fullmatch(line)
        assert m, f"a line of the kernel's trace is not understood: {line}"
        out.append((m[5], int(m[3]), int(m[2]), m[1], dict(re.findall(r"(\w+)(?:=| = |: )([^\s,]*)", m[6]))))
    return out


def spellings(value):
    """How the kernel prints a value that the tape shows as such."""
    if isinstance(value, bool) or value is None:
        return set()
    if isinstance(value, int):
        return {str(value), hex(value), f"{value:x}"} | ({"UNKNOWN"} if value == 0 else set())  # no state is 0
    if value.startswith("0x"):
        return {value, f"{int(value, 16):016x}"}
    try:
        return {value, str(ipaddress.ip_address(value))}
    except ValueError:
        return {value}


# Labels of the print formats that are not the names of their fields.
FIELD_OF = {"state": ("state",), "src": ("saddr",), "dest": ("daddr",), "saddrv6": ("saddr_v6",), "daddrv6": ("daddr_v6",),
            "dev": ("name",), "address": ("sk",), "error": ()}
# Printed as a symbol or in another unit than the raw value: location+offset/size, length of what PEEK returned.
UNCOMPARED = ("location", "func", "length")


def differences(labels, fields):
    """(compared, [what differs])"""
    compared, wrong = 0, []
    for label, text in labels.items():
        name = (FIELD_OF.get(label) or (label,))[0]
        if name not in fields or label in UNCOMPARED or not text:  # 6.1.176 prints %s of constants as nothing
            continue
        compared += 1
        if text not in spellings(fields[name]):
            wrong.append(f"{label}={text}, the tape has {fields[name]}")
    return compared, wrong


def check_fields(events):
    """Every event of the trace is on the tape with the same fields, and nothing else is."""
    left = collections.defaultdict(list)
    for e in events:
        left[e["event"].partition(":")[2], e["cpu"], e["tid"]].append(e["fields"])
    total = 0
    for name, cpu, pid, comm, labels in printed():
        candidates = left[name, cpu, pid]
        if comm == "tcptape-record" and not candidates:
            continue  # before it records, it sees how sk_data_ready comes of a Unix socket
        assert candidates, f"{name} of task {pid} on CPU {cpu} is in the kernel's trace only: {labels}"
        results = [differences(labels, fields) for fields in candidates]
        best = min(range(len(results)), key=lambda i: len(results[i][1]))
        same(results[best][1], [], f"{name} of task {pid} on CPU {cpu}")
        total += results[best][0]
        candidates.pop(best)
    rest = {k: v for k, v in left.items() if v}
    same(rest, {}, "events that are on the tape only")
    assert total > 3 * len(events), f"only {total} fields of {len(events)} events could be compared"
    return total


def main():
    kernel = version(RELEASE)
    same(version(read("release")), kernel, "the kernel that was booted")
    same(read("record.status").strip(), "0", f"the recorder's exit status ({read('record.err')})")
    subprocess.run([os.environ["TCPTAPE"], "verify", f"{DIR}/tape"], check=True, stdout=subprocess.DEVNULL)
    info = rows("info")[0]
    check_info(info, kernel)
    check_existing()
    check_pair("hello", "127.0.0.1", "fin", "fin")
    check_pair("ipv6", "::1", "fin", "fin")
    check_pair("reset", "127.0.0.1", "aborted", "reset")
    same([r["end"] for r in rows("conns", "--port", "9")], ["refused"], "the refused connection")
    check_stacks()
    check_chosen(kernel)
    check_confined(kernel)
    check_clock()
    events = [e for e in rows("replay") if e["event"] != "tcptape:sock_snapshot"]
    check_lengths(events)
    made = check_made(events) if kernel >= (6, 3) else 0
    compared = check_fields([e for e in events if not e["own"]])
    generic = sorted({e["event"] for e in events if e["generic"]})
    print(f"{info['kernel']}: {len(events)} events of {len(info['events'])} types, {compared} fields equal to the kernel's "
          f"text; offered: {len(read('events').split())}; generic: {', '.join(generic) or 'none'}; "
          f"made: {made or ', '.join(e for e in CALLS if kernel < (6, 3))}; "
          f"unavailable: {'; '.join(info['unavailable']) or 'nothing'}")


main()
