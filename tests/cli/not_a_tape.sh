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
# A name too long to be told in full does not hide what is wrong.
"$TCPTAPE" info "$(printf '%0300d' 7)" 2>&1
echo "exit $?"
# What never ends is no tape either. In a file recover finds one however much lies before it.
{ head -c 67400000 /dev/zero; cat testdata/hello.tape; } >"$TMP/far" || exit 1
for command in info conns "replay --follow" verify "recover -o $TMP/copy"; do
	for file in /dev/zero "$TMP/far"; do
		timeout 60 "$TCPTAPE" $command "$file" 2>&1
		echo "exit $?"
	done
done
"$TCPTAPE" conns --count-by role "$TMP/copy"
cat "$TMP/far" | "$TCPTAPE" recover - -o "$TMP/none" 2>&1
echo "exit $?"
[ ! -e "$TMP/none" ] || echo "a file was left behind"
# Nor need a pipe end that begins as a tape and goes on as none.
for command in conns verify "recover -o $TMP/part"; do
	{ cat testdata/hello.tape; cat /dev/zero 2>/dev/null; } | {
		timeout 60 "$TCPTAPE" $command - 2>&1
		echo "exit $?"
	}
done
