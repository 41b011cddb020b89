# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# Every event of the hello exchange again, as text and as JSON; a pipe is as good as a file.
tape=testdata/hello.tape
[ -f $tape ] || { echo "$tape does not exist"; exit 77; }
"$TCPTAPE" replay $tape && "$TCPTAPE" replay $tape -f json
"$TCPTAPE" replay $tape -f json >"$TMP/file"
cat $tape | "$TCPTAPE" replay - -f json | cmp - "$TMP/file" && echo "the same from a pipe"
"$TCPTAPE" replay $tape -e 'sock:*,!sk_data_ready' --since 1ms -f csv | cut -d, -f1-7
"$TCPTAPE" replay $tape --port 1
