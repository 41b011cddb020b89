/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * packet.h -- reads the packed IP and TCP headers of an skb into a wire record:
 * addresses, ports, flags, sequence numbers, payload length. Never the payload.
 *
 *	head      l3            l4 = l3 + IP header             tail
 *	|---------|-------------|-------------------|-----------|
 *
 * Only what lies between head and tail is believed. A few bytes more may be copied to
 * the stack: memory behind tail, up to skb_shared_info, belongs to the same buffer.
 */
#ifndef BPF_PACKET_H
#define BPF_PACKET_H

#include "bpf/kernel_compat.h"
#include "bpf/sockid.h"

struct ip4_header {
	__u8 version_ihl;
	__u8 tos;
	__be16 tot_len;
	__be16 id;
	__be16 frag_off;
	__u8 ttl;
	__u8 protocol;
	__be16 check;
	__u8 saddr[4];
	__u8 daddr[4];
};

struct ip6_header {
	__be32 version_flow;
	__be16 payload_len;
	__u8 nexthdr;
	__u8 hop_limit;
	__u8 saddr[16];
	__u8 daddr[16];
};

/* The ports lie where UDP, DCCP and SCTP have them too. */
struct l4_header {
	__be16 sport;
	__be16 dport;
	__be32 seq;
	__be32 ack;
	__u8 doff;
	__u8 flags;
	__be16 window;
	__be32 rest;
};

struct ip4_packet {
	struct ip4_header ip;
	struct l4_header l4;
};

struct ip6_packet {
	struct ip6_header ip;
	struct l4_header l4;
};

/* What is left of a packet from where the parser stands. */
struct packet_view {
	const unsigned char *at;
	__s32 linear; /* bytes until tail */
	__s32 bytes;  /* until the end of the IP packet, frags included */
};

enum { IP6_EXTENSIONS_MAX = 4 };

static __always_inline bool has_ports(__u8 proto)
{
	return proto == IPPROTO_TCP || proto == IPPROTO_UDP || proto == IPPROTO_SCTP ||
	       proto == IPPROTO_DCCP || proto == IPPROTO_UDPLITE;
}

/* `l4` is what lies at v->at. Returns wire flags. */
static __always_inline __u32 fill_l4(struct wire_packet *p, const struct packet_view *v,
				     const struct l4_header *l4)
{
	__s32 header = (l4->doff >> 4) * 4;

	if (!has_ports(p->flow.proto) || v->linear < 8)
		return WIRE_HAS_FLOW;
	p->flow.sport = bpf_ntohs(l4->sport);
	p->flow.dport = bpf_ntohs(l4->dport);
	if (p->flow.proto != IPPROTO_TCP || v->linear < 20 || header < 20 || header > v->bytes)
		return WIRE_HAS_FLOW;
	p->seq = bpf_ntohl(l4->seq);
	p->ack = bpf_ntohl(l4->ack);
	p->tcp_flags = l4->flags;
	p->payload_bytes = v->bytes - header;
	return WIRE_HAS_FLOW | WIRE_HAS_SEGMENT;
}

/* The same where it must be copied first. */
OUT_OF_LINE __u32 fill_l4_copied(struct wire_packet *p, const unsigned char *at, __s32 linear,
				 __s32 bytes)
{
	struct packet_view v = {at, linear, bytes};
	struct l4_header l4;

	if (bpf_probe_read_kernel(&l4, sizeof(l4), at))
		return WIRE_HAS_FLOW;
	return fill_l4(p, &v, &l4);
}

static __always_inline void fill_ip4_addr(__u8 to[16], const __u8 from[4])
{
	((__u64 *)to)[0] = 0;
	((__u32 *)to)[2] = bpf_htonl(0xffff);
	((__u32 *)to)[3] = *(const __u32 *)from;
}

/* `h` is what lies at v->at. */
static __always_inline __u32 fill_ip4_read(struct wire_packet *p, const struct packet_view *v,
					   const struct ip4_packet *h)
{
	__s32 header = (h->ip.version_ihl & 15) * 4, total = bpf_ntohs(h->ip.tot_len);
	struct packet_view l4;

	if (unlikely(h->ip.version_ihl >> 4 != 4 || header < (__s32)sizeof(h->ip)))
		return 0;
	if (unlikely(!total))
		total = v->bytes; /* BIG TCP */
	if (unlikely(total < header))
		return 0;
	p->flow.proto = h->ip.protocol;
	p->flow.family = AF_INET;
	p->flow.sport = 0;
	p->flow.dport = 0;
	fill_ip4_addr(p->flow.saddr, h->ip.saddr);
	fill_ip4_addr(p->flow.daddr, h->ip.daddr);
	if (unlikely(h->ip.frag_off & bpf_htons(0x1fff)))
		return WIRE_HAS_FLOW;
	l4 = (struct packet_view){v->at + header, v->linear - header, total - header};
	if (unlikely(header != sizeof(h->ip)))
		return fill_l4_copied(p, l4.at, l4.linear, l4.bytes);
	return fill_l4(p, &l4, &h->l4);
}

OUT_OF_LINE __u32 fill_ip4_copied(struct wire_packet *p, const unsigned char *at, __s32 linear,
				  __s32 bytes)
{
	struct packet_view v = {at, linear, bytes};
	struct ip4_packet h;

	if (bpf_probe_read_kernel(&h, sizeof(h), at))
		return 0;
	return fill_ip4_read(p, &v, &h);
}

/* By read_words(), or by a copy. */
static __always_inline __u32 fill_ip4(struct wire_packet *p, const struct packet_view *v,
				      bool by_words)
{
	struct ip4_packet h;

	if (unlikely(v->linear < (__s32)sizeof(h.ip)))
		return 0;
	if (!by_words)
		return fill_ip4_copied(p, v->at, v->linear, v->bytes);
	read_words((__u64 *)&h, v->at);
	return fill_ip4_read(p, v, &h);
}

static __always_inline bool is_extension(__u8 proto)
{
	return proto == IPPROTO_HOPOPTS || proto == IPPROTO_ROUTING || proto == IPPROTO_FRAGMENT ||
	       proto == IPPROTO_DSTOPTS;
}

/* Step over extension headers. Returns the offset of what follows them, or 0 when it
 * cannot be reached or is a later fragment's data. *proto is what it is. */
static __always_inline __s32 skip_extensions(const struct packet_view *v, __u8 *proto)
{
	__s32 at = sizeof(struct ip6_header);
	__u8 ext[4];

	for (int i = 0; i < IP6_EXTENSIONS_MAX; i++) {
		if (!is_extension(*proto))
			return at;
		if (at + 8 > v->linear || bpf_probe_read_kernel(ext, sizeof(ext), v->at + at))
			return 0;
		if (*proto == IPPROTO_FRAGMENT && (ext[2] || ext[3] & 0xf8))
			return 0;
		at += *proto == IPPROTO_FRAGMENT ? 8 : (ext[1] + 1) * 8;
		*proto = ext[0];
	}
	return is_extension(*proto) ? 0 : at;
}

OUT_OF_LINE __u32 fill_ip6(struct wire_packet *p, const unsigned char *at, __s32 linear,
			   __s32 bytes)
{
	struct packet_view v = {at, linear, bytes}, l4;
	struct ip6_packet h;
	__s32 total, header;
	__u8 proto;

	if (linear < (__s32)sizeof(h.ip) || bpf_probe_read_kernel(&h, sizeof(h), at))
		return 0;
	if ((h.ip.version_flow & bpf_htonl(0xf0000000)) != bpf_htonl(0x60000000))
		return 0;
	total = sizeof(h.ip) + bpf_ntohs(h.ip.payload_len);
	if (!h.ip.payload_len)
		total = bytes; /* jumbo: BIG TCP */
	proto = h.ip.nexthdr;
	header = skip_extensions(&v, &proto);
	p->flow.proto = proto;
	p->flow.family = AF_INET6;
	p->flow.sport = 0;
	p->flow.dport = 0;
	__builtin_memcpy(p->flow.saddr, h.ip.saddr, 16);
	__builtin_memcpy(p->flow.daddr, h.ip.daddr, 16);
	if (!header)
		return WIRE_HAS_FLOW;
	l4 = (struct packet_view){at + header, linear - header, total - header};
	if (header != sizeof(h.ip))
		return fill_l4_copied(p, l4.at, l4.linear, l4.bytes);
	return fill_l4(p, &l4, &h.l4);
}

static __always_inline __u32 fill_packet_by(struct wire_packet *p, const struct sk_buff *skb,
					    const unsigned char *l3, bool by_words)
{
	struct packet_view v = {.at = l3, .linear = skb->tail - (__u32)(l3 - skb->head)};

	v.bytes = skb->len + (skb->data - l3);
	if (likely(skb->protocol == bpf_htons(ETH_P_IP)))
		return fill_ip4(p, &v, by_words);
	if (has_ipv6() && skb->protocol == bpf_htons(ETH_P_IPV6))
		return fill_ip6(p, v.at, v.linear, v.bytes);
	return 0;
}

/* The IP header begins at `l3`. Returns wire flags: how much of *p was filled. */
static __always_inline __u32 fill_packet(struct wire_packet *p, const struct sk_buff *skb,
					 const unsigned char *l3)
{
	return fill_packet_by(p, skb, l3, has_cast);
}

/* The same for functions out of line. */
static __always_inline __u32 fill_packet_copied(struct wire_packet *p, const struct sk_buff *skb,
						const unsigned char *l3)
{
	return fill_packet_by(p, skb, l3, false);
}

/* Where the IP header of an skb lies that has been through the IP layer. */
static __always_inline const unsigned char *network_header(const struct sk_buff *skb)
{
	return skb->head + skb->network_header;
}

#endif
