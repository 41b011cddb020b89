# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# Every state the three sockets of the hello exchange went through, and for how long.
tape=testdata/hello.tape
"$TCPTAPE" states $tape && "$TCPTAPE" states $tape -f json && "$TCPTAPE" states $tape -f csv
