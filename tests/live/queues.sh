#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# Listeners whose queues are full, and those who wait for them, against ss, nstat and what the application knows.
set -eu
. tests/live/stage.bash
need nft nstat ss
queues=$(sed -n 's/^QUEUES = \(.*\)/\1/p' tests/live/queues_load.py | tr -d ,)
for queue in $queues; do
	record "$TMP/$queue.tape" python3 tests/live/queues_load.py "$queue"
	python3 tests/live/queues.py "$queue" || { echo "in $queue"; exit 1; }
done
