# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# What is wrong with a command line is said in one sentence, with the nearest word.
try() {
	echo "\$ tcptape $*"
	"$TCPTAPE" "$@" 2>&1
	echo "exit $?"
}
try inof x.tape
try timelien x.tape
try xyzzy
try testdata/hello.tape
try testdata/hello.tape conns
try -f json
try info
try ''
try info ''
try conns x.tape --port ''
try conns x.tape --comm ''
try conns x.tape --conn 0
try conns x.tape -e tcp_probe,
try recover x.tape -o ''
try completion tcsh
try completion bash zsh
try help conns --budget
try version 2
try info --budget x.tape
try conns --events x.tape
try info --prot 80 x.tape
try info --speed 1 x.tape
try replay x.tape --speed
try replay x.tape --speed 0
try replay x.tape --port 0
try replay x.tape --port 80-70
try replay x.tape --addr 10.0.0/8
try replay x.tape --addr ::1/129
try replay x.tape --pid me
try replay x.tape --since yesterday
try conns x.tape -f xml
try replay x.tape --unheard-of
try verify x.tape --no-color=yes
try help inof
"$TCPTAPE" 2>&1 >/dev/null | head -n 1
"$TCPTAPE" >/dev/null 2>&1
echo "exit $?"
try conns x.tape -f jsno
try conns x.tape --color=alwasy
try conns x.tape --role sever
try drops x.tape --by raeson
try conns x.tape --sotr conn
try replay x.tape --where 'dport='
