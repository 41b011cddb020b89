/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * tcp_totals.h -- what a TCP socket has done so far, as the kernel's tcp_get_info() has it, and as
 * `ss -tie` shows it.
 */
#ifndef BPF_TCP_TOTALS_H
#define BPF_TCP_TOTALS_H

#include "bpf/kernel_compat.h"

/* 1,000,000 / CONFIG_HZ; set before loading. */
const volatile __u64 jiffy_us = 4000;

enum { CHRONO_BUSY = 1, CHRONO_RWND_LIMITED, CHRONO_SNDBUF_LIMITED };

/* One of them runs, or none; the kernel's tcp_get_info_chrono_stats(). */
static __always_inline __u64 chrono_us(const struct tcp_sock *tp, __u32 type)
{
	__u32 jiffies = tp->chrono_stat[type - 1];

	if (tcp_chrono_type(tp) == type)
		jiffies += (__u32)bpf_jiffies64() - tp->chrono_start;
	return jiffies * jiffy_us;
}

static __always_inline void fill_segments(struct wire_tcp_totals *w, const struct tcp_sock *tp)
{
	w->unacked = tp->packets_out;
	w->sacked = tp->sacked_out;
	w->lost = tp->lost_out;
	w->retrans = tp->retrans_out;
	w->segs_out = tp->segs_out;
	w->segs_in = tp->segs_in;
	w->data_segs_out = tp->data_segs_out;
	w->data_segs_in = tp->data_segs_in;
	w->delivered = tp->delivered;
	w->delivered_ce = tp->delivered_ce;
	w->dsack_dups = tp->dsack_dups;
	w->reordering = tp->reordering;
	w->reord_seen = tp->reord_seen;
	w->rcv_ooopack = tp->rcv_ooopack;
}

/* Returns wire flags. */
static __always_inline __u32 fill_totals(struct wire_tcp_totals *w, const struct tcp_sock *tp)
{
	const struct inet_connection_sock *icsk = &tp->inet_conn;
	const __u64 *congestion = (const void *)icsk->icsk_ca_ops->name;

	w->bytes_sent = tp->bytes_sent;
	w->bytes_retrans = tp->bytes_retrans;
	w->rwnd_limited_us = chrono_us(tp, CHRONO_RWND_LIMITED);
	w->sndbuf_limited_us = chrono_us(tp, CHRONO_SNDBUF_LIMITED);
	w->busy_us = chrono_us(tp, CHRONO_BUSY) + w->rwnd_limited_us + w->sndbuf_limited_us;
	w->pacing_rate = icsk->icsk_inet.sk.sk_pacing_rate;
	fill_segments(w, tp);
	w->rttvar_us = tp->mdev_us >> 2;
	w->min_rtt_us = tp->rtt_min.s[0].v;
	w->rcv_rtt_us = tp->rcv_rtt_est.rtt_us >> 3;
	w->snd_cwnd = tp->snd_cwnd;
	w->snd_ssthresh = tp->snd_ssthresh;
	w->snd_mss = tp->mss_cache;
	w->advmss = tp->advmss;
	w->pmtu = icsk->icsk_pmtu_cookie;
	w->rate_delivered = tp->rate_delivered;
	w->rate_interval_us = tp->rate_interval_us;
	((__u64 *)w->congestion)[0] = congestion[0];
	((__u64 *)w->congestion)[1] = congestion[1];
	return w->min_rtt_us == ~0u ? 0 : WIRE_HAS_MIN_RTT;
}

#endif
