/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * typed_skb.h -- the programs of the `skb` and `net` groups: what the event says, and
 * the packet's headers. Part of typed.bpf.c.
 */
#ifndef BPF_TYPED_SKB_H
#define BPF_TYPED_SKB_H

#include "bpf/emit.h"
#include "bpf/packet.h"
#include "bpf/select.h"
#include "bpf/sockid.h"

/* The second argument, where there is one, is what the event adds. */
static __always_inline int emit_skb(__u64 *ctx, __u32 event, const struct sk_buff *skb)
{
	const struct sock *sk;
	struct emission e;
	struct wire_skb *r;

	if (!is_selected_skb(skb, network_header(skb), skb->sk, NULL))
		return 0;
	r = emit_begin(&e, ctx, event, sizeof(*r));
	if (unlikely(!r))
		return 0;
	r->skbaddr = (__u64)skb;
	r->location = 0;
	if (event == WIRE_SKB_COPY_DATAGRAM_IOVEC)
		r->len = (__s32)ctx[1];
	else if (arg_counts[event] > 1)
		r->location = ctx[1];
	r->head.flags = fill_packet(&r->packet, skb, network_header(skb));
	sk = skb->sk;
	if (sk) {
		r->head.flags |= WIRE_HAS_SOCK;
		fill_sock_walked(&r->sock, &r->addrs6, sk);
		EMIT_END_SOCK(&e, r);
	} else {
		emit_end(&e, offsetof(struct wire_skb, sock));
	}
	return 0;
}

SEC("tp_btf/consume_skb")
int BPF_PROG(consume_skb, const struct sk_buff *skb)
{
	return emit_skb(ctx, WIRE_CONSUME_SKB, skb);
}

SEC("tp_btf/skb_copy_datagram_iovec")
int BPF_PROG(skb_copy_datagram_iovec, const struct sk_buff *skb)
{
	return emit_skb(ctx, WIRE_SKB_COPY_DATAGRAM_IOVEC, skb);
}

/* rx_sk may be NULL: it goes through the record's memory, where the verifier loses sight
 * of it, and is read by the helper only. */
SEC("tp_btf/kfree_skb")
int BPF_PROG(kfree_skb, const struct sk_buff *skb, void *location)
{
	struct emission e;
	struct wire_kfree *r;
	const void *sk;

	if (!is_selected_skb(skb, network_header(skb), skb->sk, NULL))
		return 0;
	r = emit_begin(&e, ctx, WIRE_KFREE_SKB, sizeof(*r));
	if (unlikely(!r))
		return 0;
	r->skbaddr = (__u64)skb;
	r->location = (__u64)location;
	r->reason = arg_counts[WIRE_KFREE_SKB] > 2 ? ctx[2] : 0;
	*(volatile __u64 *)&r->rx_sk = arg_counts[WIRE_KFREE_SKB] > 3 ? ctx[3] : 0;
	r->protocol = bpf_ntohs(skb->protocol);
	r->head.flags = fill_packet(&r->packet, skb, network_header(skb));
	sk = skb->sk;
	if (*(volatile __u64 *)&r->rx_sk)
		sk = (const void *)*(volatile __u64 *)&r->rx_sk;
	if (sk) {
		r->head.flags |= WIRE_HAS_SOCK;
		fill_sock_copied(&r->sock, &r->addrs6, sk);
		EMIT_END_SOCK(&e, r);
	} else {
		emit_end(&e, offsetof(struct wire_kfree, sock));
	}
	return 0;
}

/* Fires before the network header is set: skb->data is where it begins. */
SEC("tp_btf/netif_receive_skb")
int BPF_PROG(netif_receive_skb, const struct sk_buff *skb)
{
	const unsigned char *l3 = skb->data;
	struct emission e;
	struct wire_receive *r;
	const __u64 *name;

	if (!is_selected_skb(skb, l3, NULL, skb->dev))
		return 0;
	r = emit_begin(&e, ctx, WIRE_NETIF_RECEIVE_SKB, sizeof(*r));
	if (unlikely(!r))
		return 0;
	name = (const void *)skb->dev->name;
	r->skbaddr = (__u64)skb;
	r->len = skb->len;
	((__u64 *)r->name)[0] = name[0];
	((__u64 *)r->name)[1] = name[1];
	r->head.flags = fill_packet(&r->packet, skb, l3);
	emit_end(&e, sizeof(*r));
	return 0;
}

#endif
