#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# Disks that are small, full, read-only or gone: what is kept free, what is said, and what stays readable.
set -eu
. tests/live/stage.bash
need jq mount umount

disk=$TMP/disk
mkdir "$disk"
mount -t tmpfs -o size=8m tmpfs "$disk" || skip "cannot mount a tmpfs"
stage_clear() {
	umount -l "$disk" 2>/dev/null || :
}
fresh() {
	umount "$disk"
	mount -t tmpfs -o size=8m tmpfs "$disk"
}

said() {
	tr '\n' ' ' <"$TMP/err" | grep -qE "$1" || { echo "expected '$1', got:"; cat "$TMP/err"; exit 1; }
}
# Talk until the recorder has said so, or the file is there.
talk_until() {
	for _ in $(seq 400); do
		hello_pair '--rounds 5000' '--rounds 5000'
		if grep -q "$1" "$TMP/err" || [ -e "$1" ]; then return; fi
	done
	echo "waited in vain for $1" >"$TMP/in_vain"
}
export -f talk_until
patient() {
	[ ! -e "$TMP/in_vain" ] || { cat "$TMP/in_vain" "$TMP/err"; exit 1; }
}
free_kib() {
	df -k --output=avail "$disk" | tail -n 1
}

# --min-free-disk: nothing is written below it, the tape is ended in order and tells what is missing.
go_on_after_stop() {
	talk_until 'recording goes on'
	hello_pair '' ''
}
export -f go_on_after_stop
expect 0 "$TCPTAPE_RECORD" -o "$disk/a.tape" --min-free-disk 6M -- bash -euc go_on_after_stop
patient
said 'MiB are free, --min-free-disk keeps 6.0 MiB; recording goes on'
said 'LOST, .* With what could not be written: [a-z]+:[a-z_]+ [1-9][0-9,]*, '
if grep -q '[0-9,]\{20\}' "$TMP/err"; then cat "$TMP/err"; exit 1; fi
[ "$(free_kib)" -ge $((5 * 1024)) ] || { echo "only $(free_kib) KiB are free"; exit 1; }
expect 0 "$TCPTAPE" verify "$disk/a.tape"
expect 0 "$TCPTAPE" info "$disk/a.tape" -f json
jq -e '.complete and .lost_total > 0 and all(.lost[]; .cause == "write")' "$TMP/out" >/dev/null ||
	{ echo "the losses:"; cat "$TMP/out"; exit 1; }

# With --keep the oldest pieces make room instead, and nothing is missing.
fresh
expect 0 "$TCPTAPE_RECORD" -o "$disk/k.tape" --min-free-disk 5M --rotate-size 256K --keep 1000 -- \
	bash -euc 'talk_until "$1"' scene "$disk/k-000020.tape"
patient
said '[0-9]* deleted'
[ ! -e "$disk/k-000001.tape" ] || { echo "the first piece is still there"; ls -l "$disk"; exit 1; }
for piece in "$disk"/k-*.tape; do
	expect 0 "$TCPTAPE" verify "$piece"
	expect 0 "$TCPTAPE" info "$piece" -f json
	jq -e '.complete and .lost_total == 0' "$TMP/out" >/dev/null || { echo "$piece:"; cat "$TMP/out"; exit 1; }
done

# Too little from the beginning.
fresh
expect 1 "$TCPTAPE_RECORD" -o "$disk/a.tape" --min-free-disk 9M -d 1
expect_sentence 'a.tape: 8.0 MiB are free, --min-free-disk keeps 9.0 MiB'
expect 1 "$TCPTAPE_RECORD" --dry-run -o "$disk/a.tape" --min-free-disk 9M
expect_sentence '8192 KiB are free in .*, --min-free-disk keeps 9216 KiB'
[ ! -e "$disk/a.tape" ] || { echo "an empty file is left"; exit 1; }

# A file as large as `ulimit -f` allows is a full disk and no signal. Whether the last events and the end of the
# tape still fit is a matter of bytes.
rc=0
(
	ulimit -f 400
	"$TCPTAPE_RECORD" -o "$disk/f.tape" -- bash -euc 'talk_until "recording goes on"' 2>"$TMP/err"
) || rc=$?
patient
said 'File too large.*recording goes on'
case $rc in
0) expect 0 "$TCPTAPE" verify "$disk/f.tape" ;;
1) said 'events at the end are missing|(whole bytes are kept\): File too large.*){2}' && expect 3 "$TCPTAPE" verify "$disk/f.tape" ;;
*) echo "a file too large: exit $rc"; exit 1 ;;
esac

# The other program, too.
(
	ulimit -f 4
	expect 1 sh -c '"$TCPTAPE" replay "$1" >"$2/out.txt"' sh "$disk/f.tape" "$disk"
)
grep -q 'could not be written' "$TMP/err" || { echo "a limit for files:"; cat "$TMP/err"; exit 1; }

# The tape is deleted: nothing is left to record for, and the recorder says so.
mkdir "$disk/d"
vanish() {
	rm -r "$disk/d"
	exec sleep 60
}
export -f vanish
export disk
expect 1 "$TCPTAPE_RECORD" -o "$disk/d/a.tape" -- bash -euc 'echo $$ >"$TMP/vanish.pid"; vanish'
kill "$(cat "$TMP/vanish.pid")" 2>/dev/null || :
said 'd/a.tape was deleted while it was being written'

# A piece is deleted: the next one begins. With its directory gone, that is the end.
mkdir "$disk/d"
lose_piece() {
	rm "$disk/d/a-000001.tape"
	until_file "$disk/d/a-000002.tape"
	hello_pair '' ''
	if [ "$1" = all ]; then
		rm -r "$disk/d"
		echo $$ >"$TMP/vanish.pid"
		exec sleep 60
	fi
}
export -f lose_piece
expect 0 "$TCPTAPE_RECORD" -o "$disk/d/a.tape" --keep 5 -- bash -euc 'lose_piece one'
expect 0 "$TCPTAPE" conns "$disk/d/a-000002.tape" --port "$(cat "$TMP/port")" -f json
[ "$(wc -l <"$TMP/out")" -eq 3 ] || { echo "the second piece:"; cat "$TMP/out"; exit 1; }
rm -r "$disk/d"
mkdir "$disk/d"
expect 1 "$TCPTAPE_RECORD" -o "$disk/d/a.tape" --keep 5 -- bash -euc 'lose_piece all'
kill "$(cat "$TMP/vanish.pid")" 2>/dev/null || :
said 'cannot create .*d/a-000003.tape'

# Read-only from the beginning.
mount -o remount,ro "$disk"
expect 1 "$TCPTAPE_RECORD" -o "$disk/r.tape" -d 1
expect_sentence 'cannot create .*r.tape: Read-only file system'
