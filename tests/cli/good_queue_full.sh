# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# Full accept queues: whose SYNs are ignored, whose handshake is not completed, and what the listeners tell.
tape=testdata/good-queue_full.tape
"$TCPTAPE" conns $tape --role listener || exit
"$TCPTAPE" conns $tape --role listener -f csv \
	--fields conn,backlog_last,backlog_peak,max_backlog,listen_drops,queue,queue_evidence || exit
"$TCPTAPE" conns $tape --role client --fields conn,duration,end,end_cause,end_evidence,queue,queue_evidence || exit
"$TCPTAPE" retransmits $tape --fields conn,kind,segs,queue,queue_evidence || exit
"$TCPTAPE" drops $tape --by reason || exit
"$TCPTAPE" resets $tape
