# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# Losses are listed or counted, housekeeping is a number unless asked for. Kernels differ in reasons and places.
tape=testdata/good-refused.tape
"$TCPTAPE" drops $tape && "$TCPTAPE" drops $tape -f json && "$TCPTAPE" drops $tape -f csv
for word in reason location conn stack second; do
	"$TCPTAPE" drops $tape --by $word && "$TCPTAPE" drops $tape --by $word -f json
done
for kernel in 5_10 6_1 6_12; do
	"$TCPTAPE" drops testdata/good-linux_$kernel.tape --all
	"$TCPTAPE" drops testdata/good-linux_$kernel.tape --by reason
done
"$TCPTAPE" drops testdata/good-udp_beside.tape
"$TCPTAPE" drops testdata/good-udp_beside.tape --port 48440 -f csv
"$TCPTAPE" drops testdata/good-udp_beside.tape --port 9
"$TCPTAPE" drops testdata/good-half_close.tape
"$TCPTAPE" drops testdata/good-loss.tape 2>/dev/null
"$TCPTAPE" drops $tape --no-conn | tail -n 1
"$TCPTAPE" drops $tape --no-conn --by conn
"$TCPTAPE" drops $tape --by reson
