#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# The layout of .clang-format, in the version it was written for: others lay out differently.
set -u
for tool in clang-format-14 clang-format; do
	command -v $tool >/dev/null && $tool --version | grep -q 'version 14\.' || continue
	wrong=
	for f in $(find bpf format record analyze tests testdata -name '*.[ch]' | sort); do
		$tool --dry-run -Werror "$f" 2>/dev/null || wrong="$wrong $f"
	done
	[ -n "$wrong" ] || exit 0
	echo "run: $tool -i$wrong"
	exit 1
done
echo "clang-format 14 is not installed"
exit 77
