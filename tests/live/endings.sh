#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# Connections that end for a reason that neither side's application gave: destroyed from outside, data after close,
# unreachable, no port, no keepalive; or that it gave too soon.
set -eu
. tests/live/stage.bash
need ip nft ss
endings=$(sed -n 's/^ENDINGS = \(.*\)/\1/p' tests/live/endings_load.py | tr -d ,)
for ending in $endings; do
	record "$TMP/$ending.tape" python3 tests/live/endings_load.py "$ending"
	python3 tests/live/endings.py "$ending" || { echo "in $ending"; exit 1; }
done
