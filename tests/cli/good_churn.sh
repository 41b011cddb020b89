# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# 200 connections one after the other: all of them, all alike.
tape=testdata/good-churn.tape
"$TCPTAPE" info $tape && "$TCPTAPE" verify $tape || exit
"$TCPTAPE" conns $tape | head -n 8
"$TCPTAPE" conns $tape -f csv | awk -F , 'NR > 1 { print $3, $14 + 0 }' | sort | uniq -c
"$TCPTAPE" exchanges $tape -f csv | cut -d , -f 3,5,8 | sort | uniq -c
"$TCPTAPE" timeline $tape 2>&1
echo "exit $?"
"$TCPTAPE" timeline $tape --conn 100 | head -n 6
