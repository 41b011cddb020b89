# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# A connection older than the recorder: what is not known is said to be so.
tape=testdata/good-existing.tape
for command in conns states timeline exchanges verify; do
	"$TCPTAPE" $command $tape || exit
done
"$TCPTAPE" conns $tape -f json
