#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# `doctor` and --dry-run: one clear sentence for each thing that is wrong, the status a recording would
# have, and nothing left behind.
set -eu
. tests/live/stage.bash
need setpriv unshare mount

hidden=$(mktemp -d)
chmod 755 "$hidden"
mkdir -m 777 "$hidden/open"
install -m 755 "$TCPTAPE_RECORD" "$hidden/tcptape-record"
stage_clear() {
	umount "$TMP/full" 2>/dev/null || :
	rm -rf "$hidden"
}

# said REGEX: a row on standard output says so.
said() {
	grep -qE "$1" "$TMP/out" || { echo "nothing says '$1':"; cat "$TMP/out" "$TMP/err"; return 1; }
}

# both STATUS ROW SENTENCE [OPTION...]: doctor and --dry-run end so, with that row and that sentence.
both() {
	local status=$1 row=$2 sentence=$3 how
	shift 3
	for how in doctor --dry-run; do
		expect "$status" "${under[@]}" "$recorder" $how "$@"
		said "$row"
		[ "$status" = 0 ] || expect_sentence "$sentence"
	done
}
recorder=$TCPTAPE_RECORD
under=(env)

# All is well: the plan's events are those that a recording has.
both 0 '^(ok +)?events +' '' -o "$TMP/tape"
[ ! -e "$TMP/tape" ] || { echo "a file was left behind"; exit 1; }
expect 0 "$TCPTAPE_RECORD" --dry-run -o "$TMP/tape" --port 80,8000-8010 -d 2.5 --buffer 1M --stacks kfree_skb -- true
said '^filter .* port 80$'
said 'or port 8000-8010'
said '^until .* 2\.5 s .*true'
said '^buffer +1024 KiB'
said '^stacks +of 1 events'
awk '$1 == "typed" || $1 == "generic" { print $2 }' "$TMP/out" | tr -d : | sort >"$TMP/planned"
"$TCPTAPE_RECORD" --list-events | tr -d : | sort | cmp - "$TMP/planned"

# What cannot be attached is known after the trial only, as in a recording.
group=/sys/kernel/tracing/events/ftrace/print
if [ -e $group ]; then
	expect 1 "$TCPTAPE_RECORD" doctor -o "$TMP/tape" -e ftrace:print
	expect_sentence 'ftrace:print.*cannot be attached'
fi

# Wrong words.
both 2 'fails +events.*--stacks .tcp:no_such. matches none' "stacks 'tcp:no_such' matches none" --stacks tcp:no_such
both 2 'fails +events.*did you mean' "tcp:tcp_prob'.*did you mean 'tcp:tcp_probe'" -o "$TMP/tape" -e tcp:tcp_prob
both 2 'fails +command' 'no-such-command' -o "$TMP/tape" -- "$TMP/no-such-command"
echo precious >"$TMP/there"
both 2 'fails +output.*exists' 'there exists' -o "$TMP/there"
both 0 '' '' -o "$TMP/there" --force
[ "$(cat "$TMP/there")" = precious ] || { echo "the file was touched"; exit 1; }

# Outputs that cannot be written.
both 1 'fails +output' 'no-such-directory.*No such' -o "$TMP/no-such-directory/tape"
both 1 'fails +output' '/proc/tape' -o /proc/tape
both 2 'fails +output' 'is a directory: name a file' -o "$TMP" --force
mkdir "$TMP/full"
mount -t tmpfs -o size=64k none "$TMP/full"
head -c 100000 /dev/zero >"$TMP/full/filler" 2>/dev/null || :
both 1 'fails +disk' 'no space in' -o "$TMP/full/tape"
umount "$TMP/full"
mount -t tmpfs -o size=64k,ro none "$TMP/full"
both 1 'fails +output' 'Read-only' -o "$TMP/full/tape"
umount "$TMP/full"
under=(bash -c 'ulimit -f 4; exec "$@"' limited)
both 0 'warn +disk.*no file may grow' '' -o "$TMP/tape"

# Rights. A tiny RLIMIT_MEMLOCK is said to be of no importance, and is not, where it is not.
under=(bash -c 'ulimit -l 1; exec "$@"' limited)
expect 0 "${under[@]}" "$recorder" doctor -o "$TMP/tape"
said '^ok +memlock'
under=(unshare -Ur)
both 1 'fails +privileges' 'user namespace' -o "$TMP/tape"
under=(unshare -p -f)
both 0 'warn +container.*ids' '' -o "$TMP/tape"
recorder=$hidden/tcptape-record
under=(setpriv --reuid=65534 --regid=65534 --clear-groups)
both 1 'fails +privileges.*root' 'needs root' -o "$hidden/open/tape"
[ -z "$(ls "$hidden/open")" ] || { echo "a file was left behind"; exit 1; }
recorder=$TCPTAPE_RECORD

# Without tracefs: it could be mounted, and is not. Without BTF.
cat >"$TMP/no_tracefs" <<'END'
set -eu
mount --make-rprivate /
umount -l /sys/kernel/debug 2>/dev/null || : # it would mount tracefs below itself
while umount /sys/kernel/tracing 2>/dev/null; do :; done
"$@"
[ ! -e /sys/kernel/tracing/events ]
END
under=(unshare -m bash "$TMP/no_tracefs")
expect 0 "${under[@]}" "$recorder" doctor -o "$TMP/tape"
said '^ok +tracefs +not mounted; a recording mounts it'
: >"$TMP/empty"
printf 'mount --make-rprivate /; mount --bind "%s" /sys/kernel/btf/vmlinux; exec "$@"\n' "$TMP/empty" >"$TMP/no_btf"
under=(unshare -m bash -eu "$TMP/no_btf")
both 1 'fails +BTF' 'BTF.*selected' -o "$TMP/tape" --port 80
both 0 'warn +BTF' '' -o "$TMP/tape"
