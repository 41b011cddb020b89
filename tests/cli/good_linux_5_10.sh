# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# Debian's 5.10, two CPUs: two children of one request, a wake-up that came 61 s late, kfree_skb without reasons, no send and receive calls.
tape=testdata/good-linux_5_10.tape
for command in conns states timeline exchanges verify; do
	"$TCPTAPE" $command $tape || exit
done
