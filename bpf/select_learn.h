/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * select_learn.h -- the moments at which it is decided whether a connection is recorded:
 *
 *	connect(), listen()	in the caller's own context: its task is the owner
 *	a child is born		it belongs to those of its listener
 *	send, receive		in the context of a task that may have been given it
 *	the snapshot		what existed before
 *
 * A connection that has no local port yet (CLOSE -> SYN_SENT) may be undecided: SELECT_MAYBE.
 */
#ifndef BPF_SELECT_LEARN_H
#define BPF_SELECT_LEARN_H

#include "bpf/select.h"

static __always_inline bool is_netns_chosen(__u32 netns)
{
	for (__u32 i = 0; i < WIRE_KIND_MAX; i++) {
		if (i >= selection.netns_count)
			break;
		if (selection.netns[i] == netns)
			return true;
	}
	return false;
}

static __always_inline bool is_in_cgroup(const void *sk)
{
	const struct cgroup *cgroup = sock_cgroup(sk);

	if (!cgroup)
		return false;
	for (int i = 0; i < WIRE_CGROUP_DEPTH; i++)
		if (is_cgroup_wanted(&selection.tasks, cgroup_ancestor(cgroup, i)))
			return true;
	return false;
}

static __always_inline __u32 netns_of(const void *sk)
{
	const struct sock_common *c = sk;

	if (!bpf_core_field_exists(c->skc_net.net))
		return 0;
	return BPF_CORE_READ(c, skc_net.net, ns.inum);
}

/* Where the socket was made. */
OUT_OF_LINE bool place_fits(const void *sk)
{
	if (select_kinds() & WIRE_BY_NETNS && !is_netns_chosen(netns_of(sk)))
		return false;
	return !(select_kinds() & WIRE_BY_CGROUP) || is_in_cgroup(sk);
}

/* One listener more, or less. */
static __always_inline void count_listener(const void *sk, __u16 port, int change)
{
	struct select_listener key = {.netns = netns_of(sk), .port = port};
	__u32 none = 0, *count;

	mark_ports(port, 0);
	bpf_map_update_elem(&listeners, &key, &none, BPF_NOEXIST);
	count = bpf_map_lookup_elem(&listeners, &key);
	if (count && (change > 0 || *count))
		__sync_fetch_and_add(count, change);
}

/* From now on it is known that way. */
static __always_inline void remember(const void *sk, const struct select_tuple *t, bool is_listener,
				     enum select_fit fit)
{
	__u64 key = (__u64)sk;
	__u32 value = fit;
	bool is_new;

	mark_sock(sk);
	is_new = !bpf_map_update_elem(&chosen, &key, &value, BPF_NOEXIST);
	if (!is_new)
		bpf_map_update_elem(&chosen, &key, &value, BPF_EXIST);
	if (!is_remembering() || fit != SELECT_YES)
		return;
	if (is_listener && is_new)
		count_listener(sk, t->port[0], 1);
	else if (t->port[0] && t->port[1])
		keep_flow(t, FLOW_LIVES);
}

/* Nothing was decided of it. */
static __always_inline void forget_sock(const void *sk)
{
	__u64 key = (__u64)sk;

	if (is_sock_marked(sk))
		bpf_map_delete_elem(&chosen, &key);
}

/* It is none of ours, whoever was at this address before. */
static __always_inline void forget(const void *sk, const struct select_tuple *t)
{
	__u64 key, *until;

	forget_sock(sk);
	if (!is_remembering() || !t->port[0] || !t->port[1] ||
	    !are_ports_marked(t->port[0], t->port[1]))
		return;
	key = flow_key(t);
	until = bpf_map_lookup_elem(&flows, &key);
	if (until && *until != FLOW_LIVES)
		bpf_map_delete_elem(&flows, &key);
}

static __always_inline bool is_tcp(const struct sock *sk)
{
	return is_inet(sk->__sk_common.skc_family) && sk->sk_protocol == IPPROTO_TCP;
}

/* What is known without addresses and ports. */
static __always_inline enum select_fit beginning_fits(const struct sock *sk,
						      const struct select_tuple *t, int oldstate,
						      int newstate)
{
	bool is_birth = oldstate == TCP_LISTEN && newstate == TCP_SYN_RECV;
	__u32 *before;

	if (!is_remembering())
		return SELECT_MAYBE;
	if (newstate == TCP_SYN_SENT || newstate == TCP_LISTEN)
		return place_fits(sk) && is_current_wanted(&selection.tasks) ? SELECT_MAYBE
									     : SELECT_NO;
	before = find_chosen(sk);
	if (before && !is_birth)
		return *before;
	if (!place_fits(sk))
		return SELECT_NO;
	if (!(select_kinds() & SELECT_BY_OWNER))
		return SELECT_MAYBE;
	return is_birth && is_listener_chosen(netns_of(sk), t->port[0]) ? SELECT_MAYBE : SELECT_NO;
}

/* Something new is learnt of who it is, or what its addresses are. */
static __always_inline bool is_beginning(int oldstate, int newstate)
{
	return newstate == TCP_SYN_SENT || newstate == TCP_LISTEN || newstate == TCP_ESTABLISHED ||
	       oldstate == TCP_LISTEN;
}

/* Decide at a change of state. */
OUT_OF_LINE enum select_fit decide_state(const struct sock *sk, int oldstate, int newstate)
{
	struct select_tuple t = {};
	enum select_fit fit;

	if (select_kinds() & SELECT_BY_OWNER && !is_beginning(oldstate, newstate) &&
	    !find_chosen(sk))
		return SELECT_NO;
	fill_tuple_of(&t, sk);
	fit = beginning_fits(sk, &t, oldstate, newstate);
	if (fit == SELECT_MAYBE) {
		fit = tuple_fits(&t);
		if (fit == SELECT_MAYBE && newstate == TCP_LISTEN)
			fit = SELECT_NO; /* it never gets what it lacks */
		if (fit == SELECT_MAYBE && is_remembered(sk))
			fit = SELECT_YES;
	}
	if (newstate == TCP_LISTEN)
		forget_sock(sk); /* it may have listened before */
	if (fit == SELECT_NO)
		forget(sk, &t);
	else
		remember(sk, &t, newstate == TCP_LISTEN, fit);
	if (fit == SELECT_YES && is_remembering() && oldstate == TCP_LISTEN &&
	    newstate != TCP_SYN_RECV)
		count_listener(sk, t.port[0], -1);
	return fit;
}

static __always_inline enum select_fit select_state(const struct sock *sk, int oldstate,
						    int newstate)
{
	if (!select_kinds())
		return SELECT_YES;
	if (is_tcp(sk))
		return decide_state(sk, oldstate, newstate);
	return is_selected(sk) ? SELECT_YES : SELECT_NO;
}

OUT_OF_LINE bool is_current_owner(void)
{
	return select_kinds() & SELECT_BY_OWNER && is_current_wanted(&selection.tasks);
}

OUT_OF_LINE bool learn_here(const struct sock *sk)
{
	struct select_tuple t = {};

	if (is_sock_chosen(sk))
		return true;
	if (!is_current_owner() || !is_tcp(sk) || !place_fits(sk))
		return false;
	fill_tuple_of(&t, sk);
	if (!t.port[0] || !t.port[1] || tuple_fits(&t) != SELECT_YES)
		return false;
	remember(sk, &t, false, SELECT_YES);
	return true;
}

/* In the context of a task that sends or receives. */
static __always_inline bool is_selected_here(const struct sock *sk)
{
	const struct sock_common *c = &sk->__sk_common;

	if (!select_kinds())
		return true;
	if (is_remembering() && !is_sock_marked(sk) && !is_current_owner())
		return false;
	return !is_alien(c->skc_num, bpf_ntohs(c->skc_dport)) && learn_here(sk);
}

#endif
