#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# Thousands of hello connections as fast as two cores go, over several server ports: nothing lost with default
# buffers, every socket life on the tape with its states, every client paired with its server.
# COUNT=100000 tests/run live/churn for the full figure.
set -eu
. tests/live/stage.bash
export COUNT=${COUNT:-10000} PORTS=${PORTS:-8}

# In a network namespace of its own: the kernel resets connections that find no room among the TIME_WAIT
# sockets of a namespace, and others may have left many.
churn() {
	python3 -c 'import os, sys
from provoke import enter_namespace
enter_namespace()
os.execvp(sys.argv[1], sys.argv[1:])' bash -euc pairs
}

pairs() {
	"$B/hello_server" --port 0 --ready "$TMP/port" --patience 60 --count "$COUNT" --ports "$PORTS" --quiet &
	"$B/hello_client" --port-from "$TMP/port" --count "$COUNT" --ports "$PORTS" --parallel 4 --quiet
	wait $!
}
export -f churn pairs
record "$TMP/tape" churn
python3 tests/live/churn.py "$COUNT" "$PORTS"
