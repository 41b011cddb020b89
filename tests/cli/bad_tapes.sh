# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# Tapes that are damaged, that are none, or that need a newer program: what can be shown is shown.
for tape in testdata/bad-*.tape testdata/unsupported-*.tape; do
	for command in conns verify; do
		"$TCPTAPE" $command "$tape" 2>&1
		echo "$command: exit $?"
	done
done
