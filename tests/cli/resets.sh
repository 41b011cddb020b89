# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# Both ends of a RST are one row. Kernels differ in reasons; without one the caller is evidence.
tape=testdata/good-reset.tape
"$TCPTAPE" resets $tape && "$TCPTAPE" resets $tape -f json && "$TCPTAPE" resets $tape -f csv
for name in unread refused linux_5_10 linux_6_1 linux_6_12 lossy; do
	"$TCPTAPE" resets testdata/good-$name.tape
done
for word in reason conn stage direction; do
	"$TCPTAPE" resets testdata/good-unread.tape --by $word
done
"$TCPTAPE" resets $tape --conn 3 --fields conn,peer,reason
"$TCPTAPE" resets $tape --port 9
