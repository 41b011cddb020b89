#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# The client ends its direction, the server goes on to answer from CLOSE_WAIT: all bytes are counted.
set -eu
. tests/live/stage.bash
record "$TMP/tape" hello_pair '--half-close --reply 40000' '--half-close --reply 40000'
python3 - <<'END'
from tape import *
hello = Hello(Tape())
hello.passes_through(OPENED_BY_CLIENT + CLOSED_FIRST, OPENED_BY_SERVER + CLOSED_SECOND)
hello.ends("fin", "fin")
hello.carried(2, 40000)
hello.turns((2, 40000))
END
