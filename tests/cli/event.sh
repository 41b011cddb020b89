# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# --event: lines and counts of such events; where rows are made of whole connections, those that have one. From a
# pipe a connection is kept from the moment it has one.
tape=testdata/good-lossy.tape
[ -f $tape ] || { echo "$tape does not exist"; exit 77; }
try() {
	echo "\$ tcptape $*"
	"$TCPTAPE" "$@" 2>&1 || echo "exit $?"
}
try conns $tape --fields conn,peer,retransmits,drops
for event in tcp_retransmit_skb '!tcp_retransmit_skb' 'tcp_retransmit_skb,!sock_send_length' tcp_retransmit_sbk; do
	try conns $tape -e "$event" --fields conn
	try states $tape -e "$event" --count-by conn
	try exchanges $tape -e "$event" --fields conn,peer
	try exchanges $tape -e "$event" --by conn --fields conn,exchanges
	try top $tape -e "$event" --fields conn
	cat $tape | try conns - -e "$event" --fields conn
	cat $tape | try states - -e "$event" --count-by conn
done
try conns $tape -e tcp_retransmit_skb --until 20ms --fields conn
try conns $tape -e tcp_retransmit_skb --port 7070 --role server --fields conn
try conns $tape -e tcp_retransmit_skb --budget --fields conn,duration
try replay $tape -e tcp_retransmit_skb --count-by event,conn
try info $tape -e tcp_retransmit_skb --fields events_total
try info $tape -e "tcp_*,!foo*,x,tcp_probe" --fields events_total
