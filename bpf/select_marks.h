/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * select_marks.h -- what may be in the maps of a selection. Most traffic was not chosen: one byte that
 * is not set says so, without a look-up. A byte that is set, and is never cleared, says that
 * the maps must be asked: by hash, so others may have set it.
 */
#ifndef BPF_SELECT_MARKS_H
#define BPF_SELECT_MARKS_H

#include "bpf/kernel_compat.h"

/* Few pages: they are read at each event. */
enum { MARKS = 16384 };

/* By the address of a socket, in `chosen`; by both ports, in `flows`; by one port, in `listeners`. Set before the
 * entry is made. Shared with the iterators. */
volatile __u8 marked_socks[MARKS] SEC(".data.marks");
volatile __u8 marked_ports[MARKS] SEC(".data.marks");

/* Sockets are 64-byte aligned. Verifiers refuse to calculate with a pointer, but let half of it be copied
 * as a number. */
static __always_inline __u32 sock_mark(const void *sk)
{
	__u64 low;
	__u32 h;

	asm volatile("r0 = %1; w0 = w0; %0 = r0" : "=r"(low) : "r"(sk) : "r0");
	h = (__u32)(low >> 6) * 0x9e3779b1u >> 16;
	barrier_var(h);
	return h & (MARKS - 1);
}

/* The same in both directions. A port alone is a pair with 0. */
static __always_inline __u32 ports_mark(__u16 a, __u16 b)
{
	__u32 h = a ^ b;

	barrier_var(h);
	return h & (MARKS - 1);
}

static __always_inline bool is_sock_marked(const void *sk)
{
	return marked_socks[sock_mark(sk)];
}

static __always_inline void mark_sock(const void *sk)
{
	marked_socks[sock_mark(sk)] = 1;
}

static __always_inline bool are_ports_marked(__u16 a, __u16 b)
{
	return marked_ports[ports_mark(a, b)];
}

static __always_inline void mark_ports(__u16 a, __u16 b)
{
	marked_ports[ports_mark(a, b)] = 1;
}

#endif
