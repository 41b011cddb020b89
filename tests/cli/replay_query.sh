# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# Fields of events as columns: chosen, compared, counted; words that are on no tape are slips.
tape=testdata/hello.tape
[ -f $tape ] || { echo "$tape does not exist"; exit 77; }
try() {
	echo "\$ tcptape replay $*"
	"$TCPTAPE" replay $tape "$@" 2>&1 || echo "exit $?"
}
try --where 'newstate==TCP_ESTABLISHED && dport==8080' --fields event,skaddr,oldstate,newstate,dport -f csv
try --where 'newstate<3 || tcp_flags & SYN' --fields ts,event,newstate,tcp_flags
try --where 'event==tcp:tcp_probe and data_len>0 and saddr==127.0.0.0/8' --fields event,saddr,snd_cwnd -f json
try --where 'extra.sport==8080 && extra.seq!=null' --count-by event,extra.tcp_flags
try --count-by event,newstate --sort event --limit 4
try --where 'newstate==TCP_ESTABLISHD'
try --where 'newstat==TCP_ESTABLISHED'
try --where 'event==tcp_probe'
try --fields event,dprot
try --where 'ts<0.1ms' -f csv --fields event,running
"$TCPTAPE" replay testdata/good-loss.tape --where reason --count-by event,reason
