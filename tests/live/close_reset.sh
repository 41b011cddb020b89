#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# SO_LINGER 0: a reset instead of a FIN, once from the client, once from the server.
set -eu
. tests/live/stage.bash

record "$TMP/tape" hello_pair '--close-last' '--rst'
python3 - <<'END'
from tape import *
tape = Tape()
hello = Hello(tape)
hello.passes_through(OPENED_BY_CLIENT + ["TCP_CLOSE"], OPENED_BY_SERVER + ["TCP_CLOSE"])
hello.ends("aborted", "reset")
hello.carried(2, 11)
events = [r["event"].split(":")[-1] for r in tape.rows("replay", "--port", hello.port)]
same((events.count("tcp_send_reset"), events.count("tcp_receive_reset")), (1, 1), "resets sent and received")
END

record "$TMP/tape" hello_pair '--rst' ''
python3 - <<'END'
from tape import *
hello = Hello(Tape())
hello.passes_through(OPENED_BY_CLIENT + ["TCP_CLOSE"], OPENED_BY_SERVER + ["TCP_CLOSE"])
hello.ends("reset", "aborted")
hello.carried(2, 11)
END
