# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# The three sockets of the hello exchange: for people, for programs, and one of them with its pair.
tape=testdata/hello.tape
"$TCPTAPE" conns $tape && "$TCPTAPE" conns $tape -f json && "$TCPTAPE" conns $tape -f csv && "$TCPTAPE" conns $tape --conn 2
