# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# What was sent again, why, and whether it was needed; what conns counts is the same.
tape=testdata/good-lossy.tape
"$TCPTAPE" retransmits $tape && "$TCPTAPE" retransmits $tape -f json && "$TCPTAPE" retransmits $tape -f csv
for word in kind conn peer service second; do
	"$TCPTAPE" retransmits $tape --by $word
done
"$TCPTAPE" conns $tape --fields conn,retransmits,drops -f csv
"$TCPTAPE" drops $tape && "$TCPTAPE" drops $tape --by conn -f csv
"$TCPTAPE" retransmits $tape --conn 3
"$TCPTAPE" retransmits testdata/hello.tape
"$TCPTAPE" retransmits testdata/good-loss.tape 2>/dev/null
