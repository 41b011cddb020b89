# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# The command line of recover, its streams, and outputs that are refused.
tape=testdata/hello.tape
try() {
	echo "\$ tcptape recover $*"
	"$TCPTAPE" recover "$@" 2>&1
	echo "exit $?"
}
"$TCPTAPE" recover --help
try
try $tape
try -o "$TMP/a.tape"
try $tape $tape -o "$TMP/a.tape"
try $tape -o "$TMP/a.tape" --port 80
try "$TMP/none.tape" -o "$TMP/a.tape"
try $tape -o "$TMP/none/a.tape"
try $tape -o "$TMP/a.tape"
try $tape -o "$TMP/a.tape"
try $tape -o "$TMP/a.tape" --force
try $tape -o "$TMP"
try $tape -o "$TMP" --force
try "$TMP/a.tape" -o "$TMP/a.tape" --force
ln "$TMP/a.tape" "$TMP/b.tape"
try "$TMP/a.tape" --output="$TMP/b.tape" --force
"$TCPTAPE" verify "$TMP/a.tape" | tail -n 1
# Through pipes, the same bytes come out but for the name.
"$TCPTAPE" recover - -o - <"$TMP/a.tape" >"$TMP/piped.tape"
echo "exit $?"
"$TCPTAPE" recover - -o - <"$TMP/a.tape" 2>/dev/null | "$TCPTAPE" replay - -f canonical | grep -c '^event '
"$TCPTAPE" replay "$TMP/piped.tape" -f canonical | grep '^fact recovered'
if [ -c /dev/full ]; then
	"$TCPTAPE" recover $tape -o - >/dev/full
	echo "exit $?"
fi
