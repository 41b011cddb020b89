#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# ssh HOST tcptape-record -o - >far.tape: the tape arrives whole, without the connection that carries it.
set -eu
. tests/live/stage.bash
need ssh ssh-keygen jq
[ -x /usr/sbin/sshd ] || skip "openssh-server is not installed"
mkdir -p /run/sshd

keys=$(mktemp -d)
stage_clear() { rm -rf "$keys"; }
ssh-keygen -q -t ed25519 -N '' -f "$keys/host"
ssh-keygen -q -t ed25519 -N '' -f "$keys/user"
install -m 600 "$keys/user.pub" "$keys/authorized"
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
cat >"$keys/config" <<END
ListenAddress 127.0.0.1:$port
HostKey $keys/host
AuthorizedKeysFile $keys/authorized
PidFile none
StrictModes no
PermitRootLogin yes
UsePAM no
END
/usr/sbin/sshd -D -e -f "$keys/config" 2>"$keys/log" &
far() {
	ssh -F none -p "$port" -i "$keys/user" -o IdentitiesOnly=yes -o BatchMode=yes -o StrictHostKeyChecking=no \
		-o UserKnownHostsFile=/dev/null -o LogLevel=ERROR 127.0.0.1 "$@"
}
for _ in $(seq 200); do
	far true 2>"$TMP/far.err" && break
	sleep 0.05
done
far true || skip "sshd does not let this user in: $(tail -n 1 "$keys/log")"

# Something to record, behind the recorder's back.
scene="for i in 1 2 3 4; do B='$B' TMP='$TMP' bash -euc 'hello_pair \"--rounds 20\" \"--rounds 20\"'; sleep 0.3; done"
remotely() { # remotely TAPE OPTION...
	local tape=$1
	shift
	far "$(declare -f until_file hello_pair); export -f until_file hello_pair; $under '$TCPTAPE_RECORD' -o - $* -- bash -c $(printf %q "$scene"); exit \$?" \
		>"$tape" 2>"$TMP/far.err" || { cat "$TMP/far.err"; return 1; }
}

# of_ssh TAPE: events of connections to sshd.
of_ssh() {
	local rc=0
	"$TCPTAPE" replay "$1" --port "$port" -f json >"$TMP/out" 2>"$TMP/err" || rc=$?
	[ $rc -eq 0 ] || { cat "$TMP/err" >&2; return 1; }
	grep -c . "$TMP/out" || :
}

# sudo clears the environment; the process above, sudo itself, still has it.
for under in '' 'env -u SSH_CONNECTION -u SSH_CLIENT'; do
	remotely "$TMP/far.tape"
	tr '\n' ' ' <"$TMP/far.err" | grep -qE 'connection of 127.0.0.1 port [0-9]+ and 127.0.0.1 port '"$port"' carries this tape and is left out' ||
		{ echo "nothing was said:"; cat "$TMP/far.err"; exit 1; }
	expect 0 "$TCPTAPE" verify "$TMP/far.tape"
	expect 0 "$TCPTAPE" info "$TMP/far.tape" -f json
	jq -e '.complete and .lost_total == 0 and (.filters | tostring | test("not what carries this tape"))' "$TMP/out" >/dev/null ||
		{ cat "$TMP/out"; exit 1; }
	expect 0 "$TCPTAPE" conns "$TMP/far.tape" --port "$(cat "$TMP/port")" -f json
	jq -es 'any(.[]; .comm == "hello_client" and .end == "fin")' "$TMP/out" >/dev/null ||
		{ echo "the connection is missing:"; cat "$TMP/out"; exit 1; }
	# Only the listener's snapshot is left of sshd's port.
	n=$(of_ssh "$TMP/far.tape")
	[ "$n" -le 2 ] || { echo "$n events of the own connection:"; head "$TMP/out"; exit 1; }
done

remotely "$TMP/all.tape" --include-own -q
[ ! -s "$TMP/far.err" ] || { echo "-q is not quiet:"; cat "$TMP/far.err"; exit 1; }
n=$(of_ssh "$TMP/all.tape")
[ "$n" -gt 20 ] || { echo "--include-own: only $n events"; exit 1; }
# To a file there is no echo, and nothing is left out.
far "'$TCPTAPE_RECORD' --dry-run -o '$TMP/x.tape'" >"$TMP/plan"
if grep '^left out' "$TMP/plan"; then exit 1; fi
far "'$TCPTAPE_RECORD' --dry-run -o -" >"$TMP/plan"
grep -q '^left out *the connection of 127.0.0.1' "$TMP/plan" || { cat "$TMP/plan"; exit 1; }
