/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* typed_sock.h -- the programs of the `sock` group. Part of typed.bpf.c. */
#ifndef BPF_TYPED_SOCK_H
#define BPF_TYPED_SOCK_H

#include "bpf/emit.h"
#include "bpf/held.h"
#include "bpf/sockid.h"
#include "bpf/tcp_totals.h"

/* Offsets in the classic entry of sk_data_ready; see there. A program may read its context at
 * constant offsets only: those that they have had so far. Elsewhere a helper reads them. */
enum { DATA_READY_SKADDR = 8, DATA_READY_IP = 24 };
const volatile __u32 data_ready_skaddr;
const volatile __u32 data_ready_ip;

static __always_inline void fill_states(struct wire_set_state *r, const struct sock *sk,
					int oldstate, int newstate)
{
	r->sock.cookie = sock_is_unfinished(sk, oldstate, newstate) ? 0 : sock_cookie(sk);
	r->oldstate = oldstate;
	r->newstate = newstate;
}

static __always_inline void fill_tcp_states(struct wire_set_state *r, const struct sock *sk,
					    const struct tcp_sock *tp)
{
	fill_tcp_names(&r->sock, &r->addrs6, sk, tp);
	r->head.flags = WIRE_HAS_TCP;
	fill_counters(&r->tcp, tp);
	r->sk_err = sk->sk_err;
	r->sk_shutdown = sk->sk_shutdown;
	r->is_done = sk->__sk_common.skc_flags >> bpf_core_enum_value(enum sock_flags, SOCK_DONE) &
		     1;
}

OUT_OF_LINE int hold_set_state(void *ctx, const struct sock *sk, const struct tcp_sock *tp,
			       int oldstate, int newstate)
{
	struct wire_set_state r = {};

	fill_head(ctx, &r.head, WIRE_INET_SOCK_SET_STATE, bpf_get_smp_processor_id());
	r.head.ts_ns = bpf_ktime_get_boot_ns();
	fill_states(&r, sk, oldstate, newstate);
	fill_tcp_states(&r, sk, tp);
	hold_back(sk, &r);
	return 0;
}

/* The record's time; 0 if there was no room for it. */
static __always_inline __u64 emit_set_state(void *ctx, const struct sock *sk,
					    const struct tcp_sock *tp, int oldstate, int newstate)
{
	struct emission e;
	struct wire_set_state *r = emit_begin(&e, ctx, WIRE_INET_SOCK_SET_STATE, sizeof(*r));
	__u64 ts_ns;

	if (unlikely(!r))
		return 0;
	fill_states(r, sk, oldstate, newstate);
	if (tp)
		fill_tcp_states(r, sk, tp);
	else
		fill_names(&r->sock, &r->addrs6, sk, NULL);
	ts_ns = r->head.ts_ns;
	EMIT_END_SOCK(&e, r);
	return ts_ns;
}

/* A connection ends. Not at tcp_destroy_sock: tcp_disconnect(), which a reset by SO_LINGER goes
 * through, has cleared the counters by then. `ts_ns` is the time of the change of state; 0: now. */
OUT_OF_LINE int emit_summary(void *ctx, __u64 ts_ns, const struct sock *sk,
			     const struct tcp_sock *tp, int oldstate)
{
	struct emission e;
	struct wire_summary *r = emit_begin_untimed(&e, ctx, WIRE_SOCK_SUMMARY, sizeof(*r));

	if (unlikely(!r))
		return 0;
	r->head.ts_ns = ts_ns ? ts_ns : bpf_ktime_get_boot_ns();
	r->sock.cookie = sock_cookie(sk);
	fill_tcp_names(&r->sock, &r->addrs6, sk, tp);
	fill_counters(&r->tcp, tp);
	r->head.flags = fill_totals(&r->totals, tp);
	r->sk_err = sk->sk_err;
	r->state = oldstate;
	EMIT_END_SOCK(&e, r);
	return 0;
}

/* A listener ends; those who wait in its queue are still counted. */
OUT_OF_LINE int emit_listener(void *ctx, __u64 ts_ns, const struct sock *sk,
			      const struct tcp_sock *tp)
{
	struct emission e;
	struct wire_listener *r = emit_begin_untimed(&e, ctx, WIRE_LISTENER, sizeof(*r));

	if (unlikely(!r))
		return 0;
	r->head.ts_ns = ts_ns ? ts_ns : bpf_ktime_get_boot_ns();
	r->sock.cookie = sock_cookie(sk);
	fill_tcp_names(&r->sock, &r->addrs6, sk, tp);
	r->head.flags = WIRE_HAS_OWNER; /* who closes it */
	fill_queues(&r->queues, sk, tp);
	EMIT_END_SOCK(&e, r);
	return 0;
}

/* What is wanted of it. */
static __always_inline int emit_states(void *ctx, const struct sock *sk, const struct tcp_sock *tp,
				       int oldstate, int newstate)
{
	__u64 ts_ns = emit_set_state(ctx, sk, tp, oldstate, newstate);

	if (!tp || newstate != TCP_CLOSE || oldstate == TCP_CLOSE)
		return 0;
	if (oldstate == TCP_LISTEN) {
		if (is_wanted(WIRE_LISTENER))
			emit_listener(ctx, ts_ns, sk, tp);
	} else if (is_wanted(WIRE_SOCK_SUMMARY)) {
		emit_summary(ctx, ts_ns, sk, tp, oldstate);
	}
	return 0;
}

/* With a selection it is attached in any case. */
SEC("tp_btf/inet_sock_set_state")
int BPF_PROG(inet_sock_set_state, const struct sock *sk, int oldstate, int newstate)
{
	const struct tcp_sock *tp = as_tcp(sk);
	enum select_fit fit;

	if (!select_kinds())
		return emit_states(ctx, sk, tp, oldstate, newstate);
	if (is_alien_tcp(sk, tp) || (newstate == TCP_SYN_SENT && is_opening_alien(sk)))
		return pass_alien(sk, oldstate, newstate);
	fit = select_state(sk, oldstate, newstate);
	if (newstate == TCP_ESTABLISHED)
		count_opened(fit);
	if (oldstate == TCP_CLOSE || oldstate == TCP_SYN_SENT || oldstate == TCP_SYN_RECV)
		let_go(sk, fit);
	if (tp && fit == SELECT_MAYBE && select_kinds() & SELECT_BY_HEADERS)
		return hold_set_state(ctx, sk, tp, oldstate, newstate);
	return fit == SELECT_YES ? emit_states(ctx, sk, tp, oldstate, newstate) : 0;
}

SEC("tp_btf/inet_sk_error_report")
int BPF_PROG(inet_sk_error_report, const struct sock *sk)
{
	struct emission e;
	struct wire_sock_length *r;

	if (!is_selected(sk))
		return 0;
	r = emit_begin(&e, ctx, WIRE_INET_SK_ERROR_REPORT, sizeof(*r));
	if (unlikely(!r))
		return 0;
	fill_sock(&r->sock, &r->addrs6, sk, as_tcp(sk));
	r->ret = sk->sk_err;
	r->flags = 0;
	EMIT_END_SOCK(&e, r);
	return 0;
}

static __always_inline int emit_length(void *ctx, __u32 event, const struct sock *sk, int ret,
				       int flags)
{
	struct emission e;
	struct wire_sock_length *r;

	if (!is_selected_here(sk))
		return 0;
	r = emit_begin(&e, ctx, event, sizeof(*r));
	if (unlikely(!r))
		return 0;
	fill_sock(&r->sock, &r->addrs6, sk, as_tcp(sk));
	r->ret = ret;
	r->flags = flags;
	EMIT_END_SOCK(&e, r);
	return 0;
}

SEC("tp_btf/sock_send_length")
int BPF_PROG(sock_send_length, const struct sock *sk, int ret, int flags)
{
	return emit_length(ctx, WIRE_SOCK_SEND_LENGTH, sk, ret, flags);
}

SEC("tp_btf/sock_recv_length")
int BPF_PROG(sock_recv_length, const struct sock *sk, int ret, int flags)
{
	return emit_length(ctx, WIRE_SOCK_RECV_LENGTH, sk, ret, flags);
}

OUT_OF_LINE __u64 data_ready_field(void *ctx, __u32 offset)
{
	__u64 value = 0;

	bpf_probe_read_kernel(&value, sizeof(value), ctx + offset);
	return value;
}

/* The event's `ip` is a return address, which lies on the stack; see site.bpf.c. */
SEC("tp_btf/sk_data_ready")
int BPF_PROG(sk_data_ready_typed, const struct sock *sk)
{
	struct emission e;
	struct wire_data_ready *r;

	if (!is_selected(sk))
		return 0;
	r = emit_begin(&e, ctx, WIRE_SK_DATA_READY, sizeof(*r));
	if (unlikely(!r))
		return 0;
	fill_sock(&r->sock, &r->addrs6, sk, as_tcp(sk));
	r->ip = read_word((const char *)ctx + data_ready_site);
	if (r->sock.state == TCP_LISTEN) {
		r->head.flags = WIRE_HAS_BACKLOG;
		r->backlog = sk->sk_ack_backlog;
		r->max_backlog = sk->sk_max_ack_backlog;
	}
	EMIT_END_SOCK(&e, r);
	return 0;
}

static __always_inline void fill_backlog(struct wire_data_ready *r, const void *pointer)
{
	const struct sock *sk = pointer;

	r->head.flags = WIRE_HAS_BACKLOG;
	r->backlog = BPF_CORE_READ(sk, sk_ack_backlog);
	r->max_backlog = BPF_CORE_READ(sk, sk_max_ack_backlog);
}

/* Where it is not known, this program is attached to the classic event and finds `ip` in its entry. */
SEC("tp/sock/sk_data_ready")
int sk_data_ready(void *ctx)
{
	struct emission e;
	struct wire_data_ready *r;
	void *sk;

	if (data_ready_skaddr == DATA_READY_SKADDR)
		sk = *(void **)(ctx + DATA_READY_SKADDR);
	else
		sk = (void *)data_ready_field(ctx, data_ready_skaddr);
	if (!is_selected_any(sk))
		return OTHERS_SEE_IT;
	r = emit_begin(&e, ctx, WIRE_SK_DATA_READY, sizeof(*r));
	if (unlikely(!r))
		return OTHERS_SEE_IT;
	fill_sock_copied(&r->sock, &r->addrs6, sk);
	if (data_ready_ip == DATA_READY_IP)
		r->ip = *(__u64 *)(ctx + DATA_READY_IP);
	else
		r->ip = data_ready_field(ctx, data_ready_ip);
	if (r->sock.state == TCP_LISTEN)
		fill_backlog(r, sk);
	EMIT_END_SOCK(&e, r);
	return OTHERS_SEE_IT;
}

#endif
