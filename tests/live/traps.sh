#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# Connections that analysis gets wrong easily: disconnected and connected again, Fast Open, simultaneous open and close,
# MPTCP, never connected, behind NAT, twins in two namespaces, never accepted, the same addresses at once, listeners that share
# a port.
set -eu
. tests/live/stage.bash
need nft
traps=$(sed -n 's/^TRAPS = \(.*\)/\1/p' tests/live/traps_load.py | tr -d ,)
for trap in $traps; do
	record "$TMP/$trap.tape" python3 tests/live/traps_load.py "$trap"
	python3 tests/live/traps.py "$trap" || { echo "in $trap"; exit 1; }
done
