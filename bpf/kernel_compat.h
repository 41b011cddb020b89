/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * kernel_compat.h -- everything that differs between the kernels we run on, each
 * difference once, with the version and commit that made it. Vendors backport, so
 * nothing here asks for a version: only for what BTF shows, or what record/ saw there.
 */
#ifndef BPF_KERNEL_COMPAT_H
#define BPF_KERNEL_COMPAT_H

#include "bpf/kernel.h"
#include "bpf/wire.h"

/* Arguments of each tracepoint, from the kernel's BTF; set before loading. A program
 * may touch argument n only behind `arg_counts[event] > n`: the verifier knows these
 * constants and drops the branch. Grown since they were added:
 *	kfree_skb	reason 5.17 (c504e5c2f964), rx_sk 6.11 (ba8de796baf4)
 *	consume_skb	location 6.3
 *	tcp_send_reset	reason 6.10, sk and skb may be NULL since then
 *	tcp_retransmit_skb	err 6.17 (ad892e912b84) */
const volatile __u8 arg_counts[WIRE_TYPED_END];

/* bpf_get_socket_cookie() in tracing programs: 5.12 (c5dbb89fc2ac). Set when BTF shows
 * bpf_get_socket_ptr_cookie(). */
const volatile __u8 has_cookie_helper;

/* Any pointer may be read like a typed one, faults included: 6.2 (a35b9af4ec2c); before, by a helper
 * that copies, which takes several times as long. Set when BTF shows the function. Declared as the
 * kernel's, libbpf would load nothing where there is no BTF: it is called by a number that no helper
 * has, and record/ puts the function in its place: in programs, not in functions out of line, which
 * libbpf keeps elsewhere. */
const volatile __u8 has_cast;
static void *(*const bpf_rdonly_cast)(const void *pointer, __u32 btf_id) = (void *)WIRE_CALL_CAST;

#define CAST(pointer, type) ((const type *)bpf_rdonly_cast(pointer, bpf_core_type_id_kernel(type)))

/* Five words of any memory without a copy: read like a type of the kernel's that is made of
 * words. Where it cannot be read they are 0. Only if has_cast. */
struct pt_regs___words {
	__u64 words[5];
} KERNEL_TYPE;

static __always_inline void read_words(__u64 to[5], const void *from)
{
	const __u64 *words = bpf_rdonly_cast(from, bpf_core_type_id_kernel(struct pt_regs___words));

	to[0] = words[0];
	to[1] = words[1];
	to[2] = words[2];
	to[3] = words[3];
	to[4] = words[4];
}

/* The same of one word. */
static __always_inline __u64 read_word(const void *from)
{
	return *(const __u64 *)bpf_rdonly_cast(from,
					       bpf_core_type_id_kernel(struct pt_regs___words));
}

struct tcp_sock___scaling {
	__u8 scaling_ratio;
} KERNEL_TYPE;

/* The window scaling ratio: 6.6 (dfa2f0483360). */
static __always_inline __u8 tcp_scaling_ratio(const struct tcp_sock *tp)
{
	const struct tcp_sock___scaling *s = (const void *)tp;

	return bpf_core_field_exists(s->scaling_ratio) ? s->scaling_ratio : 0;
}

/* Before 5.12 there is no helper and a socket has a cookie only if someone asked for it.
 * 0 = not known. */
static __always_inline __u64 sock_cookie(const struct sock *sk)
{
	__u64 cookie = sk->__sk_common.skc_cookie.counter;

	if (unlikely(!cookie) && has_cookie_helper)
		cookie = bpf_get_socket_cookie((void *)sk);
	return cookie;
}

/* Until 6.15 (a3a128f611a9) LISTEN -> SYN_RECV fires on the child before its addresses
 * are filled in, and a cookie made at that moment is overwritten right after. The
 * empty port tells. */
static __always_inline bool sock_is_unfinished(const struct sock *sk, int oldstate, int newstate)
{
	return oldstate == TCP_LISTEN && newstate == TCP_SYN_RECV && !sk->__sk_common.skc_dport;
}

/* Without CONFIG_NET_NS the member is missing. */
static __always_inline __u32 sock_netns(const struct sock_common *c)
{
	if (!bpf_core_field_exists(c->skc_net.net))
		return 0;
	return c->skc_net.net->ns.inum;
}

/* Of the ports that connect() takes one of, in the socket's network namespace. */
struct ports_span {
	__u32 first, last;
};

struct local_ports {
	__u32 range;
} KERNEL_TYPE;

struct local_ports___pair {
	int range[2];
} KERNEL_TYPE;

struct netns_ipv4 {
	struct local_ports ip_local_ports;
} KERNEL_TYPE;

struct net___ports {
	struct netns_ipv4 ipv4;
} KERNEL_TYPE;

/* In one word since 6.8 (d9f28735af87). All ports, if it is not known. */
static __always_inline struct ports_span local_ports_of(const struct sock_common *c)
{
	const struct net___ports *net;
	const struct local_ports___pair *pair;
	__u32 range;

	if (!bpf_core_field_exists(c->skc_net.net))
		return (struct ports_span){0, 65535};
	net = (const void *)c->skc_net.net;
	if (bpf_core_field_exists(struct local_ports, range)) {
		range = net->ipv4.ip_local_ports.range;
		return (struct ports_span){range & 0xffff, range >> 16};
	}
	if (!bpf_core_field_exists(struct local_ports___pair, range))
		return (struct ports_span){0, 65535};
	pair = (const void *)&net->ipv4.ip_local_ports;
	return (struct ports_span){pair->range[0], pair->range[1]};
}

/* Without CONFIG_IPV6 the members are missing. */
static __always_inline bool has_ipv6(void)
{
	return bpf_core_field_exists(struct sock_common, skc_v6_daddr);
}

/* icsk_ca_state has been 6 and 5 bits wide. `icsk` lies at the start of a tcp_sock. */
static __always_inline __u8 tcp_ca_state(const struct tcp_sock *tp)
{
	const struct inet_connection_sock *icsk = (const void *)tp;

	return BPF_CORE_READ_BITFIELD(icsk, icsk_ca_state);
}

/* Two bits among others, whose place moves. */
static __always_inline __u8 tcp_chrono_type(const struct tcp_sock *tp)
{
	return BPF_CORE_READ_BITFIELD(tp, chrono_type);
}

/* bpf_get_current_task_btf(): 5.11 (3ca1032ab7ab); before, helpers copy. */
static __always_inline void fill_task(struct wire_head *h)
{
	if (bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_get_current_task_btf)) {
		const struct task_struct *t = bpf_get_current_task_btf();
		const __u64 *comm = (const void *)t->comm;

		h->pid = t->tgid;
		h->tid = t->pid;
		((__u64 *)h->comm)[0] = comm[0];
		((__u64 *)h->comm)[1] = comm[1];
	} else {
		__u64 both = bpf_get_current_pid_tgid();

		h->pid = both >> 32;
		h->tid = (__u32)both;
		bpf_get_current_comm(h->comm, WIRE_COMM);
	}
}

struct sock___ino {
	unsigned long sk_ino;
} KERNEL_TYPE;

/* The inode number lies in the socket itself since 6.18; before, behind its file.
 * 0 = the socket has no file. */
static __always_inline __u64 sock_inode(const struct sock *sk)
{
	const struct sock___ino *s = (const void *)sk;

	if (bpf_core_field_exists(s->sk_ino))
		return s->sk_ino;
	return BPF_CORE_READ(sk, sk_socket, file, f_inode, i_ino);
}

struct sock_cgroup_data {
	struct cgroup *cgroup;
	__u64 val;
} KERNEL_TYPE;

struct sock___cgroup {
	struct sock_cgroup_data sk_cgrp_data;
} KERNEL_TYPE;

/* A pointer of its own since 5.15 (8520e224f547); before, a word that held other things if
 * bit 0 was set. NULL = not known. */
static __always_inline const struct cgroup *sock_cgroup(const void *sk)
{
	const struct sock___cgroup *s = sk;
	__u64 val;

	if (!bpf_core_field_exists(s->sk_cgrp_data))
		return NULL;
	if (bpf_core_field_exists(s->sk_cgrp_data.cgroup))
		return BPF_CORE_READ(s, sk_cgrp_data.cgroup);
	val = BPF_CORE_READ(s, sk_cgrp_data.val);
	return val & 1 ? NULL : (const void *)(val & ~3ULL);
}

struct cgroup___pointers {
	struct cgroup *ancestors[1];
} KERNEL_TYPE;

struct cgroup___ids {
	__u64 ancestor_ids[1];
} KERNEL_TYPE;

/* The id of the ancestor `level` below the root; a list of cgroups since 6.1 (7f203bc89eb6),
 * of ids before. 0 = there is none. */
static __always_inline __u64 cgroup_ancestor(const struct cgroup *cgroup, int level)
{
	const struct cgroup *ancestor = NULL;
	__u64 id = 0;

	if (level > BPF_CORE_READ(cgroup, level))
		return 0;
	if (bpf_core_field_exists(struct cgroup___pointers, ancestors)) {
		bpf_probe_read_kernel(&ancestor, sizeof(ancestor),
				      (const char *)cgroup + level * 8 +
					      bpf_core_field_offset(struct cgroup___pointers,
								    ancestors));
		return BPF_CORE_READ(ancestor, kn, id);
	}
	if (bpf_core_field_exists(struct cgroup___ids, ancestor_ids))
		bpf_probe_read_kernel(&id, sizeof(id),
				      (const char *)cgroup + level * 8 +
					      bpf_core_field_offset(struct cgroup___ids,
								    ancestor_ids));
	return id;
}

#endif
