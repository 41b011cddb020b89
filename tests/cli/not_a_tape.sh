# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# Files that are no tapes: one sentence, 4; what cannot be read at all: 1.
: >"$TMP/empty"
echo 'host = laptop' >"$TMP/notes.txt"
mkdir "$TMP/folder"
printf 'tape' >"$TMP/short"
for command in info replay conns states exchanges drops retransmits resets verify; do
	for file in empty notes.txt short folder missing; do
		"$TCPTAPE" $command "$TMP/$file" 2>&1
		echo "$command $file: exit $?"
	done
done
"$TCPTAPE" info - </dev/null 2>&1
echo "exit $?"
"$TCPTAPE" info "$TMP/missing" "$TMP/empty" 2>&1
echo "exit $?"
