# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# Round-trip times of all, of each service, of each connection; of a remote peer; and why there are none.
tape=testdata/hello.tape
"$TCPTAPE" rtt $tape && "$TCPTAPE" rtt $tape -f json && "$TCPTAPE" rtt $tape --by service -f csv || exit
"$TCPTAPE" rtt testdata/good-churn.tape --by peer && "$TCPTAPE" rtt testdata/good-linux_6_12.tape --by conn || exit
"$TCPTAPE" rtt testdata/good-refused.tape && "$TCPTAPE" rtt $tape --port 9 || exit
"$TCPTAPE" rtt $tape --by port
