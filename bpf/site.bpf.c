/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * site.bpf.c -- sk_data_ready's `ip` is the address that a probe returns to, which only the kernel's own probe
 * is given. It lies at one distance from the context of a typed program, as the functions between are compiled:
 * one program shows what lies around its context, the other what `ip` is at that moment.
 */
#include "bpf/kernel.h"
#include "bpf/wire.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

/* The thread that makes the event; where the entry has `ip`. */
const volatile __u32 site_tid;
const volatile __u32 site_ip;

__u64 site_words[WIRE_SITE_WORDS]; /* around the context, from WIRE_SITE_BELOW words below it */
__u64 site_address;

static __always_inline bool is_asked_for(void)
{
	return (__u32)bpf_get_current_pid_tgid() == site_tid;
}

SEC("tp_btf/sk_data_ready")
int BPF_PROG(see_stack)
{
	if (is_asked_for())
		bpf_probe_read_kernel(site_words, sizeof(site_words), ctx - WIRE_SITE_BELOW);
	return 0;
}

SEC("tp/sock/sk_data_ready")
int see_entry(void *ctx)
{
	if (is_asked_for())
		bpf_probe_read_kernel(&site_address, sizeof(site_address), ctx + site_ip);
	return OTHERS_SEE_IT;
}
