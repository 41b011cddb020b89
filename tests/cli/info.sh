# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# What the hello tape holds: a page for people, one object for programs, and for one event only.
tape=testdata/hello.tape
[ -f $tape ] || { echo "$tape does not exist"; exit 77; }
"$TCPTAPE" info $tape && "$TCPTAPE" info $tape -f json && "$TCPTAPE" info $tape -e inet_sock_set_state -f csv
