/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * held.h -- records of connections that are undecided. At CLOSE -> SYN_SENT there is no
 * local port, and before 6.15 a child has no peer at LISTEN -> SYN_RECV: the record waits
 * for what is missing, microseconds as a rule. Part of typed.bpf.c.
 */
#ifndef BPF_HELD_H
#define BPF_HELD_H

#include "bpf/emit.h"
#include "bpf/select_learn.h"

/* The first record of a connection that is undecided, by socket. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__type(key, __u64);
	__type(value, struct wire_set_state);
	__uint(max_entries, 4096);
} held SEC(".maps");

/* Connections that were opened, by enum select_fit: those that fit, and the others. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__type(key, __u32);
	__type(value, __u64);
	__uint(max_entries, SELECT_YES + 1);
} opened SEC(".maps");

static __always_inline void count_opened(enum select_fit fit)
{
	__u32 key = fit;
	__u64 *count = bpf_map_lookup_elem(&opened, &key);

	if (count)
		++*count;
}

/* Hold it back until more is known. */
static __always_inline void hold_back(const struct sock *sk, const struct wire_set_state *r)
{
	__u64 key = (__u64)sk;

	bpf_map_update_elem(&held, &key, r, BPF_ANY);
}

/* It was decided: send it after all, or not. */
static __always_inline void let_go(const struct sock *sk, enum select_fit fit)
{
	__u64 key = (__u64)sk;
	struct wire_set_state *r;

	if (!(select_kinds() & SELECT_BY_HEADERS) || fit == SELECT_MAYBE)
		return;
	r = bpf_map_lookup_elem(&held, &key);
	if (!r)
		return;
	if (fit == SELECT_YES && is_wanted(WIRE_INET_SOCK_SET_STATE) &&
	    bpf_ringbuf_output(&ring, r, sizeof(*r),
			       ring_flags(&ring, r->head.ts_ns, wakeup_bytes)))
		emit_missed(WIRE_INET_SOCK_SET_STATE, false);
	bpf_map_delete_elem(&held, &key);
}

/* It is none of ours; nothing is known of it any longer. */
OUT_OF_LINE int drop_held(const struct sock *sk)
{
	__u64 key = (__u64)sk;

	if (!is_sock_marked(sk))
		return 0;
	bpf_map_delete_elem(&held, &key);
	bpf_map_delete_elem(&chosen, &key);
	return 0;
}

/* A change of state of a socket whose ports are not chosen: it may have been undecided until now. */
static __always_inline int pass_alien(const struct sock *sk, int oldstate, int newstate)
{
	if (newstate == TCP_ESTABLISHED)
		count_opened(SELECT_NO);
	if (newstate == TCP_SYN_SENT || oldstate == TCP_SYN_RECV ||
	    (oldstate == TCP_SYN_SENT && is_local_port_possible(sk)))
		drop_held(sk);
	return 0;
}

/* Its last event: what was undecided until now was not chosen. The packets that still come are
 * those of TIME_WAIT. */
OUT_OF_LINE int select_end(const struct sock *sk)
{
	__u32 *fit = find_chosen(sk);
	struct select_tuple t = {};

	if (!fit)
		return 0;
	if (is_remembering() && *fit == SELECT_YES) {
		fill_tuple(&t, sk);
		if (t.port[0] && t.port[1])
			keep_flow(&t, bpf_ktime_get_ns() + FLOW_LINGERS);
	}
	return drop_held(sk);
}

/* The port is known when the SYN leaves, and the SYN shall be recorded, too. */
OUT_OF_LINE int learn_port(const struct sock *sk)
{
	__u32 *before = find_chosen(sk);
	struct select_tuple t = {};
	enum select_fit fit;

	if (!before)
		return 0;
	fill_tuple(&t, sk);
	fit = *before == SELECT_MAYBE ? tuple_fits(&t) : SELECT_YES;
	if (fit == SELECT_NO)
		forget(sk, &t);
	else
		remember(sk, &t, false, fit);
	let_go(sk, fit);
	return 0;
}

/* Of all packets that leave. */
SEC("tp_btf/net_dev_queue")
int BPF_PROG(select_leaving, const struct sk_buff *skb)
{
	const struct sock *sk = skb->sk;

	if (!sk || sk->__sk_common.skc_state != TCP_SYN_SENT || !is_tcp(sk))
		return 0;
	return learn_port(sk);
}

#endif
