#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# `make bench`: see docs/BENCHMARKS.md. ONLY_PART="costs probes sizes columns decode encode part views memory hostile endure" chooses parts.
# ROUNDS of each; ONLY="tcptape perf" leaves tracers out of costs, probes and sizes; COUNT connections a run of costs (10000) and probes (20000);
# TOP columns that are listed (30); EVENTS on the long tape of decode, part and views (50000000) and of memory (20000000), and that encode writes (400000);
# LOAD="churn http" chooses loads of sizes, costs and probes;
# SECONDS_EACH of endure (60); sizes
# leaves its tapes in $B/bench/ for the other parts; they look at TAPE ($B/bench/churn.tape).
set -eu
cd "$(dirname "$0")/../.."
B=${B:-build}
CC=${CC:-gcc}
CLANG=${CLANG:-clang}
ONLY_PART=${ONLY_PART:-sizes columns decode encode part views memory costs probes hostile endure}
PATH=$PATH:/usr/sbin:/sbin
[ "$(id -u)" -eq 0 ] || { echo "bench: recording needs root" >&2; exit 1; }
[ -e /sys/kernel/btf/vmlinux ] || { echo "bench: this kernel has no BTF" >&2; exit 1; }
command -v python3 >/dev/null || { echo "bench: python3 is not installed" >&2; exit 1; }
export B PYTHONDONTWRITEBYTECODE=1
mkdir -p "$B/bench"

empty() {
	$CLANG -O2 -g -target bpf -idirafter "/usr/include/$(uname -m)-linux-gnu" \
		-c tests/bench/empty.bpf.c -o "$B/bench/empty.bpf.o"
	# shellcheck disable=SC2046
	$CC -std=gnu11 -O2 -Wall -Wextra tests/bench/empty_load.c -o "$B/bench/empty_load" \
		$(pkg-config --libs libbpf 2>/dev/null || echo -lbpf -lelf -lz)
}

costs() {
	empty
	python3 tests/bench/costs.py
}

probes() {
	empty
	python3 tests/bench/probes.py
}

sizes() {
	python3 tests/bench/sizes.py
}

# TAPE: which one the other parts look at.
TAPE=${TAPE:-$B/bench/churn.tape}
tape() {
	[ -e "$TAPE" ] || { echo "bench: there is no $TAPE: make bench ONLY_PART=sizes records it" >&2; exit 1; }
	echo "$TAPE, $(stat -c %s "$TAPE") bytes"
}

columns() {
	tape
	"$B/tests/bench/columns" "$TAPE" "${TOP:-30}"
}

decode() {
	tape
	python3 tests/bench/speed.py "$TAPE"
}

encode() {
	tape
	taskset -c "$(($(nproc) - 1))" "$B/tests/bench/encode" "$TAPE" "${EVENTS:-400000}" "${ROUNDS:-21}"
}

part() {
	tape
	python3 tests/bench/part.py "$TAPE"
}

views() {
	tape
	python3 tests/bench/views.py "$TAPE"
}

memory() {
	tape
	python3 tests/bench/memory.py "$TAPE" "$B/bench"
}

hostile() {
	python3 tests/bench/hostile.py "$B/bench"
}

endure() {
	python3 tests/bench/endure.py
}

for part in $ONLY_PART; do
	case $part in
	costs | probes | sizes | columns | decode | encode | part | views | memory | hostile | endure) printf '\n== %s\n' "$part"; "$part" ;;
	*) echo "bench: no part '$part'" >&2; exit 2 ;;
	esac
done
