# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# Every tape of testdata/ is as sound as its name says, and README.md has a word on it.
for tape in testdata/*.tape; do
	"$TCPTAPE" verify "$tape" >"$TMP/out" 2>&1
	status=$?
	case ${tape#testdata/}:$status in
	hello.tape:0 | good-*:0 | bad-*:[34] | unsupported-*:4) ;;
	*) echo "$tape: verify ended with $status:"; cat "$TMP/out" ;;
	esac
	grep -qF "${tape#testdata/}" testdata/README.md || echo "$tape is not in testdata/README.md"
done
for tape in $(grep -o '[a-z0-9_-][a-z0-9_-]*\.tape' testdata/README.md); do
	[ -f "testdata/$tape" ] || echo "testdata/README.md speaks of $tape, which is not there"
done
echo checked
