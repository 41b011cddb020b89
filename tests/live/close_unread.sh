#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# A side that closes while received bytes are unread sends a reset; the other one's bytes are on the tape.
set -eu
. tests/live/stage.bash

record "$TMP/tape" hello_pair '--unread' ''
python3 - <<'END'
from tape import *
hello = Hello(Tape())
hello.ends("reset", "aborted")
same(hello.tape.path_of(hello.server["conn"]), OPENED_BY_SERVER + ["TCP_CLOSE"], "the server's states")
same(hello.tape.path_of(hello.client["conn"]), OPENED_BY_CLIENT + ["TCP_CLOSE"], "the client's states")
# The server looked at the bytes (MSG_PEEK) but never took them.
same((hello.client["tx_bytes"], hello.server["rx_msgs"]), (2, 0), "sent, and never taken")
END

record "$TMP/tape" hello_pair '--close-last' '--unread'
python3 - <<'END'
from tape import *
hello = Hello(Tape())
hello.ends("aborted", "reset")
same((hello.server["tx_bytes"], hello.client["rx_msgs"]), (11, 0), "answered, and never taken")
END
