#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# Thousands of hello connections as fast as two cores go, over several server ports: nothing lost with default
# buffers, every socket life on the tape with its states, every client paired with its server.
# COUNT=100000 tests/run live/churn for the full figure.
set -eu
. tests/live/stage.bash
export COUNT=${COUNT:-10000} PORTS=${PORTS:-8}

churn() {
	"$B/hello_server" --port 0 --ready "$TMP/port" --patience 60 --count "$COUNT" --ports "$PORTS" --quiet &
	"$B/hello_client" --port-from "$TMP/port" --count "$COUNT" --ports "$PORTS" --parallel 4 --quiet
	wait $!
}
export -f churn
record "$TMP/tape" churn
python3 tests/live/churn.py "$COUNT" "$PORTS"
