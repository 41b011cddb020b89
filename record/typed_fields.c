/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* typed_fields.c -- where each value lies in a wire record, list by list. */
#include "record/typed_fields.h"

#include "bpf/wire.h"

const struct typed_field typed_no_fields[] = {{0}};

/* What most events print of their socket. */
const struct typed_field typed_sock_fields[] = {
	{"skaddr", "const void *", 8, DICT_SOCK, .attribute = SOCK_SKADDR},
	{"sk", "void *", 8, DICT_SOCK, .attribute = SOCK_SKADDR, .flags = TYPED_ALIAS},
	{"family", "__u16", 2, DICT_SOCK, .attribute = SOCK_FAMILY},
	{"protocol", "__u16", 2, DICT_SOCK, .attribute = SOCK_PROTOCOL},
	{"sport", "__u16", 2, DICT_SOCK, .attribute = SOCK_SPORT},
	{"dport", "__u16", 2, DICT_SOCK, .attribute = SOCK_DPORT},
	{"saddr", "__u8[4]", 4, DICT_SOCK, .attribute = SOCK_SADDR},
	{"daddr", "__u8[4]", 4, DICT_SOCK, .attribute = SOCK_DADDR},
	{"saddr_v6", "__u8[16]", 16, DICT_SOCK, .attribute = SOCK_SADDR6},
	{"daddr_v6", "__u8[16]", 16, DICT_SOCK, .attribute = SOCK_DADDR6},
	{"sock_cookie", "__u64", 8, DICT_SOCK, .attribute = SOCK_COOKIE},
	{0},
};

/* What the packet's headers add to an skb event. */
const struct typed_field typed_packet_fields[] = {
	{"proto", "u16", 2, DICT_FLOW, .attribute = FLOW_PROTO, .flags = TYPED_EXTRA},
	{"saddr", "u8[16]", 16, DICT_FLOW, .attribute = FLOW_SADDR, .flags = TYPED_EXTRA},
	{"daddr", "u8[16]", 16, DICT_FLOW, .attribute = FLOW_DADDR, .flags = TYPED_EXTRA},
	{"sport", "u16", 2, DICT_FLOW, .attribute = FLOW_SPORT, .flags = TYPED_EXTRA},
	{"dport", "u16", 2, DICT_FLOW, .attribute = FLOW_DPORT, .flags = TYPED_EXTRA},
	{"tcp_flags", "u8", 1, TO_OWN, .key = KEY_TCP_FLAGS,
	 .offset = offsetof(struct wire_packet, tcp_flags), .flags = TYPED_EXTRA | TYPED_IN_PACKET,
	 .legend = LEGEND_TCP_FLAGS, .needs = WIRE_HAS_SEGMENT},
	{"seq", "u32", 4, TO_OWN, .key = KEY_SENT, .offset = offsetof(struct wire_packet, seq),
	 .flags = TYPED_EXTRA | TYPED_IN_PACKET, .needs = WIRE_HAS_SEGMENT},
	{"ack", "u32", 4, TO_OWN, .key = KEY_RECEIVED, .offset = offsetof(struct wire_packet, ack),
	 .flags = TYPED_EXTRA | TYPED_IN_PACKET, .needs = WIRE_HAS_SEGMENT},
	{"payload_bytes", "u32", 4, TO_OWN, .key = KEY_LENGTH,
	 .offset = offsetof(struct wire_packet, payload_bytes),
	 .flags = TYPED_EXTRA | TYPED_IN_PACKET, .needs = WIRE_HAS_SEGMENT, .start = "seq"},
	{0},
};

const struct typed_field typed_set_state_fields[] = {
	{"oldstate", "int", 4, TO_OWN, .offset = offsetof(struct wire_set_state, oldstate),
	 .flags = TYPED_SIGNED, .legend = LEGEND_TCP_STATE},
	{"newstate", "int", 4, TO_OWN, .offset = offsetof(struct wire_set_state, newstate),
	 .flags = TYPED_SIGNED, .legend = LEGEND_TCP_STATE},
	{"snd_una", "u32", 4, TO_OWN, .key = KEY_SENT,
	 .offset = offsetof(struct wire_set_state, tcp.snd_una), .flags = TYPED_EXTRA,
	 .needs = WIRE_HAS_TCP},
	{"rcv_nxt", "u32", 4, TO_OWN, .key = KEY_RECEIVED,
	 .offset = offsetof(struct wire_set_state, tcp.rcv_nxt), .flags = TYPED_EXTRA,
	 .needs = WIRE_HAS_TCP},
	{"bytes_acked", "u64", 8, TO_OWN, .key = KEY_BYTES_ACKED,
	 .offset = offsetof(struct wire_set_state, tcp.bytes_acked), .flags = TYPED_EXTRA,
	 .needs = WIRE_HAS_TCP},
	{"bytes_received", "u64", 8, TO_OWN, .key = KEY_BYTES_RECEIVED,
	 .offset = offsetof(struct wire_set_state, tcp.bytes_received), .flags = TYPED_EXTRA,
	 .needs = WIRE_HAS_TCP},
	{"srtt_us", "u32", 4, TO_OWN, .key = KEY_SRTT,
	 .offset = offsetof(struct wire_set_state, tcp.srtt_us), .flags = TYPED_EXTRA,
	 .needs = WIRE_HAS_TCP},
	{"total_retrans", "u32", 4, TO_OWN,
	 .offset = offsetof(struct wire_set_state, tcp.total_retrans), .flags = TYPED_EXTRA,
	 .needs = WIRE_HAS_TCP},
	{"sk_err", "s32", 4, TO_OWN, .offset = offsetof(struct wire_set_state, sk_err),
	 .flags = TYPED_EXTRA | TYPED_SIGNED, .needs = WIRE_HAS_TCP},
	{"sk_shutdown", "u8", 1, TO_OWN, .offset = offsetof(struct wire_set_state, sk_shutdown),
	 .flags = TYPED_EXTRA, .needs = WIRE_HAS_TCP},
	{"is_done", "bool", 1, TO_OWN, .offset = offsetof(struct wire_set_state, is_done),
	 .flags = TYPED_EXTRA, .role = ROLE_BOOL, .needs = WIRE_HAS_TCP},
	{0},
};

const struct typed_field typed_error_report_fields[] = {
	{"error", "int", 4, TO_OWN, .offset = offsetof(struct wire_sock_length, ret),
	 .flags = TYPED_SIGNED},
	{0},
};

const struct typed_field typed_data_ready_fields[] = {
	{"ip", "unsigned long", 8, DICT_SYMBOL, .attribute = SYMBOL_ADDRESS},
	{"ip_symbol", "string", 0, DICT_SYMBOL, .attribute = SYMBOL_NAME, .flags = TYPED_EXTRA},
	{"backlog", "u32", 4, TO_OWN, .offset = offsetof(struct wire_data_ready, backlog),
	 .flags = TYPED_EXTRA, .needs = WIRE_HAS_BACKLOG},
	{"max_backlog", "u32", 4, TO_OWN, .offset = offsetof(struct wire_data_ready, max_backlog),
	 .flags = TYPED_EXTRA, .needs = WIRE_HAS_BACKLOG},
	{0},
};

const struct typed_field typed_send_length_fields[] = {
	{"ret", "int", 4, TO_OWN, .key = KEY_LENGTH,
	 .offset = offsetof(struct wire_sock_length, ret), .flags = TYPED_SIGNED},
	{"flags", "int", 4, TO_OWN, .offset = offsetof(struct wire_sock_length, flags),
	 .flags = TYPED_SIGNED},
	{0},
};

const struct typed_field typed_recv_length_fields[] = {
	{"ret", "int", 4, TO_OWN, .key = KEY_LENGTH_GOT,
	 .offset = offsetof(struct wire_sock_length, ret), .flags = TYPED_SIGNED},
	{"flags", "int", 4, TO_OWN, .offset = offsetof(struct wire_sock_length, flags),
	 .flags = TYPED_SIGNED},
	{0},
};

const struct typed_field typed_probe_fields[] = {
	{"saddr", "__u8[28]", 28, DICT_ENDPOINTS, .attribute = ENDPOINTS_SADDR},
	{"daddr", "__u8[28]", 28, DICT_ENDPOINTS, .attribute = ENDPOINTS_DADDR},
	{"mark", "__u32", 4, TO_OWN, .offset = offsetof(struct wire_tcp_probe, mark)},
	{"data_len", "__u16", 2, TO_OWN, .key = KEY_LENGTH_GOT,
	 .offset = offsetof(struct wire_tcp_probe, data_len)},
	{"snd_nxt", "__u32", 4, TO_OWN, .key = KEY_SENT,
	 .offset = offsetof(struct wire_tcp_probe, snd_nxt)},
	{"snd_una", "__u32", 4, TO_OWN, .key = KEY_SENT,
	 .offset = offsetof(struct wire_tcp_probe, snd_una)},
	{"snd_cwnd", "__u32", 4, TO_OWN, .key = KEY_CWND,
	 .offset = offsetof(struct wire_tcp_probe, snd_cwnd)},
	{"ssthresh", "__u32", 4, TO_OWN, .key = KEY_SSTHRESH,
	 .offset = offsetof(struct wire_tcp_probe, ssthresh)},
	{"snd_wnd", "__u32", 4, TO_OWN, .key = KEY_SND_WND,
	 .offset = offsetof(struct wire_tcp_probe, snd_wnd)},
	{"srtt", "__u32", 4, TO_OWN, .key = KEY_SRTT,
	 .offset = offsetof(struct wire_tcp_probe, srtt)},
	{"rcv_wnd", "__u32", 4, TO_OWN, .key = KEY_RCV_WND,
	 .offset = offsetof(struct wire_tcp_probe, rcv_wnd)},
	{"skbaddr", "const void *", 8, TO_OWN, .offset = offsetof(struct wire_tcp_probe, skbaddr),
	 .role = ROLE_POINTER, .near = "rcv_nxt"},
	{"rcv_nxt", "u32", 4, TO_OWN, .key = KEY_RECEIVED,
	 .offset = offsetof(struct wire_tcp_probe, rcv_nxt), .flags = TYPED_EXTRA},
	{0},
};

const struct typed_field typed_destroy_fields[] = {
	{"bytes_acked", "u64", 8, TO_OWN, .key = KEY_BYTES_ACKED,
	 .offset = offsetof(struct wire_destroy, tcp.bytes_acked), .flags = TYPED_EXTRA,
	 .needs = WIRE_HAS_TCP},
	{"bytes_received", "u64", 8, TO_OWN, .key = KEY_BYTES_RECEIVED,
	 .offset = offsetof(struct wire_destroy, tcp.bytes_received), .flags = TYPED_EXTRA,
	 .needs = WIRE_HAS_TCP},
	{"srtt_us", "u32", 4, TO_OWN, .key = KEY_SRTT,
	 .offset = offsetof(struct wire_destroy, tcp.srtt_us), .flags = TYPED_EXTRA,
	 .needs = WIRE_HAS_TCP},
	{"total_retrans", "u32", 4, TO_OWN,
	 .offset = offsetof(struct wire_destroy, tcp.total_retrans), .flags = TYPED_EXTRA,
	 .needs = WIRE_HAS_TCP},
	{0},
};

const struct typed_field typed_send_reset_fields[] = {
	{"skbaddr", "const void *", 8, TO_OWN, .offset = offsetof(struct wire_send_reset, skbaddr),
	 .role = ROLE_POINTER},
	{"state", "int", 4, TO_OWN, .offset = offsetof(struct wire_send_reset, state),
	 .flags = TYPED_SIGNED, .legend = LEGEND_TCP_STATE},
	{"reason", "enum sk_rst_reason", 4, TO_OWN,
	 .offset = offsetof(struct wire_send_reset, reason)},
	{"saddr", "__u8[28]", 28, DICT_ENDPOINTS, .attribute = ENDPOINTS_SADDR},
	{"daddr", "__u8[28]", 28, DICT_ENDPOINTS, .attribute = ENDPOINTS_DADDR},
	{0},
};

const struct typed_field typed_retransmit_fields[] = {
	{"skbaddr", "const void *", 8, TO_OWN, .offset = offsetof(struct wire_retransmit, skbaddr),
	 .role = ROLE_POINTER, .near = "seq"},
	{"state", "int", 4, TO_OWN, .offset = offsetof(struct wire_retransmit, state),
	 .flags = TYPED_SIGNED, .legend = LEGEND_TCP_STATE},
	{"err", "int", 4, TO_OWN, .offset = offsetof(struct wire_retransmit, err),
	 .flags = TYPED_SIGNED},
	{"seq", "u32", 4, TO_OWN, .key = KEY_SENT, .offset = offsetof(struct wire_retransmit, seq),
	 .flags = TYPED_EXTRA},
	{"end_seq", "u32", 4, TO_OWN, .key = KEY_SENT,
	 .offset = offsetof(struct wire_retransmit, end_seq), .flags = TYPED_EXTRA},
	{"ca_state", "u8", 1, TO_OWN, .offset = offsetof(struct wire_retransmit, ca_state),
	 .flags = TYPED_EXTRA, .legend = LEGEND_TCP_CA_STATE, .needs = WIRE_HAS_TCP},
	{"icsk_pending", "u8", 1, TO_OWN, .offset = offsetof(struct wire_retransmit, icsk_pending),
	 .flags = TYPED_EXTRA, .needs = WIRE_HAS_TCP},
	{"segs", "u16", 2, TO_OWN, .offset = offsetof(struct wire_retransmit, segs),
	 .flags = TYPED_EXTRA},
	{0},
};

const struct typed_field typed_synack_fields[] = {
	{"skaddr", "const void *", 8, DICT_SOCK, .attribute = SOCK_SKADDR},
	{"req", "const void *", 8, TO_OWN, .offset = offsetof(struct wire_synack, req),
	 .role = ROLE_POINTER},
	{"family", "__u16", 2, DICT_TUPLE, .attribute = TUPLE_FAMILY},
	{"sport", "__u16", 2, DICT_TUPLE, .attribute = TUPLE_SPORT},
	{"dport", "__u16", 2, DICT_TUPLE, .attribute = TUPLE_DPORT},
	{"saddr", "__u8[4]", 4, DICT_TUPLE, .attribute = TUPLE_SADDR},
	{"daddr", "__u8[4]", 4, DICT_TUPLE, .attribute = TUPLE_DADDR},
	{"saddr_v6", "__u8[16]", 16, DICT_TUPLE, .attribute = TUPLE_SADDR6},
	{"daddr_v6", "__u8[16]", 16, DICT_TUPLE, .attribute = TUPLE_DADDR6},
	{"backlog", "u32", 4, TO_OWN, .offset = offsetof(struct wire_synack, queues.backlog),
	 .flags = TYPED_EXTRA, .needs = WIRE_HAS_BACKLOG},
	{"max_backlog", "u32", 4, TO_OWN,
	 .offset = offsetof(struct wire_synack, queues.max_backlog), .flags = TYPED_EXTRA,
	 .needs = WIRE_HAS_BACKLOG},
	{"requests", "u32", 4, TO_OWN, .offset = offsetof(struct wire_synack, queues.requests),
	 .flags = TYPED_EXTRA, .needs = WIRE_HAS_BACKLOG},
	{"drops", "u32", 4, TO_OWN, .offset = offsetof(struct wire_synack, queues.drops),
	 .flags = TYPED_EXTRA, .needs = WIRE_HAS_BACKLOG},
	{0},
};

const struct typed_field typed_cong_state_fields[] = {
	{"cong_state", "__u8", 1, TO_OWN, .offset = offsetof(struct wire_cong_state, cong_state)},
	{0},
};

const struct typed_field typed_sendmsg_fields[] = {
	{"skb_addr", "const void *", 8, TO_OWN, .offset = offsetof(struct wire_sendmsg, skb_addr),
	 .role = ROLE_POINTER},
	{"skb_len", "int", 4, TO_OWN, .key = KEY_SKB_LENGTH,
	 .offset = offsetof(struct wire_sendmsg, skb_len), .flags = TYPED_SIGNED | TYPED_FULL,
	 .near = "size_goal"},
	{"msg_left", "int", 4, TO_OWN, .key = KEY_LENGTH,
	 .offset = offsetof(struct wire_sendmsg, msg_left), .flags = TYPED_SIGNED | TYPED_SUM,
	 .near = "skb_len"},
	{"size_goal", "int", 4, TO_OWN, .key = KEY_SIZE_GOAL,
	 .offset = offsetof(struct wire_sendmsg, size_goal), .flags = TYPED_SIGNED},
	{0},
};

const struct typed_field typed_rcvbuf_fields[] = {
	{"time", "int", 4, TO_OWN, .offset = offsetof(struct wire_rcvbuf, time),
	 .flags = TYPED_SIGNED},
	{"rtt_us", "__u32", 4, TO_OWN, .offset = offsetof(struct wire_rcvbuf, rtt_us)},
	{"copied", "__u32", 4, TO_OWN, .offset = offsetof(struct wire_rcvbuf, copied)},
	{"inq", "__u32", 4, TO_OWN, .offset = offsetof(struct wire_rcvbuf, inq)},
	{"space", "__u32", 4, TO_OWN, .offset = offsetof(struct wire_rcvbuf, space)},
	{"ooo_space", "__u32", 4, TO_OWN, .offset = offsetof(struct wire_rcvbuf, ooo_space)},
	{"rcvbuf", "__u32", 4, TO_OWN, .offset = offsetof(struct wire_rcvbuf, rcvbuf)},
	{"rcv_ssthresh", "__u32", 4, TO_OWN, .offset = offsetof(struct wire_rcvbuf, rcv_ssthresh)},
	{"window_clamp", "__u32", 4, TO_OWN, .offset = offsetof(struct wire_rcvbuf, window_clamp)},
	{"rcv_wnd", "__u32", 4, TO_OWN, .key = KEY_RCV_WND,
	 .offset = offsetof(struct wire_rcvbuf, rcv_wnd)},
	{"scaling_ratio", "__u8", 1, TO_OWN, .offset = offsetof(struct wire_rcvbuf, scaling_ratio)},
	{0},
};

const struct typed_field typed_cwnd_reduction_fields[] = {
	{"skaddr", "const void *", 8, DICT_SOCK, .attribute = SOCK_SKADDR},
	{"newly_acked_sacked", "int", 4, TO_OWN,
	 .offset = offsetof(struct wire_cwnd_reduction, newly_acked_sacked), .flags = TYPED_SIGNED},
	{"newly_lost", "int", 4, TO_OWN, .offset = offsetof(struct wire_cwnd_reduction, newly_lost),
	 .flags = TYPED_SIGNED},
	{"flag", "int", 4, TO_OWN, .offset = offsetof(struct wire_cwnd_reduction, flag),
	 .flags = TYPED_SIGNED},
	{0},
};

const struct typed_field typed_consume_fields[] = {
	{"skbaddr", "void *", 8, TO_OWN, .offset = offsetof(struct wire_skb, skbaddr),
	 .role = ROLE_POINTER, .near = "seq"},
	{"location", "void *", 8, DICT_SYMBOL, .attribute = SYMBOL_ADDRESS},
	{"location_symbol", "string", 0, DICT_SYMBOL, .attribute = SYMBOL_NAME,
	 .flags = TYPED_EXTRA},
	{0},
};

const struct typed_field typed_kfree_fields[] = {
	{"skbaddr", "void *", 8, TO_OWN, .offset = offsetof(struct wire_kfree, skbaddr),
	 .role = ROLE_POINTER, .near = "seq"},
	{"location", "void *", 8, DICT_SYMBOL, .attribute = SYMBOL_ADDRESS},
	{"rx_sk", "void *", 8, TO_OWN, .offset = offsetof(struct wire_kfree, rx_sk),
	 .role = ROLE_POINTER},
	{"protocol", "unsigned short", 2, TO_OWN, .offset = offsetof(struct wire_kfree, protocol)},
	{"reason", "enum skb_drop_reason", 4, TO_OWN,
	 .offset = offsetof(struct wire_kfree, reason)},
	{"location_symbol", "string", 0, DICT_SYMBOL, .attribute = SYMBOL_NAME,
	 .flags = TYPED_EXTRA},
	{0},
};

const struct typed_field typed_copy_fields[] = {
	{"skbaddr", "const void *", 8, TO_OWN, .offset = offsetof(struct wire_skb, skbaddr),
	 .role = ROLE_POINTER, .near = "seq"},
	{"len", "int", 4, TO_OWN, .key = KEY_LENGTH, .offset = offsetof(struct wire_skb, len),
	 .flags = TYPED_SIGNED},
	{0},
};

const struct typed_field typed_receive_fields[] = {
	{"skbaddr", "void *", 8, TO_OWN, .offset = offsetof(struct wire_receive, skbaddr),
	 .role = ROLE_POINTER, .near = "seq"},
	{"len", "unsigned int", 4, TO_OWN, .key = KEY_FRAME,
	 .offset = offsetof(struct wire_receive, len), .near = "payload_bytes"},
	{"name", "string", 4, DICT_DEVICE, .attribute = DEVICE_NAME},
	{0},
};
