#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# Kernels that are older, newer or built in another way than any that is known, made of this one in a mount namespace by
# hiding and changing what it tells of itself. Each event is recorded in another way, or its lack is named, on screen and
# on the tape; the hello exchange is there and whole.
set -eu
. tests/live/stage.bash
need unshare mount jq
[ "$(id -u)" = 0 ] || skip "needs root"
events=/sys/kernel/tracing/events
types=/sys/kernel/btf/vmlinux

# rename FILE NAME...: a copy of the kernel's types in which these are called otherwise.
rename() {
	python3 - "$types" "$@" <<'END'
import sys
data = open(sys.argv[1], "rb").read()
for name in sys.argv[3:]:
    old = b"\0" + name.encode() + b"\0"
    assert data.count(old) == 1, f"{name} is {data.count(old)} times in the kernel's types"
    data = data.replace(old, old[:-2] + b"X\0")
open(sys.argv[2], "wb").write(data)
END
}

# strange NAME SETUP: what SETUP, run by bash in a mount namespace of its own, makes of the kernel records the pair.
strange() {
	local name=$1 rc=0
	printf 'mount --make-rprivate /\n[ -d %s ] || mount -t tracefs tracefs /sys/kernel/tracing\n%s\nexec "$@"\n' \
		"$events" "$2" >"$TMP/setup"
	unshare -m bash -eu "$TMP/setup" "$TCPTAPE_RECORD" -o "$TMP/$name.tape" -- bash -euc 'hello_pair "" ""' \
		>"$TMP/said" 2>&1 || rc=$?
	[ "$rc" -eq 0 ] || { echo "$name: the recorder ended with $rc:"; cat "$TMP/said"; exit 1; }
	expect 0 "$TCPTAPE" verify "$TMP/$name.tape"
	"$TCPTAPE" info "$TMP/$name.tape" -f json >"$TMP/info"
	check_pair "$name"
}

# The pair's two lives know each other, its owners, its bytes, and their one exchange.
check_pair() {
	"$TCPTAPE" conns "$TMP/$1.tape" --port "$(cat "$TMP/port")" -f json |
		jq -r 'select(.role != "listener") | [.role, .comm, .tx_bytes, .rx_bytes, .end, .peer != null] | join(" ")' |
		sort >"$TMP/pair"
	printf '%s\n' 'client hello_client 2 11 fin true' 'server hello_server 11 2 fin true' >"$TMP/wanted"
	cmp -s "$TMP/wanted" "$TMP/pair" || { echo "$1: the pair:"; cat "$TMP/pair"; exit 1; }
	"$TCPTAPE" exchanges "$TMP/$1.tape" --port "$(cat "$TMP/port")" -f json |
		jq -e '.request_bytes == 2 and .response_bytes == 11' >/dev/null || { echo "$1: the exchange"; exit 1; }
}

# told KEY REGEX: the tape's list of that name has one entry that says so.
told() {
	jq -e --arg key "$1" --arg what "$2" '[.[$key][] | select(test($what))] | length == 1' "$TMP/info" >/dev/null ||
		{ echo "no entry of '$1' says '$2' once:"; jq -c "{unavailable, fallback}" "$TMP/info"; exit 1; }
}

# generic EVENT: its rows came by its format file, and there are some.
generic() {
	"$TCPTAPE" replay "$TMP/$1.tape" -f json | jq -e -n --arg event "$2" \
		'[inputs | select(.event == $event) | .generic] | length > 0 and all' >/dev/null ||
		{ echo "$1: $2 is not generic, or not there"; exit 1; }
}

# A newer one: an event without its type, a member that programs need has another name, a field nobody knows.
rename "$TMP/newer" btf_trace_tcp_destroy_sock snd_cwnd
[ -d $events ] || mount -t tracefs tracefs /sys/kernel/tracing
for event in sock/inet_sock_set_state; do
	mkdir -p "$TMP/format"
	awk '/^print fmt/ && !done { printf "\tfield:u8 colour;\toffset:4;\tsize:1;\tsigned:0;\n\n"; done = 1 } { print }' \
		"$events/$event/format" >"$TMP/format/${event#*/}"
done
strange newer "mount --bind $TMP/newer $types
mount --bind $TMP/format/inet_sock_set_state $events/sock/inet_sock_set_state/format"
told fallback '^tcp:tcp_destroy_sock: .*BTF does not describe it'
told fallback '^tcp:tcp_probe: the kernel refuses the program'
told fallback '^sock:inet_sock_set_state: field colour of 1 bytes is new'
for event in tcp:tcp_destroy_sock tcp:tcp_probe sock:inet_sock_set_state; do
	generic newer $event
done

# An older one, without the lengths of calls: made at the ends of functions, or named where that is forbidden.
rename "$TMP/older" btf_trace_sock_send_length btf_trace_sock_recv_length
older="mount --bind $TMP/older $types
mount -t tmpfs none $events/sock/sock_send_length
mount -t tmpfs none $events/sock/sock_recv_length"
strange older "$older"
for event in sock:sock_send_length sock:sock_recv_length; do
	if grep -q "^tcptape-record: $event is not recorded: " "$TMP/said"; then
		told unavailable "^$event: "
	else
		told fallback "^$event: .*made at the end of inet_"
	fi
done

# One whose programs read foreign memory by a helper only (before 6.2): sk_data_ready is told by the classic event.
rename "$TMP/castless" bpf_rdonly_cast
strange castless "mount --bind $TMP/castless $types"
"$TCPTAPE" replay "$TMP/castless.tape" -e sk_data_ready --port "$(cat "$TMP/port")" -f json | jq -e -n \
	'[inputs | (.extra.ip_symbol | test("^(sock_def_readable|__traceiter_sk_data_ready)\\+")) and (.generic | not)] | length > 2 and all' \
	>/dev/null || { echo "castless: sk_data_ready"; exit 1; }

# One whose programs at functions could be freed while somebody sleeps there (before 5.12).
rename "$TMP/oldest" btf_trace_sock_send_length btf_trace_sock_recv_length bpf_tramp_image
strange oldest "${older//"$TMP/older"/"$TMP/oldest"}"
for event in sock:sock_send_length sock:sock_recv_length; do
	told unavailable "^$event: the kernel has it since 6.3, and .* functions that sleep"
	grep -q "^tcptape-record: $event is not recorded: the kernel has it since 6.3" "$TMP/said" || { cat "$TMP/said"; exit 1; }
done

# One without types: every event comes by its format file, sockets from before are not seen.
: >"$TMP/empty"
strange untyped "mount --bind $TMP/empty $types"
grep -q '^tcptape-record: cannot read the kernel.s types (BTF)' "$TMP/said" || { cat "$TMP/said"; exit 1; }
told unavailable '^tcptape:sock_snapshot: owned_socks'
told unavailable '^tcptape:sock_snapshot: existing_socks'
told fallback '^tcp:tcp_probe: the kernel.s BTF cannot be read'
"$TCPTAPE" replay "$TMP/untyped.tape" -f json | jq -e -n '[inputs | .generic] | length > 0 and all' >/dev/null ||
	{ echo "an event without types is not generic"; exit 1; }
