#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# Records the hello exchange and shows what the tape tells; run by `make demo`.
set -eu
cd "$(dirname "$0")/.."
B=${B:-build}
tape=$B/hello.tape
port=

record() {
	dir=$(mktemp -d)
	trap 'rm -rf "$dir"' EXIT
	exchange="$B/hello_server --port 0 --ready $dir/port --patience 10 &
		$B/hello_client --port-from $dir/port; wait"
	echo "\$ tcptape-record -o $tape -- sh -c 'hello_server & hello_client'"
	"$B/tcptape-record" -o "$tape" --force -- sh -c "$exchange" || return 1
	# Whatever else this host talks about meanwhile stays out of what is shown.
	port="--port $(cat "$dir/port")"
}

show() {
	printf '\n$ tcptape %s\n' "$*"
	"$B/tcptape" "$@"
}

if [ "$(id -u)" -ne 0 ]; then
	why="not root"
elif [ ! -e /sys/kernel/btf/vmlinux ]; then
	why="this kernel has no BTF"
elif ! record; then
	why="the recorder failed, see above"
else
	why=
fi
if [ -n "$why" ]; then
	tape=testdata/hello.tape
	echo "Live recording is not possible here ($why): this is $tape."
fi

show info "$tape"
for command in conns states timeline exchanges; do
	# shellcheck disable=SC2086
	show $command "$tape" $port
done
