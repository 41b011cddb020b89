#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# Every header compiles alone.
set -u
CC=${CC:-gcc}
CLANG=${CLANG:-clang}
warn='-Wall -Wextra -Wstrict-prototypes -Werror -fsyntax-only'
wrong=0

compile() {
	header=$1
	shift
	printf '#include "%s"\n' "$header" | "$@" $warn -I. -x c - || { echo "$header does not compile alone"; wrong=1; }
}

for h in format/*.h analyze/*.h tests/format/*.h tests/analyze/*.h; do
	[ ! -f "$h" ] || compile "$h" $CC -std=c11 -D_POSIX_C_SOURCE=200809L
done
for h in record/*.h tests/record/*.h testdata/*/*.h bpf/wire.h; do
	[ ! -f "$h" ] || compile "$h" $CC -std=c11 -D_GNU_SOURCE
done
if command -v "$CLANG" >/dev/null; then
	for h in bpf/*.h; do
		[ ! -f "$h" ] || compile "$h" "$CLANG" -target bpf -D__TARGET_ARCH_x86 -O2 -g -Wno-unused-function \
			-idirafter "/usr/include/$(uname -m)-linux-gnu"
	done
fi
exit $wrong
