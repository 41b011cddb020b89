# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# What survives of damaged tapes becomes a whole one, and what is missing is said. Tapes that are none,
# or that need a newer program, leave nothing behind.
for tape in testdata/bad-*.tape testdata/unsupported-*.tape testdata/good-two.tape; do
	echo "\$ tcptape recover $tape"
	"$TCPTAPE" recover "$tape" -o "$TMP/out.tape" 2>&1
	status=$?
	echo "exit $status"
	if [ $status -ne 0 ] && [ $status -ne 3 ]; then
		[ ! -e "$TMP/out.tape" ] || echo "a file was left behind"
		continue
	fi
	"$TCPTAPE" verify "$TMP/out.tape" >"$TMP/verify" 2>/dev/null || echo "the new tape is not whole: $?"
	tail -n 1 "$TMP/verify"
	for side in "$tape" "$TMP/out.tape"; do
		"$TCPTAPE" replay "$side" -f canonical 2>/dev/null | grep '^event ' | cksum
	done | uniq | wc -l | tr -d ' '
	"$TCPTAPE" replay "$TMP/out.tape" -f canonical | grep -E '^(end|fact recovered)|^loss .* 4$'
	"$TCPTAPE" info "$TMP/out.tape" -f json | grep -o '"lost_total":.*"end":[^,]*'
	"$TCPTAPE" info "$TMP/out.tape" | grep '^recovered'
	rm "$TMP/out.tape"
done
