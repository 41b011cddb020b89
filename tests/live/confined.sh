#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# Under way the recorder has no capability that it does not need, a filter of system calls, and misses
# nothing by it; the command it runs keeps everything.
set -eu
. tests/live/stage.bash
need jq
case $B in *san*) filter=0 ;; *) filter=2 ;; esac # leak checkers need more than a filter allows

recorders=$TCPTAPE_RECORD
if [ -x "$B/static/tcptape-record" ]; then recorders="$recorders $B/static/tcptape-record"; fi

# Seen by the recorder's command, and of itself.
look() {
	grep -E '^(Uid|Cap...|NoNewPrivs|Seccomp):' "/proc/$PPID/status" >"$TMP/recorder.status"
	grep -E '^(Uid|Cap...|NoNewPrivs|Seccomp):' /proc/self/status >"$TMP/command.status"
	hello_pair '--rounds 2000' '--rounds 2000'
}
export -f look
value() { awk -v key="$1:" '$1 == key { print $2 }' "$2"; }

grep -E '^(Uid|Cap...|NoNewPrivs|Seccomp):' /proc/self/status >"$TMP/own.status"

# Kept where the kernel asks for them: CAP_SYS_NICE (23) if RLIMIT_RTPRIO cannot be raised, CAP_BPF (39) before 5.19.
allowed=0
(ulimit -r 1) 2>/dev/null || allowed=$((allowed | 1 << 23))
kernel=$(uname -r)
case $kernel in
5.1[0-8].*) allowed=$((allowed | 1 << 39)) ;;
esac

for TCPTAPE_RECORD in $recorders; do
	for how in "-o $TMP/tape -f" "-o $TMP/pieces.tape --rotate-size 1M -f"; do
		tape=$TMP/tape
		case $how in *rotate*) tape=$TMP/pieces-000001.tape ;; esac
		# shellcheck disable=SC2086
		expect 0 "$TCPTAPE_RECORD" $how -- bash -euc look
		cmp "$TMP/own.status" "$TMP/command.status" || { echo "the command is confined, too"; exit 1; }
		r=$TMP/recorder.status
		for set in CapInh CapPrm CapEff CapAmb; do
			[ $((0x$(value $set "$r") & ~allowed)) -eq 0 ] || { echo "$how: $set is $(value $set "$r")"; exit 1; }
		done
		got="$(value NoNewPrivs "$r") $(value Seccomp "$r") $(value Uid "$r")"
		[ "$got" = "1 $filter 0" ] || { echo "$how: NoNewPrivs, Seccomp, Uid: $got"; exit 1; }
		expect 0 "$TCPTAPE" info "$tape" -f json
		jq -e '.complete and .lost_total == 0' "$TMP/out" >/dev/null || { echo "$how:"; cat "$TMP/out"; exit 1; }
		# Programs were asked for their counters, symbols for their names, sockets for their owners.
		expect 0 "$TCPTAPE" conns "$tape" --port "$(cat "$TMP/port")" -f json
		jq -es 'any(.[]; .comm == "hello_client" and .end == "fin")' "$TMP/out" >/dev/null || { cat "$TMP/out"; exit 1; }
	done
done

# With sudo the recorder becomes the user in whose directory it makes pieces.
place=$(mktemp -d)
stage_clear() { rm -rf "$place"; }
chmod 755 "$place"
mkdir "$place/home"
chown 65534:65534 "$place/home"
expect 0 env SUDO_UID=65534 SUDO_GID=65534 "$TCPTAPE_RECORD" -o "$place/home/a.tape" --rotate-size 1M -- bash -euc look
[ "$(value Uid "$TMP/recorder.status")" = 65534 ] || { cat "$TMP/recorder.status"; exit 1; }

# No call is refused: neither while pieces turn, the line on the terminal is drawn, the buffer fills up,
# the disk is full, nor at the end.
[ $filter = 2 ] || exit 0
command -v strace >/dev/null || skip "strace is not installed; all but the list of system calls was tested"
mkdir "$place/full"
mount -t tmpfs -o size=16k none "$place/full"
stage_clear() { umount "$place/full"; rm -rf "$place"; }
cat >"$TMP/terminal.py" <<'END'
import os, pty, sys
sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))
END
strained() {
	: >"$TMP/terminal"
	python3 "$TMP/terminal.py" strace -f -o "$TMP/calls" "$TCPTAPE_RECORD" --buffer 64K "$@" >>"$TMP/terminal" &
	session=$!
	for _ in $(seq 1000); do
		grep -q 'recording ' "$TMP/terminal" && break
		sleep 0.01
	done
	for _ in 1 2 3; do hello_pair '--rounds 5000' '--rounds 5000'; done
	wait $session || :
	awk '/ seccomp\(|PR_SET_SECCOMP/ { under = 1 } under' "$TMP/calls" >"$TMP/under"
	[ "$(wc -l <"$TMP/under")" -gt 50 ] || { echo "strace has not seen enough:"; cat "$TMP/terminal"; tail "$TMP/calls"; return 1; }
	if grep -E '= -1 EPERM|SIGSYS' "$TMP/under"; then echo "refused: $*"; return 1; fi
}
for TCPTAPE_RECORD in $recorders; do
	strained -d 3 -o "$place/s.tape" -f --rotate-time 1s --keep 2 --max-cpu 1 --min-free-disk 1M --stacks "skb:*"
	grep -q 'a-000002\|s-000002' "$TMP/under" || { echo "no second piece"; exit 1; }
	strained -d 3 -o "$place/full/s.tape" -f
	grep -q ENOSPC "$TMP/under" || { echo "the disk was not full:"; df "$place/full"; cat "$TMP/terminal"; exit 1; }
	rm -f "$place/full/s.tape"
	strained -d 1 -o "$place/p.tape" -f --pid $$
done
