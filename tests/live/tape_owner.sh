#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# Whose the tape is, and what --force does not do: root in directories of others.
set -eu
. tests/live/stage.bash
need setpriv
user=65534 # nobody

# A place that this user can reach.
place=$(mktemp -d)
chmod 755 "$place"
mkdir -m 700 "$place/home" "$place/roots"
mkdir -m 1777 "$place/tmp"
chown $user:$user "$place/home"
stage_clear() { rm -rf "$place"; }

# is FILE "UID MODE"
is() {
	local got
	got=$(stat -c '%u %a' "$1")
	[ "$got" = "$2" ] || { echo "$1: owner and mode are $got, not $2"; return 1; }
}
sudo_() { SUDO_UID=$user SUDO_GID=$user "$@"; }
recorder() { "$TCPTAPE_RECORD" -q "$@" -- true; }

umask 0
expect 0 recorder -o "$place/tmp/plain.tape"
is "$place/tmp/plain.tape" "0 600"
for dir in home tmp; do
	expect 0 sudo_ recorder -o "$place/$dir/sudo.tape"
	is "$place/$dir/sudo.tape" "$user 600"
	expect 0 "$TCPTAPE" verify "$place/$dir/sudo.tape"
done
# Where the user may not write, nothing becomes the user's.
expect 0 sudo_ recorder -o "$place/roots/sudo.tape"
is "$place/roots/sudo.tape" "0 600"
# A user who is not root is believed nothing. Nor are ids that are none.
expect 0 env SUDO_UID=4294967295 SUDO_GID=-1 "$TCPTAPE_RECORD" -q -o "$place/tmp/odd.tape" -- true
is "$place/tmp/odd.tape" "0 600"
# Pieces, too; and the oldest can be deleted.
turns() {
	for n in 2 3; do
		kill -USR1 "$PPID"
		until_file "$place/home/p-00000$n.tape"
	done
}
export -f turns
export place
expect 0 env SUDO_UID=$user SUDO_GID=$user "$TCPTAPE_RECORD" -q -o "$place/home/p.tape" --keep 2 -- bash -euc turns
names=$(cd "$place/home" && echo p-*)
[ "$names" = "p-000002.tape p-000003.tape" ] || { echo "--keep 2 left: $names"; exit 1; }
for n in 2 3; do
	is "$place/home/p-00000$n.tape" "$user 600"
done

# refuses REGEX FILE: neither a recording nor doctor takes it, and what is there is left alone.
refuses() {
	expect 2 recorder -f -o "$2"
	expect_sentence "$1"
	expect 2 "$TCPTAPE_RECORD" doctor -f -o "$2"
	expect_sentence "$1"
	[ "$(cat "$place/precious")" = precious ] || { echo "-f $2 wrote to another file"; return 1; }
}
echo precious >"$place/precious"
as_user() { setpriv --reuid=$user --regid=$user --clear-groups "$@"; }
as_user ln -s "$place/precious" "$place/tmp/link"
refuses 'link is a symbolic link' "$place/tmp/link"
as_user ln -s "$place/nowhere" "$place/tmp/dangling"
refuses 'dangling is a symbolic link' "$place/tmp/dangling"
[ ! -e "$place/nowhere" ]
ln "$place/precious" "$place/tmp/hard"
refuses 'hard has 2 names' "$place/tmp/hard"
as_user touch "$place/tmp/foreign"
refuses 'foreign belongs to another user' "$place/tmp/foreign"
[ ! -s "$place/tmp/foreign" ]
# Nobody reads from it: opening it would wait for ever.
as_user mkfifo "$place/tmp/fifo"
refuses 'fifo belongs to another user' "$place/tmp/fifo"

# What may be overwritten: root's own, the user's under sudo, a device.
chmod 640 "$place/tmp/plain.tape"
expect 0 recorder -f -o "$place/tmp/plain.tape"
is "$place/tmp/plain.tape" "0 640"
expect 0 "$TCPTAPE" verify "$place/tmp/plain.tape"
expect 0 sudo_ recorder -f -o "$place/tmp/foreign"
is "$place/tmp/foreign" "$user 666"
expect 0 "$TCPTAPE" verify "$place/tmp/foreign"
expect 0 recorder -f -o /dev/null
