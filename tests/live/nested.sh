#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# An event that comes in an interrupt, while another of its type is being recorded on that CPU, is told as lost, and why.
set -eu
. tests/live/stage.bash
need jq

# Memory is freed again and again, by system calls and, after interrupts, by what they have left for later.
load() {
	timeout 1 python3 -c 'import os
while True: os.close(os.open("/", os.O_RDONLY))' &
	timeout 1 python3 -c 'import os
while True: os.close(os.open("/", os.O_RDONLY))' &
	wait
}
export -f load

for _ in 1 2 3 4 5 6 7 8; do
	"$TCPTAPE_RECORD" -q -f -o "$TMP/tape" -e 'kmem:kmem_cache_free' -- bash -euc load
	causes=$("$TCPTAPE" info -f json "$TMP/tape" | jq -r '[.lost[] | .cause] | unique | .[]' | grep -v ring_full || :)
	[ -n "$causes" ] && break
done
[ "$causes" = nested ] || { echo "causes of what was lost, but for a full buffer: $causes"; exit 1; }
"$TCPTAPE" info "$TMP/tape" >/dev/null 2>"$TMP/err"
grep 'while another of its type was being recorded' "$TMP/err" >/dev/null
