# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# Debian's 6.12: addresses of children not filled in yet, all events.
tape=testdata/good-linux_6_12.tape
for command in conns states timeline exchanges verify; do
	"$TCPTAPE" $command $tape || exit
done
