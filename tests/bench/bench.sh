#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
# `make bench`: what recording costs, beside an empty BPF program, perf and trace-cmd, in one interleaved run.
# ROUNDS (7), COUNT connections a run (10000), ONLY="tcptape perf" to leave tracers out. See docs/BENCHMARKS.md.
set -eu
cd "$(dirname "$0")/../.."
B=${B:-build}
CC=${CC:-gcc}
CLANG=${CLANG:-clang}
PATH=$PATH:/usr/sbin:/sbin
[ "$(id -u)" -eq 0 ] || { echo "bench: recording needs root" >&2; exit 1; }
[ -e /sys/kernel/btf/vmlinux ] || { echo "bench: this kernel has no BTF" >&2; exit 1; }
command -v python3 >/dev/null || { echo "bench: python3 is not installed" >&2; exit 1; }

mkdir -p "$B/bench"
$CLANG -O2 -g -target bpf -idirafter "/usr/include/$(uname -m)-linux-gnu" -c tests/bench/empty.bpf.c -o "$B/bench/empty.bpf.o"
# shellcheck disable=SC2086
$CC -std=gnu11 -O2 -Wall -Wextra tests/bench/empty_load.c -o "$B/bench/empty_load" $(pkg-config --libs libbpf 2>/dev/null || echo -lbpf -lelf -lz)
export B PYTHONDONTWRITEBYTECODE=1
exec python3 tests/bench/bench.py
