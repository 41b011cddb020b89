/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * front.h -- what stands before the programs where connections are selected. Most traffic is not selected,
 * and most of what it costs then is to fetch a program's code and to translate its address. Fronts are small and
 * lie side by side, since the programs of one section are loaded one after the other; the programs themselves, each of which
 * takes a page, are only called for what may be selected. They ask the same questions again.
 *
 * A front takes the place of its program at the tracepoint; record/fronts.c says which are needed. Part of
 * typed.bpf.c.
 */
#ifndef BPF_FRONT_H
#define BPF_FRONT_H

#include "bpf/held.h"
#include "bpf/select_learn.h"

/* Goes on with the program unless `is_alien`, which may speak of ctx. */
#define FRONT(name, is_alien)                                                                      \
	struct {                                                                                   \
		__uint(type, BPF_MAP_TYPE_PROG_ARRAY);                                             \
		__uint(key_size, sizeof(__u32));                                                   \
		__uint(value_size, sizeof(__u32));                                                 \
		__uint(max_entries, 1);                                                            \
	} name##_next SEC(".maps");                                                                \
	SEC("tp_btf")                                                                              \
	int name##_front(__u64 *ctx)                                                               \
	{                                                                                          \
		if (!(is_alien))                                                                   \
			bpf_tail_call_static(ctx, &name##_next, 0);                                \
		return 0;                                                                          \
	}

static __always_inline const struct sock *front_sock(const __u64 *ctx)
{
	return (const struct sock *)ctx[0];
}

/* In the context of a task that sends or receives. */
static __always_inline bool is_alien_here(const struct sock *sk)
{
	return is_sock_alien(sk) &&
	       !(select_kinds() & SELECT_BY_OWNER && is_current_wanted(&selection.tasks));
}

/* One that may listen: nobody else's port is ever known of it. */
static __always_inline bool is_reader_alien(const struct sock *sk)
{
	__u16 sport = sk->__sk_common.skc_num, dport = bpf_ntohs(sk->__sk_common.skc_dport);

	if (is_remembering())
		return !is_sock_marked(sk);
	if (sk->__sk_common.skc_state != TCP_LISTEN)
		return is_alien(sport, dport);
	return is_alien(sport, sport) && !is_sock_marked(sk);
}

/* A socket that loses its port keeps it in inet_sport. */
static __always_inline __u16 last_port(const struct sock *sk)
{
	return bpf_ntohs(CAST(sk, struct inet_sock)->inet_sport);
}

static __always_inline bool is_ending_alien(const struct sock *sk)
{
	if (is_remembering())
		return !is_sock_marked(sk);
	return is_alien(last_port(sk), bpf_ntohs(sk->__sk_common.skc_dport));
}

/* It has no decision, its task is not one of those that have, and neither is its listener. */
static __always_inline bool is_state_unknown(const struct sock *sk, int newstate)
{
	__u16 sport = sk->__sk_common.skc_num, dport = bpf_ntohs(sk->__sk_common.skc_dport);

	if (!(select_kinds() & SELECT_BY_OWNER) || are_ports_marked(sport, 0) ||
	    are_ports_marked(sport, dport))
		return false;
	return (newstate != TCP_SYN_SENT && newstate != TCP_LISTEN) ||
	       !is_current_wanted(&selection.tasks);
}

static __always_inline bool is_state_alien(const struct sock *sk, int newstate)
{
	bool is_it;

	if (is_sock_marked(sk))
		return false;
	if (is_remembering())
		is_it = is_state_unknown(sk, newstate);
	else if (newstate == TCP_SYN_SENT)
		is_it = is_opening_alien(sk);
	else
		is_it = is_ending_alien(sk);
	if (is_it && newstate == TCP_ESTABLISHED)
		count_opened(SELECT_NO);
	return is_it;
}

/* Of a packet: neither is chosen, nor is its connection, and it begins none. */
static __always_inline bool are_ports_alien(__u16 sport, __u16 dport)
{
	if (!is_remembering())
		return is_alien(sport, dport);
	return !are_ports_marked(sport, dport) && !are_ports_marked(sport, 0) &&
	       !are_ports_marked(dport, 0);
}

/* By the ports of an IPv4 packet without options. Where it has none, whatever lies in their place does no
 * harm: it is not chosen, or its program decides. */
static __always_inline bool is_header_alien(const unsigned char *l3)
{
	__u64 ports;

	if (bpf_be64_to_cpu(read_word(l3)) >> 56 != 0x45)
		return false;
	ports = bpf_be64_to_cpu(read_word(l3 + 16));
	return are_ports_alien(ports >> 16, ports);
}

static __always_inline bool is_skb_alien(const __u64 *ctx)
{
	const struct sk_buff *skb = (const void *)ctx[0];

	if (skb->protocol != bpf_htons(ETH_P_IP) ||
	    (is_remembering() && skb->sk && is_sock_marked(skb->sk)))
		return false;
	return is_header_alien(network_header(skb));
}

/* Without a socket a packet is chosen by its ports alone. */
static __always_inline bool is_received_alien(const __u64 *ctx)
{
	return is_header_alien(((const struct sk_buff *)ctx[0])->data);
}

FRONT(netif_receive_skb, is_received_alien(ctx))
FRONT(inet_sock_set_state, is_state_alien(front_sock(ctx), ctx[2]))
FRONT(tcp_probe, is_sock_alien(front_sock(ctx)))
FRONT(sk_data_ready_typed, is_reader_alien(front_sock(ctx)))
FRONT(sock_recv_length, is_alien_here(front_sock(ctx)))
FRONT(sock_send_length, is_alien_here(front_sock(ctx)))
FRONT(tcp_sendmsg_locked, is_alien_here(front_sock(ctx)))
FRONT(tcp_rcv_space_adjust, is_alien_here(front_sock(ctx)))
FRONT(tcp_rcvbuf_grow, is_sock_alien(front_sock(ctx)))
FRONT(tcp_cong_state_set, is_sock_alien(front_sock(ctx)))
FRONT(tcp_destroy_sock, is_ending_alien(front_sock(ctx)))
FRONT(kfree_skb, is_skb_alien(ctx))
FRONT(consume_skb, is_skb_alien(ctx))
FRONT(skb_copy_datagram_iovec, is_skb_alien(ctx))

#endif
