# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
"""Run tcptape on a terminal of its own and say what came out: paged, coloured, or neither."""
import os
import pty
import subprocess
import sys

program, tape = sys.argv[1:3]


def run(words, err_is_terminal=True, **env):
    mine, its = pty.openpty()
    clean = {k: v for k, v in os.environ.items() if k not in ("PAGER", "LESS", "NO_COLOR", "LV")}
    child = subprocess.Popen([program, *words], stdin=subprocess.DEVNULL, stdout=its,
                             stderr=its if err_is_terminal else subprocess.DEVNULL, env={**clean, "TERM": "xterm", **env})
    os.close(its)
    out = b""
    while True:
        try:
            piece = os.read(mine, 65536)
        except OSError:
            break
        if not piece:
            break
        out += piece
    os.close(mine)
    return child.wait(), out.decode().replace("\r\n", "\n")


def tell(what, words, **env):
    status, out = run(words, **env)
    lines = out.splitlines()
    paged = sum(line.startswith("paged:") for line in lines)
    how = "all paged" if lines and paged == len(lines) else "not paged" if paged == 0 else f"{paged} lines of {len(lines)} paged"
    print(f"{what}: exit {status}, {how}, {'colour' if chr(27) in out else 'no colour'}")
    return out


conns = ["conns", tape]
sed = "sed s/^/paged:/"
tell("$PAGER", conns, PAGER=sed)
tell("remarks go the same way", ["conns", "testdata/bad-cut.tape"], PAGER=sed)
tell("JSON", [*conns, "-f", "json"], PAGER=sed)
tell("--no-pager", [*conns, "--no-pager"], PAGER=sed)
tell("NO_COLOR", conns, PAGER=sed, NO_COLOR="1")
tell("--no-color", [*conns, "--no-color"], PAGER=sed)
tell("TERM=dumb", conns, PAGER=sed, TERM="dumb")
tell("cat is none", conns, PAGER="cat")
tell("empty is none", conns, PAGER="")
tell("one that is not there", conns, PAGER="no-such-pager -x")
tell("nor where it should be", conns, PAGER="/no/such/pager -x")
tell("by its whole path", conns, PAGER="/bin/sed s/^/paged:/")
tell("--speed", ["replay", tape, "--speed", "1000", "--limit", "1"], PAGER=sed)
tell("usage", ["conns"], PAGER=sed)
print(tell("LESS", conns, PAGER="echo paged:$LESS $LV; cat >/dev/null").strip())
print(tell("LESS set before", conns, PAGER="echo paged:$LESS; cat >/dev/null", LESS="M").strip())
tell("one that does not read", ["replay", tape, tape, tape, tape, "-f", "json"], PAGER="true")
