# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# Closed by SO_LINGER 0: first by a client, then by a server.
tape=testdata/good-reset.tape
for command in conns states timeline exchanges verify; do
	"$TCPTAPE" $command $tape || exit
done
