#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# Who closes first: the client, for once. TIME_WAIT is then on its side.
set -eu
. tests/live/stage.bash
record "$TMP/tape" hello_pair '--close-last' '--close-first'
python3 - <<'END'
from tape import *
hello = Hello(Tape())
hello.passes_through(OPENED_BY_CLIENT + CLOSED_FIRST, OPENED_BY_SERVER + CLOSED_SECOND)
hello.ends("fin", "fin")
same((hello.client["time_wait"], hello.server["time_wait"]), (True, False), "who waits in TIME_WAIT")
hello.carried(2, 11)
hello.turns((2, 11))
END
