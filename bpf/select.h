/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * select.h -- whether a socket or packet belongs to what is to be recorded.
 *
 * Where addresses and ports alone decide (--port, --addr, --sample) they are looked at
 * anew; they stay the same as long as a connection lives. What else there is to know (who
 * opened it, and where) is true at some moments only: then what was decided there is
 * remembered by socket, and the packets of a connection are known by their headers.
 * Without filters nothing of this is left of a program.
 */
#ifndef BPF_SELECT_H
#define BPF_SELECT_H

#include "bpf/kernel_compat.h"
#include "bpf/packet.h"
#include "bpf/select_marks.h"
#include "bpf/select_task.h"
#include "bpf/sockid.h"

const volatile struct wire_selection selection;

enum {
	SELECT_BY_HEADERS = WIRE_BY_PORT | WIRE_BY_ADDR | WIRE_BY_SAMPLE,
	SELECT_BY_OWNER = WIRE_BY_PID | WIRE_BY_COMM,
};

enum select_fit { SELECT_NO = 0, SELECT_MAYBE, SELECT_YES };

/* By socket: SELECT_YES, or SELECT_MAYBE: all but its addresses fits, which are not all known
 * yet. What is not here was not chosen. A socket leaves when it is destroyed. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__type(key, __u64);
	__type(value, __u32);
	__uint(max_entries, 1 << 16);
} chosen SEC(".maps");

/* Both ends. */
struct select_tuple {
	__u64 addr[2][2]; /* IPv4 as ::ffff:a.b.c.d */
	__u16 port[2];    /* host order; 0 = not known */
};

/* By flow_key(), until when the packets between two ends belong to a connection that was chosen: the
 * time of bpf_ktime_get_ns(), or FLOW_LIVES. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__type(key, __u64);
	__type(value, __u64);
	__uint(max_entries, 1 << 16);
} flows SEC(".maps");

static const __u64 FLOW_LIVES = ~0ULL;
static const __u64 FLOW_LINGERS = 60000000000; /* TIME_WAIT */

struct select_listener {
	__u32 netns;
	__u32 port;
};

/* How many listeners of those that were chosen have the port. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__type(key, struct select_listener);
	__type(value, __u32);
	__uint(max_entries, 4096);
} listeners SEC(".maps");

static __always_inline __u32 select_kinds(void)
{
	return selection.tasks.kinds;
}

/* Decisions are remembered, and looked up ever after. */
static __always_inline bool is_remembering(void)
{
	return select_kinds() & ~SELECT_BY_HEADERS;
}

static __always_inline bool is_port_chosen(__u16 port)
{
	__u32 byte = port >> 3;

	/* Verifiers before 6.18 know less of a swapped number than the compiler does. */
	barrier_var(byte);
	return port && selection.ports[byte & (sizeof(selection.ports) - 1)] >> (port & 7) & 1;
}

static __always_inline bool is_addr_chosen(const __u64 addr[2])
{
	for (__u32 i = 0; i < WIRE_KIND_MAX; i++) {
		if (i >= selection.addr_count)
			break;
		if ((addr[0] & selection.addrs[i].mask[0]) == selection.addrs[i].addr[0] &&
		    (addr[1] & selection.addrs[i].mask[1]) == selection.addrs[i].addr[1])
			return true;
	}
	return false;
}

static __always_inline __u64 hash_end(const __u64 addr[2], __u16 port)
{
	__u64 h = bpf_be64_to_cpu(addr[0]) * 0x9e3779b97f4a7c15 + bpf_be64_to_cpu(addr[1]);

	h = (h ^ (__u64)port << 48) * 0xbf58476d1ce4e5b9;
	h = (h ^ h >> 29) * 0x94d049bb133111eb;
	return h ^ h >> 32;
}

/* The same from either end. Where two connections have the same, one is recorded with the other. */
static __always_inline __u64 flow_key(const struct select_tuple *t)
{
	return hash_end(t->addr[0], t->port[0]) + hash_end(t->addr[1], t->port[1]);
}

/* The same on every host, too; record/ documents it. */
static __always_inline __u32 hash_tuple(const struct select_tuple *t)
{
	return flow_key(t) * 0x9e3779b97f4a7c15 >> 32;
}

/* Whether addresses and ports fit; one that is not known leaves it open. */
OUT_OF_LINE enum select_fit tuple_fits(const struct select_tuple *t)
{
	__u32 kinds = select_kinds();
	bool is_whole = t->port[0] && t->port[1];

	if (kinds & WIRE_BY_PORT && !is_port_chosen(t->port[0]) && !is_port_chosen(t->port[1]))
		return is_whole ? SELECT_NO : SELECT_MAYBE;
	/* At connect() the local address is known, the port is not. */
	if (kinds & WIRE_BY_ADDR && !is_addr_chosen(t->addr[0]) && !is_addr_chosen(t->addr[1]))
		return t->port[1] ? SELECT_NO : SELECT_MAYBE;
	if (!(kinds & WIRE_BY_SAMPLE))
		return SELECT_YES;
	if (!is_whole)
		return SELECT_MAYBE;
	return hash_tuple(t) <= selection.sample_max ? SELECT_YES : SELECT_NO;
}

static __always_inline void fill_mapped(__u64 to[2], __be32 addr)
{
	to[0] = 0;
	((__u32 *)to)[2] = bpf_htonl(0xffff);
	((__u32 *)to)[3] = addr;
}

/* Of any pointer to an AF_INET or AF_INET6 socket, of whatever kind. The port stays in
 * inet_sport when skc_num is gone. */
static __always_inline void fill_tuple(struct select_tuple *t, const void *sk)
{
	const struct sock_common *c = sk;
	const struct inet_sock *inet = sk;

	t->port[0] = BPF_CORE_READ(c, skc_num);
	t->port[1] = bpf_ntohs(BPF_CORE_READ(c, skc_dport));
	if (!t->port[0] && is_full(BPF_CORE_READ(c, skc_state)))
		t->port[0] = bpf_ntohs(BPF_CORE_READ(inet, inet_sport));
	if (BPF_CORE_READ(c, skc_family) == AF_INET6 && has_ipv6()) {
		bpf_core_read(t->addr[0], 16, &c->skc_v6_rcv_saddr);
		bpf_core_read(t->addr[1], 16, &c->skc_v6_daddr);
	} else {
		fill_mapped(t->addr[0], BPF_CORE_READ(c, skc_rcv_saddr));
		fill_mapped(t->addr[1], BPF_CORE_READ(c, skc_daddr));
	}
}

/* The same of a typed argument. */
static __always_inline void fill_tuple_of(struct select_tuple *t, const struct sock *sk)
{
	const struct sock_common *c = &sk->__sk_common;
	const struct inet_sock *inet = (const void *)sk;

	t->port[0] = c->skc_num;
	t->port[1] = bpf_ntohs(c->skc_dport);
	if (!t->port[0] && is_full(c->skc_state))
		t->port[0] = bpf_ntohs(BPF_CORE_READ(inet, inet_sport));
	if (c->skc_family == AF_INET6 && has_ipv6()) {
		copy_in6((__u8 *)t->addr[0], &c->skc_v6_rcv_saddr);
		copy_in6((__u8 *)t->addr[1], &c->skc_v6_daddr);
	} else {
		fill_mapped(t->addr[0], c->skc_rcv_saddr);
		fill_mapped(t->addr[1], c->skc_daddr);
	}
}

/* What was decided of a socket, enum select_fit; NULL: nothing yet. */
static __always_inline __u32 *find_chosen(const void *sk)
{
	__u64 key = (__u64)sk;

	return is_sock_marked(sk) ? bpf_map_lookup_elem(&chosen, &key) : NULL;
}

static __always_inline bool is_remembered(const void *sk)
{
	__u32 *fit = find_chosen(sk);

	return fit && *fit == SELECT_YES;
}

static __always_inline bool is_tuple_chosen(const void *sk)
{
	struct select_tuple t;
	enum select_fit fit;

	fill_tuple(&t, sk);
	fit = tuple_fits(&t);
	return fit == SELECT_YES || (fit == SELECT_MAYBE && is_remembered(sk));
}

/* Both ports are known, and neither is chosen: no need to ask any further. */
static __always_inline bool is_alien(__u16 sport, __u16 dport)
{
	const volatile __u8 *ports = selection.ports;
	__u32 s = sport >> 3, d = dport >> 3;

	if (!(select_kinds() & WIRE_BY_PORT))
		return false;
	/* As in is_port_chosen(), and one pointer for both. The bit of a port that is not known is set. */
	barrier_var(ports);
	barrier_var(s);
	barrier_var(d);
	s = ports[s & (sizeof(selection.ports) - 1)] >> (sport & 7);
	d = ports[d & (sizeof(selection.ports) - 1)] >> (dport & 7);
	return !((s | d) & 1);
}

/* The same of a socket that may be closed: the port stays in inet_sport when skc_num is gone. */
static __always_inline bool is_alien_tcp(const struct sock *sk, const struct tcp_sock *tp)
{
	__u16 sport = sk->__sk_common.skc_num;

	if (!sport && tp)
		sport = bpf_ntohs(tp->inet_conn.icsk_inet.inet_sport);
	return is_alien(sport, bpf_ntohs(sk->__sk_common.skc_dport));
}

/* Whether a port that connect() may take is chosen. */
static __always_inline bool is_local_port_possible(const struct sock *sk)
{
	struct ports_span span = local_ports_of(&sk->__sk_common);

	return selection.port_first <= span.last && selection.port_last >= span.first;
}

/* The same of a socket that connect() is about to give a port. */
static __always_inline bool is_opening_alien(const struct sock *sk)
{
	const struct sock_common *c = &sk->__sk_common;

	return select_kinds() & WIRE_BY_PORT && !c->skc_num &&
	       !is_port_chosen(bpf_ntohs(c->skc_dport)) && !is_local_port_possible(sk);
}

/* The questions of programs come in two parts: without filters the first one answers, and
 * nothing is left of the second, nor of the stack that it takes. */
OUT_OF_LINE bool is_any_chosen(const void *sk)
{
	const struct sock_common *c = sk;

	if (!sk)
		return false;
	if (is_remembering())
		return is_remembered(sk);
	return is_inet(BPF_CORE_READ(c, skc_family)) && is_tuple_chosen(sk);
}

OUT_OF_LINE bool is_sock_chosen(const struct sock *sk)
{
	const struct sock_common *c = &sk->__sk_common;

	if (is_remembering())
		return is_remembered(sk);
	if (!is_inet(c->skc_family))
		return false;
	if (select_kinds() == WIRE_BY_PORT &&
	    (is_port_chosen(c->skc_num) || is_port_chosen(bpf_ntohs(c->skc_dport))))
		return true;
	return is_tuple_chosen(sk);
}

/* Needs no look-up. False: it is not known yet. */
static __always_inline bool is_sock_alien(const struct sock *sk)
{
	if (is_remembering())
		return !is_sock_marked(sk);
	return is_alien(sk->__sk_common.skc_num, bpf_ntohs(sk->__sk_common.skc_dport));
}

/* A typed argument, or CAST() to one. */
static __always_inline bool is_selected(const struct sock *sk)
{
	return !select_kinds() || (!is_sock_alien(sk) && is_sock_chosen(sk));
}

/* Any pointer to a socket. NULL and other families are not chosen. */
static __always_inline bool is_selected_any(const void *sk)
{
	if (!select_kinds())
		return true;
	return has_cast ? is_selected(CAST(sk, struct sock)) : is_any_chosen(sk);
}

static __always_inline void keep_flow(const struct select_tuple *t, __u64 until)
{
	__u64 key = flow_key(t);

	mark_ports(t->port[0], t->port[1]);
	bpf_map_update_elem(&flows, &key, &until, BPF_ANY);
}

static __always_inline bool is_listener_chosen(__u32 netns, __u16 port)
{
	struct select_listener key = {.netns = netns, .port = port};
	__u32 *count;

	if (!are_ports_marked(port, 0))
		return false;
	count = bpf_map_lookup_elem(&listeners, &key);
	return count && *count;
}

enum { TCP_FLAG_SYN = 2, TCP_FLAG_ACK = 16 };

/* By the connection it belongs to, or will: the SYN to a listener that was chosen begins
 * one. */
OUT_OF_LINE bool is_flow_chosen(const struct select_tuple *t, __u32 netns, __u32 tcp_flags)
{
	__u64 key = flow_key(t), *until = bpf_map_lookup_elem(&flows, &key);

	if (until && (*until == FLOW_LIVES || *until > bpf_ktime_get_ns()))
		return true;
	if ((tcp_flags & (TCP_FLAG_SYN | TCP_FLAG_ACK)) != TCP_FLAG_SYN ||
	    !is_listener_chosen(netns, t->port[1]) || tuple_fits(t) != SELECT_YES)
		return false;
	keep_flow(t, bpf_ktime_get_ns() + FLOW_LINGERS);
	return true;
}

OUT_OF_LINE bool is_skb_chosen(const struct sk_buff *skb, const unsigned char *l3, const void *sk,
			       const struct net_device *dev)
{
	struct select_tuple t = {};
	struct wire_packet p = {}; /* 5.10 wants all of what is copied */
	__u32 flags;

	if (is_remembering() && sk && is_remembered(sk))
		return true;
	p.tcp_flags = 0;
	flags = fill_packet_copied(&p, skb, l3);
	if (!(flags & WIRE_HAS_FLOW))
		return is_any_chosen(sk);
	__builtin_memcpy(t.addr[0], p.flow.saddr, 16);
	__builtin_memcpy(t.addr[1], p.flow.daddr, 16);
	t.port[0] = p.flow.sport;
	t.port[1] = p.flow.dport;
	if (!is_remembering())
		return tuple_fits(&t) == SELECT_YES;
	if (p.flow.proto != IPPROTO_TCP)
		return false;
	return is_flow_chosen(&t, dev ? dev->nd_net.net->ns.inum : 0,
			      flags & WIRE_HAS_SEGMENT ? p.tcp_flags : 0);
}

/* Any packet, by its socket or its headers, which begin at `l3`. */
static __always_inline bool is_selected_skb(const struct sk_buff *skb, const unsigned char *l3,
					    const void *sk, const struct net_device *dev)
{
	return !select_kinds() || is_skb_chosen(skb, l3, sk, dev);
}

#endif
