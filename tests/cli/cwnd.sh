# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# The congestion window of all connections, of one, of each for programs; and why there is none.
tape=testdata/hello.tape
"$TCPTAPE" cwnd $tape && "$TCPTAPE" cwnd $tape --conn 2 && "$TCPTAPE" cwnd $tape -f json || exit
"$TCPTAPE" cwnd $tape --by conn -f csv && "$TCPTAPE" cwnd testdata/good-linux_6_1.tape --sort -cwnd --limit 3 || exit
"$TCPTAPE" cwnd testdata/good-refused.tape && "$TCPTAPE" cwnd $tape --port 9
"$TCPTAPE" cwnd testdata/good-half_close.tape --conn 2
