# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# A sound tape, one with a flipped byte, one that was cut, and one that begins with something else.
tape=testdata/hello.tape
[ -f $tape ] || { echo "$tape does not exist"; exit 77; }
size=$(wc -c <$tape)
check() {
	"$TCPTAPE" verify "$TMP/$1" -f json 2>&1 | sed "s/\"offset\":[0-9]*,\"bytes\":[0-9]*/\"offset\":N,\"bytes\":N/"
	"$TCPTAPE" verify "$TMP/$1" >/dev/null 2>&1
	echo "exit $?"
}
cp $tape "$TMP/sound"
check sound
cp $tape "$TMP/flipped"
printf '\252\125\252' | dd of="$TMP/flipped" bs=1 seek=$((size / 2)) conv=notrunc 2>/dev/null
check flipped | grep -c -e damaged -e 'exit 3'
head -c $((size - 20)) $tape >"$TMP/cut"
check cut | grep -e '"state":"cut"' -e '^exit'
{ echo "something else"; cat $tape; } >"$TMP/late"
check late | grep -e no.tape.block -e '^exit'
# Sound blocks without any SECTION block: a table, but nothing that another command could answer from.
cp $tape "$TMP/headless"
printf '\252' | dd of="$TMP/headless" bs=1 seek=50 conv=notrunc 2>/dev/null
check headless | sed "s|$TMP|TMP|" | grep -v '"state":"damaged","reason":"a block of a section'
"$TCPTAPE" replay "$TMP/headless" >/dev/null 2>&1
echo "replay: exit $?"
"$TCPTAPE" verify - <"$TMP/headless" >/dev/null 2>&1
echo "pipe: exit $?"
head -c 110 $tape >"$TMP/begun"
for command in 'verify' 'replay'; do
	"$TCPTAPE" $command "$TMP/begun" >/dev/null 2>&1
	echo "$command of a recording that only begins: exit $?"
	cat "$TMP/begun" | "$TCPTAPE" $command - >/dev/null 2>&1
	echo "$command of it through a pipe: exit $?"
done
