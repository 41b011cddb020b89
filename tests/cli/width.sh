# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# Text fits into 100 columns, whatever it tells of; replay's lines are one an event, however long.
for tape in testdata/*.tape; do
	case $tape in */bad-empty* | */bad-text* | */unsupported*) continue ;; esac
	for command in info conns 'conns --budget' states timeline exchanges drops retransmits resets rtt top cwnd verify; do
		# shellcheck disable=SC2086
		"$TCPTAPE" $command "$tape" 2>/dev/null | LC_ALL=C.UTF-8 sed -nE "s|^.{101}.*|$command $tape: &|p"
	done
done
echo done
