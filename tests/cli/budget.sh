# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# Where the time went, for people; and the items of every connection of every tape add up to its duration.
for tape in hello good-existing good-half_close good-unread good-linux_5_10; do
	echo "$tape:"
	"$TCPTAPE" conns testdata/$tape.tape --budget || exit
done
"$TCPTAPE" conns testdata/hello.tape --budget -f json
"$TCPTAPE" conns testdata/hello.tape --budget --role server -f csv
for tape in testdata/*.tape testdata/vectors/*.tape; do
	"$TCPTAPE" conns "$tape" --budget -f json 2>/dev/null
done | python3 -c '
import json, sys
count = wrong = 0
for line in sys.stdin:
    row = json.loads(line)
    items = [value for key, value in row.items() if key.endswith("_ns") and key != "duration_ns"]
    count += 1
    wrong += len(items) != 13 or min(items) < 0 or sum(items) != row["duration_ns"]
print(wrong, "wrong, many right:", count > 400)'
