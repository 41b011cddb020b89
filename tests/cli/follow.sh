# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# A tape that arrives piece by piece, from its first bytes on: --follow tells what the whole one does, and ends with it.
set -eu
tape=testdata/hello.tape
size=$(stat -c %s $tape)
"$TCPTAPE" replay -f json $tape >"$TMP/whole"
for first in 0 5 50 97 1000; do
	head -c $first $tape >"$TMP/growing.tape"
	"$TCPTAPE" replay --follow -f json "$TMP/growing.tape" >"$TMP/followed" &
	sleep 0.3
	at=$first
	while [ $at -lt "$size" ]; do
		tail -c +$((at + 1)) $tape | head -c 3000 >>"$TMP/growing.tape"
		at=$((at + 3000))
		sleep 0.02
	done
	status=0
	wait $! || status=$?
	cmp "$TMP/whole" "$TMP/followed" && echo "from $first bytes on: the same, exit status $status"
done
# A pipe that ends before it begins does not grow any more.
timeout 60 "$TCPTAPE" replay --follow - </dev/null 2>&1 || echo "exit $?"
