# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# What moved in each interval; and that all intervals add up to what conns says, on every sound tape.
tape=testdata/hello.tape
"$TCPTAPE" top $tape && "$TCPTAPE" top $tape -f json && "$TCPTAPE" top $tape --interval 100us -f csv || exit
"$TCPTAPE" top testdata/good-churn.tape --interval 10ms --limit 3 && "$TCPTAPE" top $tape --port 9 || exit
"$TCPTAPE" top $tape --interval 0
"$TCPTAPE" replay $tape --interval 1s
sum() { sort | awk -F, '{ a[$1] += $2; b[$1] += $3; c[$1] += $4 } END { for (i in a) if (a[i] + b[i] + c[i]) print i, a[i] + 0, b[i] + 0, c[i] + 0 }' | sort -n; }
for tape in testdata/hello.tape testdata/good-*.tape; do
	"$TCPTAPE" conns "$tape" -f csv --fields conn,tx_bytes,rx_bytes,retransmits 2>/dev/null | sed 1d | sum >"$TMP/conns"
	for interval in 1us 1ms 1h; do
		"$TCPTAPE" top "$tape" -f csv --fields conn,tx_bytes,rx_bytes,retransmits --interval $interval 2>/dev/null |
			sed 1d | sum >"$TMP/top"
		cmp -s "$TMP/conns" "$TMP/top" || { echo "$tape, $interval:"; diff "$TMP/conns" "$TMP/top"; }
	done
done
