# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# One question, one answer: for people, for programs, and where none was chosen.
tape=testdata/hello.tape
"$TCPTAPE" exchanges $tape && "$TCPTAPE" exchanges $tape -f json && "$TCPTAPE" exchanges $tape -f csv
"$TCPTAPE" exchanges $tape --port 9
for by in service peer conn; do "$TCPTAPE" exchanges testdata/good-syscalls.tape --by $by; done
"$TCPTAPE" exchanges testdata/good-churn.tape --by service
"$TCPTAPE" exchanges testdata/good-churn.tape --by service -f json
