#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# Makes the tapes of testdata/ anew, as root on a real kernel, after `make`. README.md tells what they hold.
#   testdata/make.sh [NAME...]    all of them, or only these, such as good-churn; the spoilt ones are made from good-two
# Tapes that are new tell other times and ports: run `make goldens` then, and read the difference.
set -eu
cd "$(dirname "$0")/.."
B=build
port=8080
work=$B/museum
server="$B/hello_server --ready $work/port --patience 10"
client="$B/hello_client --port-from $work/port"

# record NAME SCENE [OPTION...]: the scene is a command line of sh. What it says is shown if the recorder fails.
record() {
	name=$1 scene=$2
	shift 2
	rm -f $work/*
	$B/tcptape-record -f -q -o "testdata/$name.tape" "$@" -- sh -c "$scene" >$work/said 2>&1 </dev/null ||
		{ cat $work/said; return 1; }
}

# pair NAME 'SERVER OPTIONS' 'CLIENT OPTIONS'...: hello pairs one after the other, on one port.
pair() {
	name=$1 scene=
	shift
	while [ $# -ge 2 ]; do
		scene="$scene${scene:+; rm $work/port; }$server${1:+ $1} & $client${2:+ $2}; wait"
		shift 2
	done
	record "$name" "$scene" --port $port
}

hello() {
	pair hello '' ''
}

good_hello_ipv6() {
	pair good-hello_ipv6 '--addr ::1' '--addr ::1'
}

good_hello_mapped() {
	pair good-hello_mapped '--addr ::' ''
}

good_refused() {
	record good-refused "$B/hello_client; $B/hello_client --addr ::1; true" --port $port
}

good_reset() {
	pair good-reset '--close-last' '--rst' '--rst' ''
}

good_unread() {
	pair good-unread '--unread' '' '--close-last' '--unread'
}

good_half_close() {
	pair good-half_close '--half-close --reply 40000' '--half-close --reply 40000'
}

# The pair has said hello once before the recorder comes, and goes on when told. The pipe ends with both.
good_existing() {
	rm -f $work/*
	mkfifo $work/over
	{
		$server --rounds 3 &
		$client --rounds 3 --ready $work/met --hold-until $work/go &
		wait
	} >$work/over &
	exec 3<$work/over
	until [ -s $work/met ] || ! kill -0 $!; do :; done
	$B/tcptape-record -f -q -o testdata/good-existing.tape --port $port -- \
		sh -c "echo go >$work/go; cat <&3 >/dev/null"
	exec 3<&-
	wait
}

good_churn() {
	pair good-churn '--count 200 --quiet' '--count 200 --quiet'
}

# While the recorder is stopped, more happens than its smallest buffer holds.
good_loss() {
	record good-loss "$server --count 60 --quiet & kill -STOP \$PPID; $client --count 60 --quiet; wait; kill -CONT \$PPID" \
		--port $port --buffer 64K
}

good_udp_beside() {
	record good-udp_beside "$server & $client; wait; python3 -c '
from socket import *
with socket(type=SOCK_DGRAM) as a, socket(type=SOCK_DGRAM) as b:
    b.bind((\"127.0.0.1\", $port))
    a.sendto(b\"hi\", b.getsockname())
    b.recv(2)
    b.close()
    a.sendto(b\"nobody\", (\"127.0.0.1\", $port))
'" --port $port
}

# Events that only the format files of the kernel describe. No port filter applies to those: again, until
# no other program did anything of the kind meanwhile.
good_syscalls() {
	for _ in 1 2 3 4 5 6 7 8 9; do
		record good-syscalls "$server & $client; wait" --port $port -e 'tcp:*' -e 'sock:*' -e 'skb:*' \
			-e net:netif_receive_skb -e 'syscalls:sys_*_accept4' -e net:net_dev_xmit
		$B/tcptape replay testdata/good-syscalls.tape -f json | grep -qv '"comm":"hello_' || return 0
	done
	echo "other programs send and accept all the time: see testdata/good-syscalls.tape"
	return 1
}

# A link that loses one packet in 25, and a port whose SYNs all get lost.
good_lossy() {
	record good-lossy "PYTHONPATH=tests/live python3 tests/live/loss_load.py $work 90000" --port 7070,7072
}

# A listener that accepts nobody, whose SYNs are ignored at last, and one that is full when handshakes end.
good_queue_full() {
	load="TMP=$work PYTHONPATH=tests/live python3 tests/live/queues_load.py"
	record good-queue_full "$load full; $load full_at_the_end" --comm python3
}

good_two() {
	cat testdata/hello.tape testdata/good-hello_ipv6.tape >testdata/good-two.tape
}

spoilt() {
	python3 testdata/spoil.py testdata/good-two.tape "$1" "testdata/$1.tape"
}

mkdir -p $work
[ $# -gt 0 ] || set -- hello good-hello_ipv6 good-hello_mapped good-refused good-reset good-unread good-half_close \
	good-existing good-churn good-loss good-lossy good-queue_full good-udp_beside good-syscalls good-two bad-cut \
	bad-flipped bad-text bad-empty unsupported-format9 unsupported-feature
for tape in "$@"; do
	case $tape in
	bad-* | unsupported-*) spoilt "$tape" ;;
	*) "$(echo "$tape" | tr - _)" ;;
	esac
	printf '%7d  %s\n' "$(wc -c <"testdata/$tape.tape")" "$tape"
done
