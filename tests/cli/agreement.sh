# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# All commands tell the same of every tape that can be read.
command -v python3 >/dev/null || { echo "python3 is not installed"; exit 77; }
tapes=
for tape in testdata/*.tape; do
	"$TCPTAPE" info "$tape" >"$TMP/info" 2>&1
	[ $? -eq 4 ] || tapes="$tapes $tape"
done
python3 tests/cli/agreement.py "$TCPTAPE" $tapes && echo "$tapes" | tr ' ' '\n' | sed 's|testdata/|compared |'
