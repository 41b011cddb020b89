/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * sockid.h -- who a socket is: the values the kernel's own events print for it.
 *
 * Arguments of a typed tracepoint are read directly. Sockets that were reached through
 * other pointers are copied by the helper, which any pointer may be given to.
 */
#ifndef BPF_SOCKID_H
#define BPF_SOCKID_H

#include "bpf/kernel_compat.h"

static __always_inline bool is_inet(__u16 family)
{
	return family == AF_INET || family == AF_INET6;
}

/* TIME_WAIT and request sockets have the common part only. */
static __always_inline bool is_full(__u8 state)
{
	return state != TCP_TIME_WAIT && state != TCP_NEW_SYN_RECV;
}

static __always_inline void copy_in6(__u8 to[16], const struct in6_addr *from)
{
	__u32 *out = (__u32 *)to;

	out[0] = from->in6_u.u6_addr32[0];
	out[1] = from->in6_u.u6_addr32[1];
	out[2] = from->in6_u.u6_addr32[2];
	out[3] = from->in6_u.u6_addr32[3];
}

static __always_inline void fill_no_sock(struct wire_sock *w)
{
	__builtin_memset(w, 0, sizeof(*w));
}

/* What lies beyond struct sock, out of the verifier's sight. TIME_WAIT and request sockets
 * have nothing there: their own end is `num` and `rcv_saddr`. */
static __always_inline void fill_inet_probed(struct wire_sock *w, const void *sk, __u16 num,
					     __be32 rcv_saddr)
{
	const struct inet_sock *inet = sk;

	w->sport = num;
	if (is_full(w->state) && has_cast) {
		inet = CAST(sk, struct inet_sock);
		w->sport = bpf_ntohs(inet->inet_sport);
		rcv_saddr = inet->inet_saddr;
	} else if (is_full(w->state)) {
		w->sport = bpf_ntohs(BPF_CORE_READ(inet, inet_sport));
		rcv_saddr = BPF_CORE_READ(inet, inet_saddr);
	}
	*(__u32 *)w->saddr = rcv_saddr;
}

static __always_inline void fill_no_inet(struct wire_sock *w)
{
	w->sport = 0;
	w->dport = 0;
	*(__u32 *)w->saddr = 0;
	*(__u32 *)w->daddr = 0;
}

/* What bpf_skc_to_tcp_sock() does, without the call. */
static __always_inline const struct tcp_sock *as_tcp(const struct sock *sk)
{
	if (!has_cast)
		return bpf_skc_to_tcp_sock((void *)sk);
	if (unlikely(!is_full(sk->__sk_common.skc_state) || sk->sk_protocol != IPPROTO_TCP ||
		     sk->sk_type != SOCK_STREAM))
		return NULL;
	return CAST(sk, struct tcp_sock);
}

/* A typed argument that is not NULL; without its cookie, and what only sockets of its kind have. */
static __always_inline void fill_common(struct wire_sock *w, struct wire_addrs6 *a6,
					const struct sock *sk)
{
	const struct sock_common *c = &sk->__sk_common;

	w->skaddr = (__u64)sk;
	w->netns = sock_netns(c);
	w->family = c->skc_family;
	w->state = c->skc_state;
	w->dport = bpf_ntohs(c->skc_dport);
	*(__u32 *)w->daddr = c->skc_daddr;
	if (unlikely(w->family == AF_INET6) && has_ipv6()) {
		copy_in6(a6->saddr, &c->skc_v6_rcv_saddr);
		copy_in6(a6->daddr, &c->skc_v6_daddr);
	}
}

/* The same of a full TCP socket. */
static __always_inline void fill_tcp_names(struct wire_sock *w, struct wire_addrs6 *a6,
					   const struct sock *sk, const struct tcp_sock *tp)
{
	const struct inet_sock *inet = &tp->inet_conn.icsk_inet;

	fill_common(w, a6, sk);
	w->protocol = IPPROTO_TCP;
	w->sport = bpf_ntohs(inet->inet_sport);
	*(__u32 *)w->saddr = inet->inet_saddr;
}

/* `tp` is as_tcp() of it. */
static __always_inline void fill_names(struct wire_sock *w, struct wire_addrs6 *a6,
				       const struct sock *sk, const struct tcp_sock *tp)
{
	const struct sock_common *c = &sk->__sk_common;

	if (likely(tp)) {
		fill_tcp_names(w, a6, sk, tp);
		return;
	}
	fill_common(w, a6, sk);
	w->protocol = is_full(w->state) ? sk->sk_protocol : IPPROTO_TCP;
	if (is_inet(w->family))
		fill_inet_probed(w, sk, c->skc_num, c->skc_rcv_saddr);
	else
		fill_no_inet(w);
}

static __always_inline void fill_sock(struct wire_sock *w, struct wire_addrs6 *a6,
				      const struct sock *sk, const struct tcp_sock *tp)
{
	w->cookie = sock_cookie(sk);
	fill_names(w, a6, sk, tp);
}

/* A socket that a typed argument points to: direct reads, but helpers do not take it. Its
 * cookie is what it has. */
static __always_inline void fill_sock_walked(struct wire_sock *w, struct wire_addrs6 *a6,
					     const struct sock *sk)
{
	w->cookie = sk->__sk_common.skc_cookie.counter;
	fill_names(w, a6, sk, NULL);
}

/* The start of a struct sock, in one piece. */
struct common_copy {
	__u64 words[16];
};

static __always_inline __u64 copied_u64(const struct common_copy *c, __u32 offset)
{
	return *(const __u64 *)((const char *)c + offset);
}

static __always_inline __u32 copied_u32(const struct common_copy *c, __u32 offset)
{
	return *(const __u32 *)((const char *)c + offset);
}

static __always_inline __u16 copied_u16(const struct common_copy *c, __u32 offset)
{
	return *(const __u16 *)((const char *)c + offset);
}

static __always_inline void copied_in6(__u8 to[16], const struct common_copy *c, __u32 offset)
{
	for (int i = 0; i < 4; i++)
		((__u32 *)to)[i] = copied_u32(c, offset + i * 4);
}

static __always_inline __u32 copied_netns(const struct common_copy *c)
{
	const struct net *net;

	if (!bpf_core_field_exists(struct sock_common, skc_net.net))
		return 0;
	net = (const void *)copied_u64(c, bpf_core_field_offset(struct sock_common, skc_net.net));
	return BPF_CORE_READ(net, ns.inum);
}

OUT_OF_LINE int fill_sock_by_helper(struct wire_sock *w, struct wire_addrs6 *a6,
				    const void *pointer)
{
	const struct sock *sk = pointer;
	struct common_copy c;

	bpf_probe_read_kernel(&c, sizeof(c), pointer);
	w->skaddr = (__u64)pointer;
	w->cookie = copied_u64(&c, bpf_core_field_offset(struct sock_common, skc_cookie.counter));
	w->netns = copied_netns(&c);
	w->family = copied_u16(&c, bpf_core_field_offset(struct sock_common, skc_family));
	w->state = ((__u8 *)&c)[bpf_core_field_offset(struct sock_common, skc_state)];
	w->protocol = is_full(w->state) ? BPF_CORE_READ(sk, sk_protocol) : IPPROTO_TCP;
	w->dport = bpf_ntohs(copied_u16(&c, bpf_core_field_offset(struct sock_common, skc_dport)));
	*(__u32 *)w->daddr = copied_u32(&c, bpf_core_field_offset(struct sock_common, skc_daddr));
	if (is_inet(w->family))
		fill_inet_probed(w, pointer,
				 copied_u16(&c, bpf_core_field_offset(struct sock_common, skc_num)),
				 copied_u32(&c, bpf_core_field_offset(struct sock_common,
								      skc_rcv_saddr)));
	else
		fill_no_inet(w);
	if (unlikely(w->family == AF_INET6) && has_ipv6()) {
		copied_in6(a6->saddr, &c,
			   bpf_core_field_offset(struct sock_common, skc_v6_rcv_saddr));
		copied_in6(a6->daddr, &c, bpf_core_field_offset(struct sock_common, skc_v6_daddr));
	}
	return 0;
}

/* Any pointer to a socket; not NULL. */
static __always_inline void fill_sock_copied(struct wire_sock *w, struct wire_addrs6 *a6,
					     const void *pointer)
{
	if (has_cast)
		fill_sock_walked(w, a6, CAST(pointer, struct sock));
	else
		fill_sock_by_helper(w, a6, pointer);
}

/* Of a listener. */
static __always_inline void fill_queues(struct wire_queues *w, const struct sock *sk,
					const struct tcp_sock *tp)
{
	w->backlog = sk->sk_ack_backlog;
	w->max_backlog = sk->sk_max_ack_backlog;
	w->requests = tp->inet_conn.icsk_accept_queue.qlen.counter;
	w->drops = sk->sk_drops.counter;
}

static __always_inline void fill_counters(struct wire_tcp_counters *w, const struct tcp_sock *tp)
{
	w->bytes_acked = tp->bytes_acked;
	w->bytes_received = tp->bytes_received;
	w->srtt_us = tp->srtt_us >> 3;
	w->total_retrans = tp->total_retrans;
	w->snd_una = tp->snd_una;
	w->rcv_nxt = tp->rcv_nxt;
}

#endif
