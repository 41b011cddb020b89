#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# What stops a recording, or keeps it from beginning: one sentence, the right status, nothing lost.
set -eu
. tests/live/stage.bash
need jq setpriv unshare mount

hidden=
stage_clear() {
	[ -z "$hidden" ] || rm -rf "$hidden"
	umount "$TMP/full" 2>/dev/null || :
}

# refused REGEX STATUS OPTION...: ends with that status and one sentence, and records nothing.
refused() {
	local sentence=$1 status=$2
	shift 2
	expect "$status" "$TCPTAPE_RECORD" "$@"
	expect_sentence "$sentence"
}

# No root. The binary must be where nobody can reach it.
hidden=$(mktemp -d)
chmod 755 "$hidden"
mkdir -m 777 "$hidden/open"
install -m 755 "$TCPTAPE_RECORD" "$hidden/tcptape-record"
expect 1 setpriv --reuid=65534 --regid=65534 --clear-groups "$hidden/tcptape-record" -o "$hidden/open/tape" -- true
expect_sentence 'root|permi|privilege|capabilit'
[ ! -s "$hidden/open/tape" ] || { echo "a tape was written without root"; exit 1; }

# Wrong words.
refused 'no_such_event' 2 -o "$TMP/tape" -e tcp:no_such_event -- true
refused 'no_such_option|unrecognized|unknown option' 2 --no_such_option
refused '70000' 2 --port 70000 -o "$TMP/tape" -- true
refused 'duration|-d' 2 -d soon -o "$TMP/tape"
refused 'no-such-command' 2 -o "$TMP/tape" -- "$TMP/no-such-command"
[ ! -e "$TMP/tape" ] || { echo "a tape was left behind by a recording that never began"; exit 1; }

# Outputs that cannot be written.
refused 'no-such-directory' 1 -o "$TMP/no-such-directory/tape" -- true
full_help() {
	"$TCPTAPE_RECORD" --help >/dev/full
}
expect 1 full_help
expect_sentence 'cannot write standard output'
# A stream that is closed is no other file.
closed_streams() {
	"$TCPTAPE_RECORD" -f -o "$TMP/closed" -- true <&- >&- 2>&-
}
expect 0 closed_streams
expect 0 "$TCPTAPE" verify "$TMP/closed"
closed_output() {
	"$TCPTAPE_RECORD" -q -o - -- true >&-
}
expect 1 closed_output
expect_sentence 'cannot write standard output.*descriptor'
# Signals are held until recording has begun: nothing may wait before.
mkfifo "$TMP/unread"
refused 'unread is a pipe that nobody reads' 2 -f -o "$TMP/unread" -- true
cat "$TMP/unread" >"$TMP/read" &
reader=$!
expect 0 "$TCPTAPE_RECORD" -q -f -o "$TMP/unread" -- true
wait "$reader"
expect 0 "$TCPTAPE" verify "$TMP/read"
refused '/proc/tape' 1 -o /proc/tape -- true
refused "$TMP is a directory" 2 -o "$TMP" -- true
refused "$TMP is a directory" 2 -o "$TMP" --force -- true
# A sentence is one line, whatever the words were, and nothing in it steers a terminal.
refused 'no-such\\x0a\\x1b\[31m' 2 -o "$TMP/tape" -- "$TMP/no-such"$'\n\e[31m'
! grep -q $'\e' "$TMP/err" || { echo "an escape sequence came through:"; cat -v "$TMP/err"; exit 1; }
expect 0 "$TCPTAPE_RECORD" -o "$TMP/steers"$'\e[31m' --comm $'\e[31m' -- true
! grep -q $'\e' "$TMP/err" || { echo "an escape sequence came through:"; cat -v "$TMP/err"; exit 1; }

# A file that is there stays as it is, unless --force is given.
echo precious >"$TMP/there"
refused 'there.*(exist|force)' 2 -o "$TMP/there" -- true
[ "$(cat "$TMP/there")" = precious ] || { echo "the file was overwritten"; exit 1; }
expect 0 "$TCPTAPE_RECORD" -q -o "$TMP/there" --force -- true
expect 0 "$TCPTAPE" verify "$TMP/there"

# A full disk: what was written stays readable.
mkdir "$TMP/full"
mount -t tmpfs -o size=1m none "$TMP/full"
churn() {
	rm -f "$TMP/port"
	"$B/hello_server" --port 0 --ready "$TMP/port" --patience 20 --count 20000 --quiet &
	"$B/hello_client" --port-from "$TMP/port" --count 20000 --quiet
	wait
}
# Nothing is left for what comes at the end either.
fill_disk() {
	churn
	cat /dev/zero >"$TMP/full/rest" 2>/dev/null || :
	churn
}
export -f churn fill_disk
expect 1 "$TCPTAPE_RECORD" -q -o "$TMP/full/tape" -- bash -euc fill_disk
expect_sentence 'space|full'
expect 3 "$TCPTAPE" info "$TMP/full/tape" -f json
jq -e '.events_total > 20000 and .complete == false' "$TMP/out" >/dev/null || { cat "$TMP/out"; exit 1; }
expect 3 "$TCPTAPE" conns "$TMP/full/tape" -f json
umount "$TMP/full"

# Too few descriptors for all that is asked for: typed events and pieces come first, what is left out is said.
under=(bash -c 'ulimit -n 140; exec "$@"' limited)
many=(-e 'tcp:*,sock:*,syscalls:*' -o "$TMP/few" --rotate-size 1M)
expect 0 "${under[@]}" "$TCPTAPE_RECORD" "${many[@]}" -- bash -euc 'kill -USR1 $PPID; sleep 0.2'
grep -q 'Too many open files' "$TMP/err" || { echo "what is left out is not said:"; cat "$TMP/err"; exit 1; }
[ -s "$TMP/few-000002" ] || { echo "there were descriptors for one piece only"; exit 1; }
expect 0 "$TCPTAPE" info "$TMP/few-000001" -f json
jq -e '.unavailable | length > 500 and all(test("^tcp:tcp_probe|^sock:inet_sock_set_state") | not)' \
	"$TMP/out" >/dev/null || { jq .unavailable "$TMP/out" | grep -v syscalls: ; exit 1; }
expect 0 "${under[@]}" "$TCPTAPE_RECORD" doctor "${many[@]}" --force
grep -q '^warn *descriptors *140 are allowed' "$TMP/out" || { cat "$TMP/out"; exit 1; }

# No tracefs: the recorder finds it, mounts it, or says what to run. In a mount namespace of its own.
cat >"$TMP/no_tracefs" <<'END'
set -eu
mount --make-rprivate /
while umount /sys/kernel/debug/tracing 2>/dev/null; do :; done
while umount /sys/kernel/tracing 2>/dev/null; do :; done
[ ! -e /sys/kernel/tracing/events ]
exec "$@"
END
rc=0
unshare -m bash "$TMP/no_tracefs" "$TCPTAPE_RECORD" -q -o "$TMP/no_tracefs.tape" -- true 2>"$TMP/err" || rc=$?
case $rc in
0) expect 0 "$TCPTAPE" info "$TMP/no_tracefs.tape" -f json
	jq -e '.events["sock:inet_sock_set_state"] != null or .complete' "$TMP/out" >/dev/null || { cat "$TMP/out"; exit 1; } ;;
1) expect_sentence 'mount' ;;
*) echo "without tracefs: exit $rc"; cat "$TMP/err"; exit 1 ;;
esac

# No BTF, and the ports of a connection cannot be told: one sentence.
: >"$TMP/empty"
printf 'mount --make-rprivate /; mount --bind "%s" /sys/kernel/btf/vmlinux; exec "$@"\n' "$TMP/empty" >"$TMP/no_btf"
rm -f "$TMP/tape"
expect 1 unshare -m bash -eu "$TMP/no_btf" "$TCPTAPE_RECORD" -q -o "$TMP/tape" --port 80 -- true
expect_sentence 'selected.*BTF'
