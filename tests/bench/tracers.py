# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""The tracers that are measured: how each is started around a command, and what it then says it recorded."""
import glob
import json
import os
import re
import shutil
import statistics
import subprocess
import sys

TRACEFS = "/sys/kernel/tracing"
EVENTS = ("tcp:*", "sock:*", "skb:*", "net:netif_receive_skb")
B = os.path.abspath(os.environ["B"])


class Unavailable(Exception):
    """Why a tracer cannot run here."""


class Tracer:
    name, file, note = "", None, ""

    def __init__(self, tmp):
        self.tmp, self.path = tmp, f"{tmp}/{self.name}".replace(" ", "_")

    def command(self):
        raise NotImplementedError

    def companion(self):
        """How it is started where the load is, beside it; companion.py."""
        return []

    def prepare(self):
        """Before each run, outside of what is measured."""
        for path in glob.glob(self.path + "*"):
            os.unlink(path)

    def run(self, load):
        """The load's command under the tracer, to its end; what both used, as getrusage() says."""
        command = [*self.command(), *load]
        pid = os.posix_spawnp(command[0], command, os.environ, file_actions=[
            (os.POSIX_SPAWN_OPEN, 1, "/dev/null", os.O_WRONLY, 0),
            (os.POSIX_SPAWN_OPEN, 2, f"{self.tmp}/stderr", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)])
        _, status, usage = os.wait4(pid, 0)
        if status:
            with open(f"{self.tmp}/stderr") as f:
                sys.exit(f"bench: {self.name} ended with status {status:#x}: {f.read()[-2000:]}")
        return usage

    def outcome(self):
        """(events, lost, bytes) of the run; None where it has none"""
        return None, None, None


class Bare(Tracer):
    name = "nothing"

    def command(self):
        return []


class Tcptape(Tracer):
    name = "tcptape-record"

    def command(self):
        return [f"{B}/tcptape-record", "-q", "--force", "-o", self.path, "--"]

    def outcome(self):
        info = json.loads(output([f"{B}/tcptape", "info", "-f", "json", self.path]))
        # Rows of the recorder's own are no tracepoint hits; the room they take counts all the same.
        own = sum(n for name, n in info["events"].items() if name.startswith("tcptape:"))
        return info["events_total"] - own, info["lost_total"], os.path.getsize(self.path)


class Stacks(Tcptape):
    name = "tcptape, all stacks"

    def command(self):
        return [*super().command()[:-1], "--stacks", "*", "--"]


class Unselected(Tcptape):
    """Nothing of the load is chosen: what its programs cost that only say no."""
    name = "tcptape --port 1"
    note = "chooses nothing of the load"

    def command(self):
        command = super().command()
        return [*command[:-1], "--port", "1", "--"]

    def outcome(self):
        return None, None, None


class UnselectedPid(Unselected):
    """The same where decisions are remembered."""
    name = "tcptape --pid 1"

    def command(self):
        return [word if word != "--port" else "--pid" for word in super().command()]


class Empty(Tracer):
    name = "empty BPF program"
    more = ()

    def command(self):
        names = []
        for event in EVENTS:
            group, _, pattern = event.partition(":")
            names += [os.path.basename(p) for p in glob.glob(f"{TRACEFS}/events/{group}/{pattern}") if os.path.isdir(p)]
        return [f"{B}/bench/empty_load", *self.more, f"{B}/bench/empty.bpf.o", *names, "--"]


class EmptyEach(Empty):
    """What different programs cannot get below: one that all events share stays in the caches."""
    name = "empty programs"
    note = "one for each event"
    more = ("-e",)


class Perf(Tracer):
    name = "perf record"
    note = "16 MiB a CPU"
    more = ()

    def __init__(self, tmp):
        super().__init__(tmp)
        if not shutil.which("perf"):
            raise Unavailable("perf is not installed")

    def command(self):
        events = [word for e in EVENTS for word in ("-e", e)]
        return ["perf", "record", "-q", "-a", "-R", "-c", "1", "-m", "16M", *self.more, *events, "-o", self.path, "--"]

    def outcome(self):
        text = output(["perf", "report", "--stats", "-i", self.path])
        # The totals end where the lines of the first event begin.
        total = re.search(r"^Aggregated stats:\n(.*?)(?=^\S|\Z)", text, re.S | re.M)[1]
        counts = {name: int(n) for name, n in re.findall(r"(\w+) events:\s*(\d+)", total)}
        return counts.get("SAMPLE", 0), self.lost() if "LOST" in counts else 0, os.path.getsize(self.path)

    def lost(self):
        """A LOST record tells of many events."""
        with subprocess.Popen(["perf", "script", "--show-lost-events", "-F", "cpu", "-i", self.path], text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as script:
            return sum(int(line.rsplit(None, 1)[1]) for line in script.stdout if "PERF_RECORD_LOST" in line)


class PerfZ(Perf):
    name = "perf record -z"
    more = ("-z",)


class TraceCmd(Tracer):
    """In an instance of its own, so that the host's main buffer stays as it is. trace-cmd resets the
    function tracer first even if it traces events only, and gives up where a kernel forbids that; then
    it is shown stand-ins for those files, in a mount namespace of its own."""
    name = "trace-cmd"
    note = "16 MiB a CPU"
    instance = f"tcptape-bench-{os.getpid()}"
    stand_ins = ()
    more = ("--compression", "zstd")

    def __init__(self, tmp):
        super().__init__(tmp)
        if not shutil.which("trace-cmd"):
            raise Unavailable("trace-cmd is not installed")
        compresses = "zstd" in subprocess.run(["trace-cmd", "list", "-c"], capture_output=True, text=True).stdout
        self.more = self.more if compresses else ()
        self.note += "; --compression zstd" if compresses else "; it was built without compression"
        if not os.path.isdir(f"{TRACEFS}/instances"):
            raise Unavailable("tracefs is not mounted, or has no instances")
        why = self.try_out()
        if why:
            self.stand_ins = self.find_stand_ins()
            still = self.try_out()
            if still:
                raise Unavailable(f"{why}; with stand-ins for its files: {still}")
            self.note += "; with stand-ins for function tracing files"

    def find_stand_ins(self):
        found = ["/proc/sys/kernel/ftrace_enabled"]
        for where in (TRACEFS, f"{TRACEFS}/instances/{self.instance}"):
            found += [f"{where}/{f}" for f in ("set_ftrace_filter", "set_ftrace_notrace", "set_ftrace_pid",
                                               "set_ftrace_notrace_pid")]
        return found

    def try_out(self):
        self.prepare()
        run = subprocess.run([*self.command(), "true"], capture_output=True, text=True)
        self.clear()
        if run.returncode == 0 and os.path.exists(self.path):
            return None
        return "trace-cmd says: " + " ".join(run.stderr.split())

    def prepare(self):
        super().prepare()
        self.clear()
        os.mkdir(f"{TRACEFS}/instances/{self.instance}")

    def clear(self):
        try:
            os.rmdir(f"{TRACEFS}/instances/{self.instance}")
        except FileNotFoundError:
            pass

    def command(self):
        events = [word for e in EVENTS for word in ("-e", e.removesuffix(":*"))]
        run = ["trace-cmd", "record", "-q", "-B", self.instance, "-b", "16384", *self.more, *events, "-o", self.path]
        if not self.stand_ins:
            return run
        script = ['mount --make-rprivate /', f'echo 1 >"{self.path}.0"']
        for n, path in enumerate(self.stand_ins):
            script.append(f'[ ! -e "{path}" ] || {{ cp "{self.path}.0" "{self.path}.{n + 1}"; '
                          f'mount --bind "{self.path}.{n + 1}" "{path}"; }}')
        return ["unshare", "-m", "sh", "-euc", "; ".join(script) + '; exec "$@"', "sh", *run]

    def outcome(self):
        self.clear()
        events = lost = 0
        with subprocess.Popen(["trace-cmd", "report", "-q", "-i", self.path], stdout=subprocess.PIPE, text=True,
                              stderr=subprocess.DEVNULL) as report:
            for line in report.stdout:
                dropped = re.search(r"\[(\d+) EVENTS? DROPPED\]", line)
                if dropped:
                    lost += int(dropped[1])
                elif re.search(r"-\d+\s+\[\d+\]", line):
                    events += 1
        return events, lost, os.path.getsize(self.path)


class Bpftrace(Tracer):
    """A line for each event, with no field of its own: what a one-liner does."""
    name = "bpftrace"
    note = "prints time, CPU, pid and event only; 16 MiB a CPU"

    def __init__(self, tmp):
        super().__init__(tmp)
        if not shutil.which("bpftrace"):
            raise Unavailable("bpftrace is not installed")

    def command(self):
        names = []
        for event in EVENTS:
            group, _, pattern = event.partition(":")
            names += [f"tracepoint:{group}:{os.path.basename(p)}"
                      for p in sorted(glob.glob(f"{TRACEFS}/events/{group}/{pattern}")) if os.path.isdir(p)]
        program = ", ".join(names) + ' { printf("%llu %d %d %s\\n", nsecs, cpu, pid, probe); }'
        return ["env", "BPFTRACE_PERF_RB_PAGES=4096", "bpftrace", "-q", "-o", self.path, "-e", program, "-c"]

    def run(self, load):
        return super().run([" ".join(load)])

    def outcome(self):
        lost = 0
        with open(f"{self.tmp}/stderr") as f:
            lost += sum(int(n) for n in re.findall(r"Lost (\d+) events", f.read()))
        with open(self.path) as f:
            events = sum(line[0].isdigit() for line in f)
        return events, lost, os.path.getsize(self.path)


class TcpStates(Tracer):
    """States only: one event in nine of the churn."""
    name = "tcpstates"
    note = "sees changes of state only"

    def __init__(self, tmp):
        super().__init__(tmp)
        if not shutil.which("tcpstates"):
            raise Unavailable("tcpstates (libbpf-tools) is not installed")

    def command(self):
        return []

    def companion(self):
        return ["", "sh", "-c", f"exec tcpstates >{self.path}"]

    def outcome(self):
        with open(self.path) as f:
            return sum("->" in line for line in f), 0, os.path.getsize(self.path)


class Tcpdump(Tracer):
    """Packets, not events: it sees each once on loopback, when it is received."""
    name = "tcpdump"
    note = "headers of packets, in the load's network namespace"

    def __init__(self, tmp):
        super().__init__(tmp)
        if not shutil.which("tcpdump"):
            raise Unavailable("tcpdump is not installed")

    def command(self):
        return []

    def companion(self):
        return ["listening on", "tcpdump", "-Z", "root", "-i", "lo", "-s", "96", "-B", "16384", "-w", self.path, "tcp"]

    def outcome(self):
        with open(f"{self.tmp}/stderr") as f:
            said = f.read()
        return tuple(int(re.search(rf"(\d+) packets? {what}", said)[1]) for what in ("captured", "dropped by kernel")) + (
            os.path.getsize(self.path),)


def output(command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


class TraceCmdPacked(TraceCmd):
    """Where trace-cmd was built without zstd: what its file comes to when it is compressed afterwards."""
    name = "trace-cmd, zstd after"

    def __init__(self, tmp):
        super().__init__(tmp)
        if self.more:
            raise Unavailable("trace-cmd compresses by itself")

    def outcome(self):
        events, lost, _ = super().outcome()
        return events, lost, len(subprocess.run(["zstd", "-3", "-c", self.path], stdout=subprocess.PIPE, check=True).stdout)


def per_unit(runs, figure):
    """Of each run: a load that runs for a time does less under a tracer that costs more."""
    return [r[figure] / r["units"] for r in runs]


def tell_other_count(tracer, runs, each, unit):
    """Whether it recorded other events than tcptape-record's `each` of a unit."""
    if runs[0]["events"] is None:
        return
    counted = statistics.median(per_unit(runs, "events"))
    if abs(counted - each) > 0.02 * each:
        print(f"{tracer.name}: recorded {counted:.1f} events a {unit}, tcptape-record {each:.1f}")


def choose(kinds, tmp):
    """Those of them that can run here."""
    for kind in kinds:
        try:
            yield kind(tmp)
        except Unavailable as why:
            print(f"without {kind.name}: {why}")
