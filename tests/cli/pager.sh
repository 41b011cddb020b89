# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# On a terminal an answer is paged and coloured, unless it should not be.
command -v python3 >/dev/null || { echo "python3 is not installed"; exit 77; }
[ -z "${RUNNER:-}" ] || { echo "a program cannot be run here without its emulator"; exit 77; }
tape=testdata/hello.tape
[ -f $tape ] || { echo "$tape does not exist"; exit 77; }
python3 tests/cli/pager.py "$TCPTAPE" $tape
PAGER="sed s/^/paged:/" "$TCPTAPE" conns $tape | grep paged: || echo "without a terminal no pager"
