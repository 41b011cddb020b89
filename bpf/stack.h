/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * stack.h -- kernel stacks: kept in one table, each once; a record carries the slot.
 * The table is made only if some event asks for stacks.
 */
#ifndef BPF_STACK_H
#define BPF_STACK_H

#include "bpf/kernel.h"
#include "bpf/wire.h"

/* Frames may be fewer: set by record/ before loading. */
struct {
	__uint(type, BPF_MAP_TYPE_STACK_TRACE);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, WIRE_STACK_FRAMES * sizeof(__u64));
	__uint(max_entries, WIRE_STACK_SLOTS);
} stacks SEC(".maps");

enum { STACK_SLOT_TAKEN = -17 }; /* EEXIST */

static __always_inline __u16 stack_in(long slot)
{
	return slot < 0 ? WIRE_STACK_MISSING : slot + 1;
}

/* For wire_head.stack. All frames are compared, not hashes, and a slot is never given
 * to another stack: what cannot be kept is missing, not wrong. */
static __always_inline __u16 stack_number(void *ctx)
{
	return stack_in(bpf_get_stackid(ctx, &stacks, 0));
}

/* The stack of a raw tracepoint begins with our own program: without that frame, which
 * nobody wants to see, it has another slot. */
static __always_inline __u16 stack_number_raw(void *ctx)
{
	long slot = bpf_get_stackid(ctx, &stacks, 0);

	if (slot == STACK_SLOT_TAKEN)
		slot = bpf_get_stackid(ctx, &stacks, 1);
	return stack_in(slot);
}

/* Likewise for any other stack: its innermost frame, which the slot lacks, goes to
 * *first; else that is 0. */
static __always_inline __u16 stack_number_split(void *ctx, __u64 *first)
{
	long slot = bpf_get_stackid(ctx, &stacks, 0);
	__u64 frame = 0;

	if (slot == STACK_SLOT_TAKEN && bpf_get_stack(ctx, &frame, sizeof(frame), 0) > 0)
		slot = bpf_get_stackid(ctx, &stacks, 1);
	*first = frame;
	return stack_in(slot);
}

#endif
