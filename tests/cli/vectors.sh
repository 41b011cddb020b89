# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# The conformance vectors: replay -f canonical, verify and tests/format/reader.py make of each tape what
# testdata/vectors/ says, and tests/format/vectors.py makes the same files anew.
dir=testdata/vectors
while read -r name status meaning; do
	tape=$dir/$name.tape
	echo "$name" >>"$TMP/listed"
	"$TCPTAPE" replay -f canonical "$tape" >"$TMP/text" 2>"$TMP/remarks"
	found=$?
	[ $found -eq "$status" ] || echo "$name ($meaning): replay ends with $found, not $status: $(cat "$TMP/remarks")"
	[ "$status" = 4 ] || cmp -s "$TMP/text" "$dir/$name.canonical" || {
		echo "$name ($meaning): replay tells otherwise"
		diff "$dir/$name.canonical" "$TMP/text" | head -n 10
	}
	"$TCPTAPE" verify "$tape" >"$TMP/text" 2>"$TMP/remarks"
	found=$?
	# Nothing of it can be replayed, and yet verify has blocks of a tape to tell about.
	[ $name != flip_section_header_alone ] || status=3
	[ $found -eq "$status" ] || echo "$name ($meaning): verify ends with $found, not $status: $(cat "$TMP/remarks")"
done <$dir/expected
for tape in $dir/*.tape; do
	basename "$tape" .tape
done | sort >"$TMP/tapes"
sort "$TMP/listed" | diff - "$TMP/tapes"
[ "$(wc -l <"$TMP/tapes")" -gt 250 ] || echo "vectors are missing"

command -v python3 >/dev/null || { echo "python3 is not installed"; exit 77; }
python3 -B tests/format/vectors.py "$TMP/vectors" 2>&1
rc=$?
[ $rc -ne 77 ] || { echo "nothing is installed to decompress zstd with"; exit 77; }
[ $rc -eq 0 ] || echo "vectors.py ends with $rc"
diff -r $dir "$TMP/vectors"
exit 0
