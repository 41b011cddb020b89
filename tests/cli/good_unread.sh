# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# Closed with received bytes unread: first by a server, then by a client.
tape=testdata/good-unread.tape
for command in conns timeline exchanges verify; do
	"$TCPTAPE" $command $tape || exit
done
