# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# stage.bash -- what the live tests share: a scene, the recorder around it, and their end.
# Sourced by bash with `set -eu`. Scenes are functions; they run as the recorder's command, so that
# whatever they do is on the tape, and write what they know (pids, ports) to files in $TMP.
: "${TCPTAPE:?}" "${TCPTAPE_RECORD:?}" "${TMP:?}" "${B:?}"
case $B in /*) ;; *) export B=$PWD/$B ;; esac
export PYTHONPATH=$PWD/tests/live PYTHONDONTWRITEBYTECODE=1
PATH=$PATH:/usr/sbin:/sbin

skip() {
	echo "$1"
	exit 77
}

# need COMMAND...: skip where one is not installed.
need() {
	local c
	for c in "$@"; do
		command -v "$c" >/dev/null || skip "$c is not installed"
	done
}

need python3
[ -e /sys/kernel/btf/vmlinux ] || skip "this kernel has no BTF"

# Background processes of this script, and nothing else, end with it.
stage_end() {
	local pid
	for pid in $(jobs -p); do
		kill "$pid" 2>/dev/null || :
	done
	if [ "$(type -t stage_clear)" = function ]; then stage_clear; fi
}
trap stage_end EXIT
trap 'exit 1' HUP INT TERM

# record TAPE SCENE [ARG...]: the recorder's own remarks are shown if it fails.
record() {
	local tape=$1 rc=0
	shift
	"$TCPTAPE_RECORD" -o "$tape" --force -- bash -euc '"$@"' scene "$@" 2>"$TMP/record.err" || rc=$?
	[ "$rc" -eq 0 ] || { cat "$TMP/record.err"; echo "the recorder, or its scene '$*', ended with $rc"; return 1; }
}

# each_scene NAME [RECORD]: the scenes that tests/live/NAME_load.py lists are recorded, each to a tape of its name (by
# RECORD instead of record), and tests/live/NAME.py has nothing to say against any.
each_scene() {
	local scene scenes
	scenes=$(sed -n "s/^${1^^} = \(.*\)/\1/p" "tests/live/$1_load.py" | tr -d ,)
	[ -n "$scenes" ] || { echo "tests/live/$1_load.py lists no scenes"; return 1; }
	for scene in $scenes; do
		"${2:-record}" "$TMP/$scene.tape" python3 "tests/live/$1_load.py" "$scene"
		python3 "tests/live/$1.py" "$scene" || { echo "in $scene"; return 1; }
	done
}

# record_beside PROBE LOAD: python3 LOAD $TMP is recorded to $TMP/tape; what bpftrace says of PROBE meanwhile comes to
# $TMP/bpftrace as JSON, what everybody else says to $TMP/out.
record_beside() {
	cat >"$TMP/inside" <<-END
		#!/bin/sh
		exec "$TCPTAPE_RECORD" --force -o "$TMP/tape" -- python3 "$PWD/$2" "$TMP"
	END
	bpftrace -q -f json -o "$TMP/bpftrace" -e "$1" -c "/bin/bash $TMP/inside" >"$TMP/out" 2>&1 || { cat "$TMP/out"; return 1; }
}

# expect STATUS COMMAND...: stdout to $TMP/out, stderr to $TMP/err.
expect() {
	local want=$1 rc=0
	shift
	"$@" >"$TMP/out" 2>"$TMP/err" </dev/null || rc=$?
	[ "$rc" -eq "$want" ] && return
	echo "'$*' ended with $rc instead of $want:"
	head -n 20 "$TMP/out" "$TMP/err"
	return 1
}

# expect_sentence REGEX: stderr of the last expect is one line and says so.
expect_sentence() {
	if [ "$(wc -l <"$TMP/err")" -ne 1 ] || ! grep -qiE "$1" "$TMP/err"; then
		echo "expected one sentence on stderr that matches '$1', got:"
		cat "$TMP/err"
		return 1
	fi
}

# until_file FILE: wait until it exists and is not empty.
until_file() {
	for _ in $(seq 10000); do
		[ -s "$1" ] && return
		sleep 0.002
	done
	echo "waited in vain for $1"
	return 1
}

# hello_pair 'SERVER OPTIONS' 'CLIENT OPTIONS': one run of the hello server and client.
hello_pair() {
	rm -f "$TMP/port"
	# shellcheck disable=SC2086
	"$B/hello_server" --port 0 --ready "$TMP/port" --patience 20 $1 >"$TMP/server.out" 2>&1 &
	echo $! >"$TMP/server.pid"
	# shellcheck disable=SC2086
	"$B/hello_client" --port-from "$TMP/port" $2 >"$TMP/client.out" 2>&1 &
	echo $! >"$TMP/client.pid"
	wait "$(cat "$TMP/client.pid")" || echo "hello_client: $?" >"$TMP/client.failed"
	wait "$(cat "$TMP/server.pid")" || { cat "$TMP/server.out" >&2; return 1; }
}
export -f hello_pair until_file
