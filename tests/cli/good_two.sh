# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# Two tapes one after the other in one file: two recordings, one numbering.
tape=testdata/good-two.tape
for command in info conns exchanges "cwnd --by conn" verify; do
	"$TCPTAPE" $command $tape || exit
done
