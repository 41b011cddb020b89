# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# The canonical text of every readable tape of testdata/ is also what another reader makes of it, one that was
# written from docs/FORMAT.md (tests/format/reader.py).
command -v python3 >/dev/null || { echo "python3 is not installed"; exit 77; }
for tape in testdata/*.tape; do
	"$TCPTAPE" verify "$tape" >"$TMP/verified" 2>&1
	verified=$?
	case $verified in
	0 | 3) ;;
	*) continue ;;
	esac
	"$TCPTAPE" replay -f canonical "$tape" >"$TMP/ours" 2>"$TMP/remarks"
	ours=$?
	python3 tests/format/reader.py "$tape" >"$TMP/theirs" 2>&1
	theirs=$?
	[ $theirs -ne 77 ] || { cat "$TMP/theirs"; exit 77; }
	[ "$verified $ours $theirs" = "$verified $verified $verified" ] ||
		echo "$tape: verify ends with $verified, replay with $ours, reader.py with $theirs"
	cmp "$TMP/ours" "$TMP/theirs" || diff "$TMP/ours" "$TMP/theirs" | head -n 20
	echo "$tape" >>"$TMP/compared"
done
for tape in hello good-two bad-flipped; do
	grep -q "testdata/$tape.tape" "$TMP/compared" || echo "$tape was not compared"
done
"$TCPTAPE" replay -f canonical - <testdata/hello.tape | head -n 2
"$TCPTAPE" replay -f canonical testdata/hello.tape --port 1 2>&1 >/dev/null
"$TCPTAPE" conns -f canonical testdata/hello.tape 2>&1
echo "exit $?"
