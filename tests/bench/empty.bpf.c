/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* empty.bpf.c -- the cost below which no BPF program gets: attached, called, and back. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

SEC("raw_tp")
int empty(void *ctx)
{
	(void)ctx;
	return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
