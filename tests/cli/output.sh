# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# A reader that goes away is quiet; an output that is full is an error; several tapes are told apart.
tape=testdata/hello.tape
[ -f $tape ] || { echo "$tape does not exist"; exit 77; }
{ "$TCPTAPE" replay $tape $tape $tape $tape -f json; echo "exit $?" >&2; } 2>"$TMP/err" | head -n 1 >/dev/null
grep exit "$TMP/err"
if [ -c /dev/full ]; then
	"$TCPTAPE" replay $tape >/dev/full 2>"$TMP/err"
	echo "exit $?"
	tail -n 1 "$TMP/err"
	for words in --help --version "conns --help" "completion zsh"; do
		"$TCPTAPE" $words 2>&1 >/dev/full
		echo "exit $?"
	done
fi
"$TCPTAPE" completion zsh | head -n 1 >/dev/null
cp $tape "$TMP/a.tape"
cp $tape "$TMP/b.tape"
cd "$TMP" || exit 1
"$TCPTAPE" info a.tape b.tape -f json 2>/dev/null | cut -d, -f1,2
"$TCPTAPE" info a.tape b.tape 2>/dev/null | grep '\.tape$'
"$TCPTAPE" states a.tape b.tape -f csv 2>/dev/null | grep -c ^tape,
"$TCPTAPE" info - -f csv <a.tape 2>/dev/null | wc -l | tr -d ' '
cat a.tape b.tape >ab.tape
"$TCPTAPE" info ab.tape -f json 2>/dev/null | grep -c '"complete":true'
head -c 2000 a.tape >cut.tape
"$TCPTAPE" info cut.tape >/dev/null 2>err
echo "exit $?"
grep -c 'cut short' err
# A stream that is closed is no other file.
"$TCPTAPE" recover a.tape -o closed.tape <&- >&- 2>&-
"$TCPTAPE" verify closed.tape | tail -n 1
"$TCPTAPE" conns - <&- 2>&1
"$TCPTAPE" recover a.tape -o - 2>&1 >&-
echo "exit $?"
