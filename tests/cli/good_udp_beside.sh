# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# UDP on the same port is no connection, but its packets are there.
tape=testdata/good-udp_beside.tape
"$TCPTAPE" conns $tape && "$TCPTAPE" verify $tape && "$TCPTAPE" replay $tape -f json | grep IPPROTO_UDP
