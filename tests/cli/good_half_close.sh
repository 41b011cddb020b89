# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# The client ends its direction, and is answered all the same.
tape=testdata/good-half_close.tape
for command in conns states timeline exchanges verify; do
	"$TCPTAPE" $command $tape || exit
done
