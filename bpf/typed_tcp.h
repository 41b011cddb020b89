/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* typed_tcp.h -- the programs of the `tcp` group. Part of typed.bpf.c. */
#ifndef BPF_TYPED_TCP_H
#define BPF_TYPED_TCP_H

#include "bpf/emit.h"
#include "bpf/held.h"
#include "bpf/packet.h"
#include "bpf/sockid.h"

/* The kernel's tcp_current_ssthresh(). */
static __always_inline __u32 current_ssthresh(const struct tcp_sock *tp)
{
	__u32 state = tcp_ca_state(tp), ssthresh = tp->snd_ssthresh, cwnd = tp->snd_cwnd;
	__u32 floor = (cwnd >> 1) + (cwnd >> 2);

	if (state == TCP_CA_CWR || state == TCP_CA_RECOVERY || ssthresh > floor)
		return ssthresh;
	return floor;
}

/* Bytes behind the TCP header that skb->data points to, as u16 like the event has it. */
static __always_inline __u16 data_behind_header(const struct sk_buff *skb)
{
	__u8 doff = 0;

	if (has_cast) {
		const struct tcphdr *th = CAST(skb->data, struct tcphdr);

		return skb->len - BPF_CORE_READ_BITFIELD(th, doff) * 4;
	}
	bpf_probe_read_kernel(&doff, sizeof(doff), skb->data + 12);
	return skb->len - (doff >> 4) * 4;
}

SEC("tp_btf/tcp_probe")
int BPF_PROG(tcp_probe, const struct sock *sk, const struct sk_buff *skb)
{
	const struct tcp_sock *tp = as_tcp(sk);
	const struct inet_sock *inet = (const void *)tp;
	struct emission e;
	struct wire_tcp_probe *r;

	if (!tp || !is_selected(sk))
		return 0;
	r = emit_begin(&e, ctx, WIRE_TCP_PROBE, sizeof(*r));
	if (unlikely(!r))
		return 0;
	fill_sock(&r->sock, &r->addrs6, sk, tp);
	r->skbaddr = (__u64)skb;
	r->mark = skb->mark;
	r->data_len = data_behind_header(skb);
	r->snd_nxt = tp->snd_nxt;
	r->snd_una = tp->snd_una;
	r->snd_cwnd = tp->snd_cwnd;
	r->ssthresh = current_ssthresh(tp);
	r->snd_wnd = tp->snd_wnd;
	r->srtt = tp->srtt_us >> 3;
	r->rcv_wnd = tp->rcv_wnd;
	r->rcv_nxt = tp->rcv_nxt;
	if (r->sock.family == AF_INET6 && has_ipv6())
		copy_in6(r->pinet6_saddr, &inet->pinet6->saddr);
	EMIT_END_SOCK(&e, r);
	return 0;
}

static __always_inline int emit_sock(void *ctx, __u32 event, const struct sock *sk)
{
	struct emission e;
	struct wire_sock_event *r = emit_begin(&e, ctx, event, sizeof(*r));

	if (unlikely(!r))
		return 0;
	fill_sock(&r->sock, &r->addrs6, sk, as_tcp(sk));
	EMIT_END_SOCK(&e, r);
	return 0;
}

SEC("tp_btf/tcp_rcv_space_adjust")
int BPF_PROG(tcp_rcv_space_adjust, const struct sock *sk)
{
	return is_selected_here(sk) ? emit_sock(ctx, WIRE_TCP_RCV_SPACE_ADJUST, sk) : 0;
}

SEC("tp_btf/tcp_receive_reset")
int BPF_PROG(tcp_receive_reset, const struct sock *sk)
{
	return is_selected(sk) ? emit_sock(ctx, WIRE_TCP_RECEIVE_RESET, sk) : 0;
}

/* With a selection it is attached in any case. */
SEC("tp_btf/tcp_destroy_sock")
int BPF_PROG(tcp_destroy_sock, const struct sock *sk)
{
	const struct tcp_sock *tp = as_tcp(sk);
	struct emission e;
	struct wire_destroy *r;
	bool is_chosen = true;

	if (select_kinds()) {
		if (is_alien_tcp(sk, tp))
			return 0;
		is_chosen = is_sock_chosen(sk);
		select_end(sk);
	}
	r = is_chosen ? emit_begin(&e, ctx, WIRE_TCP_DESTROY_SOCK, sizeof(*r)) : NULL;
	if (unlikely(!r))
		return 0;
	fill_sock(&r->sock, &r->addrs6, sk, tp);
	if (tp) {
		r->head.flags = WIRE_HAS_TCP;
		fill_counters(&r->tcp, tp);
	}
	EMIT_END_SOCK(&e, r);
	return 0;
}

static __always_inline void fill_sockaddr4(__u8 to[28], __be16 port, __be32 addr)
{
	__builtin_memset(to, 0, 28);
	*(__u16 *)to = AF_INET;
	*(__be16 *)(to + 2) = port;
	*(__be32 *)(to + 4) = addr;
}

static __always_inline void fill_sockaddr6(__u8 to[28], __be16 port, const void *addr)
{
	__builtin_memset(to, 0, 28);
	*(__u16 *)to = AF_INET6;
	*(__be16 *)(to + 2) = port;
	bpf_probe_read_kernel(to + 8, 16, addr);
}

/* The addresses of a reset that a full socket sends. */
static __always_inline void fill_reset_sock(struct wire_send_reset *r, const struct sock *sk)
{
	__be16 sport = bpf_htons(r->sock.sport), dport = bpf_htons(r->sock.dport);
	const struct inet_sock *inet = (const void *)sk;

	if (r->sock.family == AF_INET6 && has_ipv6()) {
		fill_sockaddr6(r->saddr, sport, &BPF_CORE_READ(inet, pinet6)->saddr);
		fill_sockaddr6(r->daddr, dport, &sk->__sk_common.skc_v6_daddr);
	} else {
		fill_sockaddr4(r->saddr, sport, *(__u32 *)r->sock.saddr);
		fill_sockaddr4(r->daddr, dport, *(__u32 *)r->sock.daddr);
	}
}

/* Without one they are those of the packet it answers, turned round. */
static __always_inline void fill_reset_skb(struct wire_send_reset *r, const struct sk_buff *skb)
{
	const unsigned char *ip = network_header(skb);
	struct l4_header l4 = {};
	__u8 version = 0;
	__be32 v4[2] = {};

	bpf_probe_read_kernel(&l4, sizeof(l4), skb->data);
	bpf_probe_read_kernel(&version, sizeof(version), ip);
	if (version >> 4 == 6) {
		fill_sockaddr6(r->saddr, l4.dport, ip + 24);
		fill_sockaddr6(r->daddr, l4.sport, ip + 8);
	} else {
		bpf_probe_read_kernel(v4, sizeof(v4), ip + 12);
		fill_sockaddr4(r->saddr, l4.dport, v4[1]);
		fill_sockaddr4(r->daddr, l4.sport, v4[0]);
	}
}

/* sk and skb may each be NULL (6.10). Verifiers of 6.10 to 6.12 believe they are not and
 * drop the tests; reads through NULL then yield 0, and memory is asked instead. */
SEC("tp_btf/tcp_send_reset")
int BPF_PROG(tcp_send_reset, const struct sock *sk, const struct sk_buff *skb)
{
	struct emission e;
	struct wire_send_reset *r;
	bool is_sock;

	if (!is_selected_any(sk) && !(skb && is_selected_skb(skb, network_header(skb), NULL, NULL)))
		return 0;
	r = emit_begin(&e, ctx, WIRE_TCP_SEND_RESET, sizeof(*r));
	if (unlikely(!r))
		return 0;
	r->skbaddr = (__u64)skb;
	r->reason = arg_counts[WIRE_TCP_SEND_RESET] > 2 ? ctx[2] : 0;
	if (sk)
		fill_sock(&r->sock, &r->addrs6, sk, as_tcp(sk));
	else
		fill_no_sock(&r->sock);
	r->state = r->sock.state;
	is_sock = *(volatile __u64 *)&r->sock.skaddr && is_full(r->state);
	if (is_sock && sk)
		fill_reset_sock(r, sk);
	else if (skb)
		fill_reset_skb(r, skb);
	EMIT_END_SOCK(&e, r);
	return 0;
}

SEC("tp_btf/tcp_retransmit_skb")
int BPF_PROG(tcp_retransmit_skb, const struct sock *sk, const struct sk_buff *skb)
{
	const struct tcp_skb_cb *cb = (const void *)skb->cb;
	const struct tcp_sock *tp = as_tcp(sk);
	const struct inet_connection_sock *icsk = (const void *)tp;
	struct emission e;
	struct wire_retransmit *r;

	if (!is_selected(sk))
		return 0;
	r = emit_begin(&e, ctx, WIRE_TCP_RETRANSMIT_SKB, sizeof(*r));
	if (unlikely(!r))
		return 0;
	fill_sock(&r->sock, &r->addrs6, sk, tp);
	r->skbaddr = (__u64)skb;
	r->state = r->sock.state;
	r->err = arg_counts[WIRE_TCP_RETRANSMIT_SKB] > 2 ? (__s32)ctx[2] : 0;
	r->seq = cb->seq;
	r->end_seq = cb->end_seq;
	r->segs = cb->tcp_gso_segs;
	if (tp) {
		r->head.flags = WIRE_HAS_TCP;
		r->ca_state = tcp_ca_state(tp);
		r->icsk_pending = icsk->icsk_pending;
	}
	EMIT_END_SOCK(&e, r);
	return 0;
}

/* The event's addresses are the request's: `loc` is ours, `rmt` is the peer. */
static __always_inline void fill_request(struct wire_synack *r, const struct sock_common *req)
{
	r->req = (__u64)req;
	r->family = r->sock.family;
	r->sport = req->skc_num;
	r->dport = bpf_ntohs(req->skc_dport);
	*(__u32 *)r->saddr = req->skc_rcv_saddr;
	*(__u32 *)r->daddr = req->skc_daddr;
	if (r->family == AF_INET6 && has_ipv6()) {
		copy_in6(r->request6.saddr, &req->skc_v6_rcv_saddr);
		copy_in6(r->request6.daddr, &req->skc_v6_daddr);
	}
}

/* The connection is the request; that of a listener which was chosen belongs to it. */
static __always_inline bool is_request_selected(const struct sock *sk,
						const struct request_sock *req)
{
	if (!is_remembering())
		return is_selected_any(req);
	return is_remembered(sk) && is_tuple_chosen(req);
}

SEC("tp_btf/tcp_retransmit_synack")
int BPF_PROG(tcp_retransmit_synack, const struct sock *sk, const struct request_sock *req)
{
	const struct tcp_sock *tp = as_tcp(sk);
	struct emission e;
	struct wire_synack *r;

	if (!is_request_selected(sk, req))
		return 0;
	r = emit_begin(&e, ctx, WIRE_TCP_RETRANSMIT_SYNACK, sizeof(*r));
	if (unlikely(!r))
		return 0;
	fill_sock(&r->sock, &r->addrs6, sk, tp);
	if (tp && r->sock.state == TCP_LISTEN) {
		r->head.flags = WIRE_HAS_BACKLOG;
		fill_queues(&r->queues, sk, tp);
	}
	fill_request(r, &req->__req_common);
	EMIT_END_SOCK(&e, r);
	return 0;
}

SEC("tp_btf/tcp_cong_state_set")
int BPF_PROG(tcp_cong_state_set, const struct sock *sk, __u8 state)
{
	struct emission e;
	struct wire_cong_state *r;

	if (!is_selected(sk))
		return 0;
	r = emit_begin(&e, ctx, WIRE_TCP_CONG_STATE_SET, sizeof(*r));
	if (unlikely(!r))
		return 0;
	fill_sock(&r->sock, &r->addrs6, sk, as_tcp(sk));
	r->cong_state = state;
	EMIT_END_SOCK(&e, r);
	return 0;
}

/* skb may be NULL (6.16, when the event came). */
SEC("tp_btf/tcp_sendmsg_locked")
int BPF_PROG(tcp_sendmsg_locked, const struct sock *sk, const struct msghdr *msg,
	     const struct sk_buff *skb, int size_goal)
{
	struct emission e;
	struct wire_sendmsg *r;

	if (!is_selected_here(sk))
		return 0;
	r = emit_begin(&e, ctx, WIRE_TCP_SENDMSG_LOCKED, sizeof(*r));
	if (unlikely(!r))
		return 0;
	fill_sock(&r->sock, &r->addrs6, sk, as_tcp(sk));
	r->skb_addr = (__u64)skb;
	r->skb_len = skb ? skb->len : 0;
	r->msg_left = msg->msg_iter.count;
	r->size_goal = size_goal;
	EMIT_END_SOCK(&e, r);
	return 0;
}

static __always_inline void fill_rcvbuf(struct wire_rcvbuf *r, const struct tcp_sock *tp)
{
	const struct sk_buff *last = tp->ooo_last_skb;
	const struct tcp_skb_cb *cb = (const void *)last->cb;

	r->rtt_us = tp->rcv_rtt_est.rtt_us >> 3;
	r->copied = tp->copied_seq - tp->rcvq_space.seq;
	r->inq = tp->rcv_nxt - tp->copied_seq;
	r->space = tp->rcvq_space.space;
	r->ooo_space = tp->out_of_order_queue.rb_node ? cb->end_seq - tp->rcv_nxt : 0;
	r->rcv_ssthresh = tp->rcv_ssthresh;
	r->window_clamp = tp->window_clamp;
	r->rcv_wnd = tp->rcv_wnd;
	r->scaling_ratio = tcp_scaling_ratio(tp);
}

SEC("tp_btf/tcp_rcvbuf_grow")
int BPF_PROG(tcp_rcvbuf_grow, const struct sock *sk, int time)
{
	const struct tcp_sock *tp = as_tcp(sk);
	struct emission e;
	struct wire_rcvbuf *r;

	if (!tp || !is_selected(sk))
		return 0;
	r = emit_begin(&e, ctx, WIRE_TCP_RCVBUF_GROW, sizeof(*r));
	if (unlikely(!r))
		return 0;
	fill_sock(&r->sock, &r->addrs6, sk, tp);
	r->time = time;
	r->rcvbuf = sk->sk_rcvbuf;
	fill_rcvbuf(r, tp);
	EMIT_END_SOCK(&e, r);
	return 0;
}

SEC("tp_btf/tcp_cwnd_reduction_tp")
int BPF_PROG(tcp_cwnd_reduction_tp, const struct sock *sk, int newly_acked_sacked, int newly_lost,
	     int flag)
{
	struct emission e;
	struct wire_cwnd_reduction *r;

	if (!is_selected(sk))
		return 0;
	r = emit_begin(&e, ctx, WIRE_TCP_CWND_REDUCTION_TP, sizeof(*r));
	if (unlikely(!r))
		return 0;
	fill_sock(&r->sock, &r->addrs6, sk, as_tcp(sk));
	r->newly_acked_sacked = newly_acked_sacked;
	r->newly_lost = newly_lost;
	r->flag = flag;
	EMIT_END_SOCK(&e, r);
	return 0;
}

#endif
