/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * typed_own_fields.c -- the fields of the events that the kernel does not have: a socket that
 * exists, and what a socket has done when it ends. By the names of struct tcp_info.
 */
#include "record/typed_fields.h"

#include "bpf/wire.h"

#define COUNTER(record, name, type, bytes, member, ...)                                            \
	{                                                                                          \
		name, type, bytes, TO_OWN, .offset = offsetof(struct record, member), __VA_ARGS__  \
	}
#define TOTAL32(record, member, ...) COUNTER(record, #member, "u32", 4, totals.member, __VA_ARGS__)
#define TOTAL64(record, member, ...) COUNTER(record, #member, "u64", 8, totals.member, __VA_ARGS__)

#define QUEUE(record, member, flag)                                                                \
	COUNTER(record, #member, "u32", 4, queues.member, .needs = (flag))
#define QUEUES(record, flag)                                                                       \
	QUEUE(record, backlog, flag), QUEUE(record, max_backlog, flag),                            \
		QUEUE(record, requests, flag), QUEUE(record, drops, flag)

/* `flag`: without it the record has no counters; 0 = always. */
#define TCP_COUNTERS(record, flag)                                                                 \
	COUNTER(record, "bytes_acked", "u64", 8, tcp.bytes_acked, .key = KEY_BYTES_ACKED,          \
		.needs = (flag)),                                                                  \
		COUNTER(record, "bytes_received", "u64", 8, tcp.bytes_received,                    \
			.key = KEY_BYTES_RECEIVED, .needs = (flag)),                               \
		COUNTER(record, "snd_una", "u32", 4, tcp.snd_una, .key = KEY_SENT,                 \
			.needs = (flag)),                                                          \
		COUNTER(record, "rcv_nxt", "u32", 4, tcp.rcv_nxt, .key = KEY_RECEIVED,             \
			.needs = (flag)),                                                          \
		COUNTER(record, "srtt_us", "u32", 4, tcp.srtt_us, .key = KEY_SRTT,                 \
			.needs = (flag)),                                                          \
		COUNTER(record, "total_retrans", "u32", 4, tcp.total_retrans, .needs = (flag)),    \
		TOTAL32(record, snd_cwnd, .key = KEY_CWND, .needs = (flag)),                       \
		TOTAL32(record, snd_ssthresh, .key = KEY_SSTHRESH, .needs = (flag)),               \
		TOTAL64(record, bytes_sent, .needs = (flag)),                                      \
		TOTAL64(record, bytes_retrans, .needs = (flag)),                                   \
		TOTAL64(record, busy_us, .needs = (flag)),                                         \
		TOTAL64(record, rwnd_limited_us, .needs = (flag)),                                 \
		TOTAL64(record, sndbuf_limited_us, .needs = (flag)),                               \
		TOTAL64(record, pacing_rate, .needs = (flag)),                                     \
		TOTAL32(record, unacked, .needs = (flag)),                                         \
		TOTAL32(record, sacked, .needs = (flag)), TOTAL32(record, lost, .needs = (flag)),  \
		TOTAL32(record, retrans, .needs = (flag)),                                         \
		TOTAL32(record, segs_out, .needs = (flag)),                                        \
		TOTAL32(record, segs_in, .needs = (flag)),                                         \
		TOTAL32(record, data_segs_out, .needs = (flag)),                                   \
		TOTAL32(record, data_segs_in, .needs = (flag)),                                    \
		TOTAL32(record, delivered, .needs = (flag)),                                       \
		TOTAL32(record, delivered_ce, .needs = (flag)),                                    \
		TOTAL32(record, dsack_dups, .needs = (flag)),                                      \
		TOTAL32(record, reordering, .needs = (flag)),                                      \
		TOTAL32(record, reord_seen, .needs = (flag)),                                      \
		TOTAL32(record, rcv_ooopack, .needs = (flag)),                                     \
		TOTAL32(record, rttvar_us, .needs = (flag)),                                       \
		TOTAL32(record, min_rtt_us, .needs = (flag) | WIRE_HAS_MIN_RTT),                   \
		TOTAL32(record, rcv_rtt_us, .needs = (flag)),                                      \
		TOTAL32(record, snd_mss, .needs = (flag)),                                         \
		TOTAL32(record, advmss, .needs = (flag)), TOTAL32(record, pmtu, .needs = (flag)),  \
		TOTAL32(record, rate_delivered, .needs = (flag)),                                  \
		TOTAL32(record, rate_interval_us, .needs = (flag)),                                \
		COUNTER(record, "congestion", "char[16]", 16, totals.congestion,                   \
			.role = ROLE_TEXT, .needs = (flag))

const struct typed_field typed_summary_fields[] = {
	TCP_COUNTERS(wire_summary, 0),
	{"sk_err", "s32", 4, TO_OWN, .offset = offsetof(struct wire_summary, sk_err),
	 .flags = TYPED_SIGNED},
	{"state", "s32", 4, TO_OWN, .offset = offsetof(struct wire_summary, state),
	 .flags = TYPED_SIGNED, .legend = LEGEND_TCP_STATE},
	{0},
};

const struct typed_field typed_snapshot_fields[] = {
	{"state", "s32", 4, TO_OWN, .offset = offsetof(struct wire_existing, sock.state),
	 .flags = TYPED_SIGNED, .legend = LEGEND_TCP_STATE},
	{"owner_fd", "s32", 4, TO_OWN, .offset = offsetof(struct wire_existing, fd),
	 .flags = TYPED_SIGNED, .needs = WIRE_HAS_OWNER},
	{"owner_pid", "u32", 4, TO_OWN, .offset = offsetof(struct wire_existing, head.pid),
	 .needs = WIRE_HAS_OWNER},
	{"owner_comm", "char[16]", 16, TO_OWN, .offset = offsetof(struct wire_existing, head.comm),
	 .role = ROLE_TEXT, .needs = WIRE_HAS_OWNER},
	{"inode", "u64", 8, TO_OWN, .offset = offsetof(struct wire_existing, inode),
	 .needs = WIRE_HAS_INODE},
	QUEUES(wire_existing, WIRE_HAS_BACKLOG),
	TCP_COUNTERS(wire_existing, WIRE_HAS_TCP),
	{0},
};

const struct typed_field typed_listener_fields[] = {
	QUEUES(wire_listener, 0),
	{0},
};
