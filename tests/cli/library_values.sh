# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# The library tells the same events, fields and values as replay, loaded by a program that is not C.
lib=$B/libtcptape.so
command -v python3 >/dev/null || { echo "no python3"; exit 77; }
[ -f "$lib" ] || { echo "no $lib: make lib"; exit 77; }
! nm "$lib" | grep -q ' U __asan_init' || { echo "python3 cannot load a library with a sanitizer"; exit 77; }
for tape in testdata/hello.tape testdata/good-*.tape testdata/bad-cut.tape testdata/bad-flipped.tape; do
	"$TCPTAPE" replay -f json "$tape" 2>/dev/null >"$TMP/replay"
	printf '%s: ' "$tape"
	python3 tests/cli/library_values.py "$lib" "$tape" <"$TMP/replay" 2>&1
done
