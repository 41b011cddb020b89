# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# Events were lost: how many and when is said, and what is told of connections is marked; 3 only if asked for.
tape=testdata/good-loss.tape
for command in info verify conns; do
	"$TCPTAPE" $command $tape 2>&1 || exit
done
"$TCPTAPE" timeline $tape --conn 20 2>/dev/null
"$TCPTAPE" exchanges $tape --fail-on-loss 2>/dev/null | tail -n 3
"$TCPTAPE" info $tape --fail-on-loss >/dev/null 2>&1
echo "exit $?"
