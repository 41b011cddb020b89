#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# What a tape must survive, campaign by campaign, a line of counts each: recorders killed, files cut off by a
# power cut, full disks (as root), tapes cut at every byte and with flipped bits.
#   QUICK=1   about a minute instead of hours;  SEED=n   the same dice again;  ONLY='kill disk ...'
# From the environment: B TCPTAPE TCPTAPE_RECORD TMP as in tests/run; DAMAGE, a sanitizer build of tests/torture/damage.
set -eu
cd "$(dirname "$0")/../.."
: "${B:?}" "${TCPTAPE:?}" "${TCPTAPE_RECORD:?}" "${TMP:?}"
case $B in /*) ;; *) export B=$PWD/$B ;; esac
export PYTHONDONTWRITEBYTECODE=1
DAMAGE=${DAMAGE:-$B/tests/torture/damage}
SEED=${SEED:-$RANDOM$RANDOM}
export SEED
if [ "${QUICK:-0}" = 1 ]; then
	kills=8 copies=30 disks=1 step=61 flips=600
else
	kills=1000 copies=1000 disks=8 step=1 flips=10000
fi
ONLY=${ONLY:-kill power disk cuts flips}
failed=0

wanted() {
	case " $ONLY " in *" $1 "*) ;; *) return 1 ;; esac
}

# campaign NAME COMMAND...
campaign() {
	local name=$1
	shift
	wanted "$name" || return 0
	"$@" </dev/null || { echo "$name: FAILED (SEED=$SEED)"; failed=1; }
}

# A second and a half of connections that are slow enough for several blocks in few bytes.
record_slow() {
	"$TCPTAPE_RECORD" -q -o "$TMP/slow.tape" -- bash -euc '
		"$B/hello_server" --port 0 --ready "$TMP/slow.port" --patience 20 --count 16 --delay-us 100000 --quiet &
		"$B/hello_client" --port-from "$TMP/slow.port" --count 16 --quiet
		wait'
}

tapes='testdata/hello.tape testdata/good-two.tape testdata/good-loss.tape'
if [ "$(id -u)" -eq 0 ]; then
	campaign kill python3 tests/torture/kill.py $kills
	campaign power python3 tests/torture/power.py $copies
	campaign disk python3 tests/torture/disk.py $disks
	record_slow
	tapes="$tapes $TMP/slow.tape"
else
	echo "killed recorders, power cuts and full disks: left out, recording needs root"
fi
# shellcheck disable=SC2086
campaign cuts "$DAMAGE" cuts $step $tapes
# shellcheck disable=SC2086
campaign flips "$DAMAGE" flips $flips "$SEED" $tapes
exit $failed
