#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# docs/tcptape-record.service: what systemd thinks of it, that its command works with its rights, and that no
# system call of a whole recording is one that it forbids.
set -eu
. tests/live/stage.bash
need jq setpriv
unit=docs/tcptape-record.service

# As `make install` installs it, of what is built: another name of the same directory would be another build.
build=${B#"$PWD"/}
make -s install DESTDIR="$TMP/root" PREFIX=/opt B="$build" >/dev/null 2>"$TMP/err" || { cat "$TMP/err"; exit 1; }
installed=$TMP/root/opt/lib/systemd/system/tcptape-record.service
grep -q '^ExecStart=/opt/bin/tcptape-record -o' "$installed" || { cat "$installed"; exit 1; }
make -s uninstall DESTDIR="$TMP/root" PREFIX=/opt B="$build"
[ ! -e "$installed" ] || { echo "uninstall leaves the unit"; exit 1; }

# Its own words, as the user and with the capabilities that it asks for.
read -r -a words < <(sed -n 's/^ExecStart=[^ ]* //p' $unit)
[ "${#words[@]}" -gt 4 ] || { echo "no ExecStart"; exit 1; }
caps=$(sed -n 's/^AmbientCapabilities=//p' $unit | tr '[:upper:]' '[:lower:]' | sed 's/cap_/+/g; s/ /,/g')
[ "$(sed -n 's/^AmbientCapabilities=//p' $unit)" = "$(sed -n 's/^CapabilityBoundingSet=//p' $unit)" ]
place=$(mktemp -d)
stage_clear() { rm -rf "$place"; }
chmod 755 "$place"
install -m 755 "$TCPTAPE_RECORD" "$place/tcptape-record"
mkdir "$place/state"
chown 65534:65534 "$place/state"
as_service() {
	(cd "$place/state" && setpriv --reuid=65534 --regid=65534 --clear-groups --no-new-privs --bounding-set="-all,$caps" \
		--inh-caps="-all,$caps" --ambient-caps="-all,$caps" "$@")
}
kernel=$(uname -r)
case $kernel in 5.[0-9].* | 5.10.*) skip "before Linux 5.11 the buffer is locked memory, which the unit allows" ;; esac
[ "$(cat /proc/sys/kernel/perf_event_paranoid)" -le 2 ] || skip "kernel.perf_event_paranoid asks for CAP_SYS_ADMIN"
pre=$(sed -n "s/^ExecStartPre=.*-c '\(.*\)'\$/\1/p" $unit)
touch "$place/state/host-000001.tape"
for _ in 1 2; do
	as_service sh -c "$pre"
	expect 0 as_service "$place/tcptape-record" "${words[@]}" -d 0.3
	expect 0 "$TCPTAPE" verify "$place/state/host-000001.tape"
	expect 0 "$TCPTAPE" info "$place/state/host-000001.tape" -f json
	jq -e '.complete' "$TMP/out" >/dev/null || { cat "$TMP/out"; exit 1; }
done
expect 0 "$TCPTAPE" verify "$place/state/previous/host-000001.tape"

command -v systemd-analyze >/dev/null || skip "systemd-analyze is not installed; the command itself was tested"
sed "s|/usr/local/bin/tcptape-record|$place/tcptape-record|" $unit >"$TMP/tcptape-record.service"
expect 0 systemd-analyze verify --man=no "$TMP/tcptape-record.service"
if grep tcptape "$TMP/err"; then exit 1; fi
if systemd-analyze security --help 2>/dev/null | grep -q -- --offline; then
	# Of 0 (locked up) to 100; 25 leaves room for what another version weighs differently.
	expect 0 systemd-analyze security --offline=yes --threshold=25 --no-pager "$TMP/tcptape-record.service"
fi

command -v strace >/dev/null || skip "strace is not installed; all but the system calls was tested"
# Sets contain sets.
allowed() {
	local word
	while read -r word; do
		case $word in
		'#'*) ;;
		@*) systemd-analyze syscall-filter "$word" | tail -n +2 | sed 's/^ *//' | allowed ;;
		?*) echo "$word" ;;
		esac
	done
}
sed -n 's/^SystemCallFilter=//p' $unit | tr ' ' '\n' | allowed | sort -u >"$TMP/allowed"
[ "$(wc -l <"$TMP/allowed")" -gt 100 ] || skip "systemd-analyze does not list its sets of system calls"
strace -f -o "$TMP/calls" "$place/tcptape-record" -q -o "$TMP/s.tape" -d 1 --rotate-time 1s --keep 2
sed -nE 's/^[0-9]+ +([a-z0-9_]+)\(.*/\1/p' "$TMP/calls" | sort -u >"$TMP/made"
[ "$(wc -l <"$TMP/made")" -gt 30 ] || { echo "strace has not seen enough"; exit 1; }
comm -23 "$TMP/made" "$TMP/allowed" >"$TMP/refused"
[ ! -s "$TMP/refused" ] || { echo "the unit forbids:"; cat "$TMP/refused"; exit 1; }
