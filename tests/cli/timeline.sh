# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# The hello exchange as a story of two lanes; for programs, one line an event; and its beginning alone.
tape=testdata/hello.tape
"$TCPTAPE" timeline $tape && "$TCPTAPE" timeline $tape -f json && "$TCPTAPE" timeline $tape --conn 2 -f csv | head -n 5
"$TCPTAPE" timeline $tape -e inet_sock_set_state
"$TCPTAPE" timeline $tape --conn 99
