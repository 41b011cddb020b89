# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# The conformance vectors: replay -f canonical, verify and tests/format/reader.py make of each tape what
# testdata/vectors/ says, and tests/format/vectors.py makes the same files anew.
kept=testdata/vectors

check() { # DIRECTORY STATUS NAME MEANING
	tape=$1/$3.tape
	"$TCPTAPE" replay -f canonical "$tape" >"$TMP/text" 2>"$TMP/remarks"
	found=$?
	[ $found -eq "$2" ] || echo "$3 ($4): replay ends with $found, not $2: $(cat "$TMP/remarks")"
	[ "$2" = 4 ] || cmp -s "$TMP/text" "$1/$3.canonical" || {
		echo "$3 ($4): replay tells otherwise"
		diff "$1/$3.canonical" "$TMP/text" | cut -c 1-200 | head -n 10
	}
	"$TCPTAPE" verify "$tape" >"$TMP/text" 2>"$TMP/remarks"
	found=$?
	[ $found -eq "$2" ] || echo "$3 ($4): verify ends with $found, not $2: $(cat "$TMP/remarks")"
}

while read -r name status meaning; do
	echo "$name" >>"$TMP/listed"
	check $kept "$status" "$name" "$meaning"
done <$kept/expected
for tape in $kept/*.tape; do
	basename "$tape" .tape
done | sort >"$TMP/tapes"
sort "$TMP/listed" | diff - "$TMP/tapes"
[ "$(wc -l <"$TMP/tapes")" -gt 330 ] || echo "vectors are missing"

command -v python3 >/dev/null || { echo "python3 is not installed"; exit 77; }
python3 -B tests/format/vectors.py "$TMP/vectors" 2>&1
rc=$?
[ $rc -ne 77 ] || { echo "nothing is installed to decompress zstd with"; exit 77; }
[ $rc -eq 0 ] || echo "vectors.py ends with $rc"
diff -r $kept "$TMP/vectors"
python3 -B tests/format/vectors.py --large "$TMP/large" 2>&1 || echo "vectors.py --large ends with $?"
[ "$(wc -l <"$TMP/large/expected")" -eq 13 ] || echo "large vectors are missing"
while read -r name status meaning; do
	check "$TMP/large" "$status" "$name" "$meaning"
done <"$TMP/large/expected"
exit 0
