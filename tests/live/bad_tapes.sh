#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# Files that are no tapes, and a real tape cut and damaged everywhere: the right status, never a crash, and
# no damage unnoticed.
set -eu
. tests/live/stage.bash
record "$TMP/tape" hello_pair '' ''

# refuses STATUS REGEX FILE: every command, one sentence.
refuses() {
	local command
	for command in info replay conns states exchanges verify; do
		expect "$1" "$TCPTAPE" $command "$3"
		expect_sentence "$2"
		[ ! -s "$TMP/out" ] || { echo "$command $3 prints:"; cat "$TMP/out"; exit 1; }
	done
}
echo "this is text" >"$TMP/text"
: >"$TMP/empty"
head -c 100000 /dev/zero >"$TMP/zeros"
refuses 4 'not a tape' "$TMP/text"
refuses 4 'not a tape|empty' "$TMP/empty"
refuses 4 'not a tape' "$TMP/zeros"
refuses 4 'not a tape' "$TCPTAPE"
refuses 1 'no-such-file' "$TMP/no-such-file"
refuses 1 'directory' "$TMP"

python3 - <<'END'
import os, pathlib
tmp = pathlib.Path(os.environ["TMP"])
tape = (tmp / "tape").read_bytes()
assert tape.startswith(b"\xd7TAPE1\r\n"), tape[:8]
(tmp / "newer").write_bytes(tape.replace(b"\xd7TAPE1\r\n", b"\xd7TAPE9\r\n"))
END
refuses 4 'newer' "$TMP/newer"

# Output that cannot be written is a failure, not silence.
rc=0
"$TCPTAPE" replay "$TMP/tape" >/dev/full 2>"$TMP/err" || rc=$?
[ $rc -eq 1 ] || { echo "replay to a full device ended with $rc"; exit 1; }
expect_sentence 'writ'

# A reader that has seen enough is none.
rc=0
set +e
"$TCPTAPE" replay "$TMP/tape" 2>"$TMP/err" | head -n 1 >/dev/null
rc=${PIPESTATUS[0]}
set -e
[ $rc -eq 0 ] && [ ! -s "$TMP/err" ] || { echo "replay | head ended with $rc"; cat "$TMP/err"; exit 1; }

python3 - <<'END'
import random, subprocess
from tape import *

with open(f"{TMP}/tape", "rb") as f:
    tape = f.read()
seed = random.randrange(1 << 32)
dice = random.Random(seed)


def statuses(data, what):
    with open(f"{TMP}/broken", "wb") as f:
        f.write(data)
    for command in ("verify", "conns", "replay"):
        done = subprocess.run([os.environ["TCPTAPE"], command, f"{TMP}/broken", "-f", "json"], capture_output=True)
        where = f"{command} of a tape {what} (seed {seed})"
        assert done.returncode in (3, 4), f"{where} ended with {done.returncode}: {done.stderr}"
        assert len(done.stderr) > 10, f"{where} says nothing"


for cut in sorted({0, 1, 95, 96, 97, len(tape) - 1, *(dice.randrange(len(tape)) for _ in range(20))}):
    statuses(tape[:cut], f"cut at {cut} of {len(tape)}")
for _ in range(25):
    at, bit = dice.randrange(len(tape)), dice.randrange(8)
    statuses(tape[:at] + bytes([tape[at] ^ 1 << bit]) + tape[at + 1:], f"with bit {bit} of byte {at} changed")

# Two tapes one after the other are a tape, and the first one's damage does not cost the second.
with open(f"{TMP}/two", "wb") as f:
    f.write(tape + tape)
once, twice = Tape(), Tape(f"{TMP}/two")
same(len(twice.rows("replay")), 2 * len(once.rows("replay")), "events of two tapes")
same(len(twice.rows("conns")), 2 * len(once.rows("conns")), "lives of two tapes")
END
