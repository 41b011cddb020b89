# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# Events known from the format files of the kernel alone, among the others.
tape=testdata/good-syscalls.tape
"$TCPTAPE" info $tape && "$TCPTAPE" replay $tape -e 'syscalls:*,net_dev_xmit' && "$TCPTAPE" conns $tape && "$TCPTAPE" verify $tape || exit
"$TCPTAPE" replay $tape -e 'syscalls:*' -f json
