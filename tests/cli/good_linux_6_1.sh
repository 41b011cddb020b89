# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# Debian's 6.1, two CPUs: a second child of one request when the first is established, early numbers of reasons.
tape=testdata/good-linux_6_1.tape
for command in conns states timeline exchanges verify; do
	"$TCPTAPE" $command $tape || exit
done
