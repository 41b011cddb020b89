# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# The hello exchange over ::1.
tape=testdata/good-hello_ipv6.tape
"$TCPTAPE" conns $tape && "$TCPTAPE" conns $tape -f json && "$TCPTAPE" exchanges $tape && "$TCPTAPE" verify $tape
