/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * snapshot.bpf.c -- the TCP sockets that exist when a recording begins. Two iterators,
 * each of which may be missing (iter/tcp 5.9, bpf_sock_from_file() 5.11):
 *
 *	existing_socks	the hash tables of one network namespace (that of whoever begins), with
 *			listeners, TIME_WAIT and half-open requests
 *	owned_socks	what the processes of all namespaces hold open, with its owner
 */
#include "bpf/kernel.h"
#include "bpf/wire.h"

#include "bpf/kernel_compat.h"
#include "bpf/select_existing.h"
#include "bpf/sockid.h"
#include "bpf/tcp_totals.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

static __always_inline void fill_tcp_existing(struct wire_existing *r, const struct sock *sk,
					      const struct tcp_sock *tp)
{
	r->sock.cookie = sock_cookie(sk);
	r->inode = sock_inode(sk);
	if (r->inode)
		r->head.flags |= WIRE_HAS_INODE;
	if (r->sock.state == TCP_LISTEN) {
		r->head.flags |= WIRE_HAS_BACKLOG;
		fill_queues(&r->queues, sk, tp);
		return;
	}
	r->head.flags |= WIRE_HAS_TCP;
	fill_counters(&r->tcp, tp);
	r->head.flags |= fill_totals(&r->totals, tp);
}

static __always_inline void fill_existing(struct wire_existing *r, const void *sk)
{
	const struct tcp_sock *tp = bpf_skc_to_tcp_sock((void *)sk);

	r->head.ts_ns = bpf_ktime_get_boot_ns();
	r->head.cpu = bpf_get_smp_processor_id();
	r->head.flags = WIRE_HAS_SOCK;
	fill_sock_copied(&r->sock, &r->addrs6, sk);
	if (tp)
		fill_tcp_existing(r, (const void *)tp, tp);
}

/* The row in the making: too large for the stack. One iterator runs at a time. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__type(key, __u32);
	__type(value, struct wire_existing);
	__uint(max_entries, 1);
} row SEC(".maps");

static __always_inline struct wire_existing *clean_row(void)
{
	__u32 first = 0;
	struct wire_existing *r = bpf_map_lookup_elem(&row, &first);

	if (r)
		__builtin_memset(r, 0, sizeof(*r));
	return r;
}

/* Each has a stack of its own: one alone takes most of what there is. */
static __noinline bool is_chosen(const void *sk, const struct task_struct *task)
{
	return select_existing(sk, task);
}

static __noinline int write_unowned(struct bpf_iter__tcp *ctx, const struct sock_common *c)
{
	struct wire_existing *r = clean_row();

	if (!r)
		return 0;
	fill_existing(r, c);
	bpf_seq_write(ctx->meta->seq, r, sizeof(*r));
	return 0;
}

SEC("iter/tcp")
int existing_socks(struct bpf_iter__tcp *ctx)
{
	struct sock_common *c = ctx->sk_common;

	return c && is_chosen(c, NULL) ? write_unowned(ctx, c) : 0;
}

static __noinline int write_owned(struct bpf_iter__task_file *ctx, const struct sock *sk,
				  const struct task_struct *task)
{
	struct wire_existing *r = clean_row();

	if (!r)
		return 0;
	fill_existing(r, sk);
	r->head.flags |= WIRE_HAS_OWNER;
	r->head.pid = task->tgid;
	r->head.tid = task->pid;
	__builtin_memcpy(r->head.comm, task->comm, WIRE_COMM);
	r->fd = ctx->fd;
	bpf_seq_write(ctx->meta->seq, r, sizeof(*r));
	return 0;
}

SEC("iter/task_file")
int owned_socks(struct bpf_iter__task_file *ctx)
{
	struct task_struct *task = ctx->task;
	struct file *file = ctx->file;
	struct socket *socket;
	struct sock *sk;

	if (!task || !file)
		return 0;
	socket = bpf_sock_from_file(file);
	if (!socket)
		return 0;
	sk = socket->sk;
	if (!sk || sk->sk_protocol != IPPROTO_TCP || !is_inet(sk->__sk_common.skc_family))
		return 0;
	return is_chosen(sk, task) ? write_owned(ctx, sk, task) : 0;
}
