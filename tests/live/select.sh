#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# Each kind of filter keeps exactly the connections it should, whole: an unfiltered recorder of the same run
# is the witness. Two groups of connections, one of them in another process, network namespace and cgroup; old
# ones among them, and such that end by SO_LINGER 0.
set -eu
. tests/live/stage.bash
need ip

cgroups=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/mounts)
[ -n "$cgroups" ] || skip "no cgroup file system of version 2 is mounted"
# Others may run this test, too: names and addresses are its own.
tag=tcptape-$$
name=t$$
net=127.$(($$ / 250 % 250 + 1)).$(($$ % 250 + 1))
ns=$tag
stage_clear() {
	ip netns del "$ns" 2>/dev/null || :
	sleep 0.1
	rmdir "$cgroups/$tag/below" "$cgroups/$tag" 2>/dev/null || :
}
ip netns add "$ns" 2>/dev/null || skip "no network namespace can be made"
ip -n "$ns" link set lo up
ip netns exec "$ns" sh -c 'echo 20000 20999 >/proc/sys/net/ipv4/ip_local_port_range'
mkdir -p "$cgroups/$tag/below" 2>/dev/null || skip "no cgroup can be made"

# The two groups: ours and theirs. Each has made its old connections when it says so in a file.
cp /usr/bin/python3 "$TMP/$name" 2>/dev/null || skip "python3 cannot be copied"
PYTHONHOME=$(python3 -c 'import sys; print(sys.prefix)')
export PYTHONHOME
mkfifo "$TMP/ours.go" "$TMP/theirs.go"
python3 tests/live/select_load.py "$TMP/ours" "$net.1" <"$TMP/ours.go" &
ours=$!
bash -c 'echo $$ >"$1/below/cgroup.procs"; exec ip netns exec "$2" "$3" tests/live/select_load.py "$4/theirs_" "$5"' \
	- "$cgroups/$tag" "$ns" "$TMP/$name" "$TMP" "$net.2" <"$TMP/theirs.go" &
theirs=$!
exec 8>"$TMP/ours.go" 9>"$TMP/theirs.go"
until_file "$TMP/ours.old"
until_file "$TMP/theirs_.old"
until_file "$TMP/ours.pid"
until_file "$TMP/theirs_.pid"
their_pid=$(cat "$TMP/theirs_.pid")
their_netns=$(stat -L -c %i "/proc/$their_pid/ns/net")

# One round: both groups make connections, go on with the old ones, and end both.
round() {
	echo "$1" >&8
	echo "$1" >&9
	until_file "$TMP/ours.done$1"
	until_file "$TMP/theirs_.done$1"
}
export -f round

n=0
# compare NAME OPTION...: record a round with the filter, beside a witness that records all.
compare() {
	local name=$1
	shift
	n=$((n + 1))
	"$TCPTAPE_RECORD" -o "$TMP/$name.tape" --force --buffer 64M "$@" -- \
		"$TCPTAPE_RECORD" -o "$TMP/witness.tape" --force --buffer 64M -- bash -euc 'round "$1"' - "$n" 2>"$TMP/record.err" || {
		cat "$TMP/record.err"
		exit 1
	}
	python3 tests/live/select_check.py "$name" "$n" "$their_pid" "$ours" "$their_netns" "$@"
}

our_port=$(cat "$TMP/ours.port")
compare port --port "$our_port"
# Ports of clients, which their connections do not have at connect(): of one group, and of some.
compare local --port 20000-20999
compare clients --port 30000-46000
compare addr --addr "$net.2/31"
compare pid --pid "$their_pid"
compare comm --comm "$name"
compare netns --netns "$ns"
compare cgroup --cgroup "$tag"
compare sample --sample 1/3
compare both --pid "$their_pid,$ours" --port "$our_port"
compare quarter --netns "$their_netns" --sample 1/2

# What fits nothing is said, and a process that ends does not end the recording.
expect 0 "$TCPTAPE_RECORD" -o "$TMP/nothing.tape" --port "$our_port" --netns "$their_netns" -- bash -euc 'round "$1"' - $((n + 1))
grep -qF "no event fits the filter (port $our_port, ...)" "$TMP/err" || {
	echo "nothing was recorded, and it is not said:"
	cat "$TMP/err"
	exit 1
}
exec 8>&- 9>&-
wait "$ours" "$theirs"

sleep 0.2 &
mortal=$!
expect 0 "$TCPTAPE_RECORD" -o "$TMP/mortal.tape" --pid "$mortal" -- sleep 1.5
tr '\n' ' ' <"$TMP/err" | grep -q -- "--pid $mortal: this process has ended; recording goes on" || {
	echo "that the process has ended is not said:"
	cat "$TMP/err"
	exit 1
}

# An event without a program of its own is recorded whatever a filter by port says, and the tape says so.
expect 0 "$TCPTAPE_RECORD" -o "$TMP/generic.tape" -e sched:sched_process_exec --port 1 -- true
expect 0 "$TCPTAPE_RECORD" --dry-run -e sched:sched_process_exec --port 1
grep -q "generic .*sched_process_exec (whatever the filter says)" "$TMP/out" || {
	cat "$TMP/out"
	exit 1
}
python3 - "$TMP/generic.tape" <<'END'
import re
import sys
from tape import *
tape = Tape(sys.argv[1])
assert re.search(r"^unfiltered +sched:sched_process_exec$", tape.run("info")[0], re.M), tape.run("info")[0]
same([r["event"] for r in tape.rows("replay") if r["comm"] == "true"], ["sched:sched_process_exec"], "events of the command")
END
