# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# --max-memory holds, and without memory no answer is wrong: see max_memory.py.
command -v python3 >/dev/null || { echo "python3 is not installed"; exit 77; }
[ "$(uname)" = Linux ] || { echo "memory is limited in another way here"; exit 77; }
[ -z "${RUNNER:-}" ] || { echo "emulators of programs take no limits"; exit 77; }
if grep -q __asan_init "$TCPTAPE"; then
	echo "a sanitizer reserves terabytes: there is no limit"
	exit 77
fi
"$TCPTAPE" info testdata/hello.tape --max-memory 512K 2>&1
echo "exit $?"
"$TCPTAPE" info testdata/hello.tape --max-memory 1M 2>&1
echo "exit $?"
"$TCPTAPE" verify testdata/hello.tape testdata/good-two.tape --max-memory 1024K 2>&1
echo "exit $?"
"$TCPTAPE" recover testdata/hello.tape -o "$TMP/new.tape" --max-memory 1M 2>&1
echo "exit $?"
# A limit of the shell is not taken for this one.
(ulimit -v 8000 && "$TCPTAPE" info testdata/hello.tape 2>&1 | grep -c max-memory)
shim=$TMP/fail_malloc.so
${CC:-cc} -shared -fPIC -o "$shim" tests/cli/fail_malloc.c 2>/dev/null || shim=
mkdir "$TMP/hostile" && python3 tests/cli/hostile_tapes.py "$TMP/hostile" || exit 1
python3 tests/cli/max_memory.py "$TCPTAPE" "$shim" "$TMP/hostile"
