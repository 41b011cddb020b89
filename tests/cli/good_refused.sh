# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# Nobody listens, over IPv4 and IPv6.
tape=testdata/good-refused.tape
for command in conns states timeline exchanges verify; do
	"$TCPTAPE" $command $tape || exit
done
