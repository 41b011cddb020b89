/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * typed_calls.h -- sock_send_length and sock_recv_length for kernels before 6.3, at the ends
 * of the functions that sock_sendmsg() and sock_recvmsg() call. Part of typed.bpf.c;
 * record/substitute.c says which are loaded.
 */
#ifndef BPF_TYPED_CALLS_H
#define BPF_TYPED_CALLS_H

#include "bpf/typed_sock.h"

static __always_inline int emit_call(void *ctx, __u32 event, const struct socket *sock, int ret,
				     int flags)
{
	const struct sock *sk = sock->sk;

	return sk ? emit_length(ctx, event, sk, ret, flags) : 0;
}

SEC("fexit/inet_sendmsg")
int BPF_PROG(inet_sendmsg, struct socket *sock, struct msghdr *msg, __u64 size, int ret)
{
	return emit_call(ctx, WIRE_SOCK_SEND_LENGTH, sock, ret, 0);
}

SEC("fexit/inet6_sendmsg")
int BPF_PROG(inet6_sendmsg, struct socket *sock, struct msghdr *msg, __u64 size, int ret)
{
	return emit_call(ctx, WIRE_SOCK_SEND_LENGTH, sock, ret, 0);
}

/* Gone since 6.5 (dc97391e6610). */
SEC("fexit/inet_sendpage")
int BPF_PROG(inet_sendpage, struct socket *sock, void *page, int offset, __u64 size, int flags,
	     __s64 ret)
{
	return emit_call(ctx, WIRE_SOCK_SEND_LENGTH, sock, (int)ret, 0);
}

SEC("fexit/inet_recvmsg")
int BPF_PROG(inet_recvmsg, struct socket *sock, struct msghdr *msg, __u64 size, int flags, int ret)
{
	return emit_call(ctx, WIRE_SOCK_RECV_LENGTH, sock, ret, flags);
}

SEC("fexit/inet6_recvmsg")
int BPF_PROG(inet6_recvmsg, struct socket *sock, struct msghdr *msg, __u64 size, int flags, int ret)
{
	return emit_call(ctx, WIRE_SOCK_RECV_LENGTH, sock, ret, flags);
}

#endif
