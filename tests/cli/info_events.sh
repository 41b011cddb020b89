# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# The events on a tape and their fields, from the tape alone.
tape=testdata/hello.tape
[ -f $tape ] || { echo "$tape does not exist"; exit 77; }
"$TCPTAPE" info $tape --events | head -n 40
"$TCPTAPE" info $tape --events -f csv --where 'event==sock:inet_sock_set_state && from==kernel' | sed 's/"{.*}"/{}/'
"$TCPTAPE" info $tape --events -f json --where 'field==reason' --limit 1 | cut -c-240
"$TCPTAPE" info $tape --events --count-by event,from --sort event
"$TCPTAPE" info $tape --events --fields format --where 'event==tcp:tcp_destroy_sock' --limit 1 | cut -c-120
