# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# A server on :: whose client comes over IPv4: both ends are told by their IPv4 addresses.
tape=testdata/good-hello_mapped.tape
"$TCPTAPE" conns $tape && "$TCPTAPE" conns $tape -f json && "$TCPTAPE" states $tape --addr 127.0.0.0/8 && "$TCPTAPE" verify $tape
