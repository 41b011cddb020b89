# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# Rows chosen, counted, sorted, cut; columns named by key, heading, or key without unit.
tape=testdata/hello.tape
[ -f $tape ] || { echo "$tape does not exist"; exit 77; }
try() {
	echo "\$ tcptape $*"
	"$TCPTAPE" "$@" 2>&1 || echo "exit $?"
}
try conns $tape --fields conn,local,time,tx,srtt_us --sort -duration
try conns $tape --fields conn,local,time -f csv --sort tx_bytes
try conns $tape --fields conn,local,lport,conn -f json --limit 1
try conns $tape --where 'role==server && tx>10 && laddr==127.0.0.0/8'
try conns $tape --where 'role==servant'
try conns $tape --count-by role,end
try states $tape --where 'to==TCP_CLOSE' --sort -after --limit 2
try states $tape --where 'ts_ns<0.5ms and duration>1us' -f csv
try exchanges $tape --fields conn,think,response -f json
try timeline $tape --fields side,text --limit 3
try info $tape --fields kernel,events_total
try replay $tape --limit 2 --fields ts_ns,event
try conns $tape --sort durtion
try conns $tape --fields sent,speed
try conns $tape --where 'tx>5ms && rx='
try conns $tape --where 'tx>5ms'
try conns $tape --count-by role --sort end
try conns $tape --limit 0
try replay $tape --follow --sort ts
