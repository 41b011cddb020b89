/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* typed.c -- the table of typed events. */
#include "record/typed.h"

#include <stdio.h>
#include <string.h>

#include "bpf/wire.h"
#include "record/typed_fields.h"

static const struct typed_event events[] = {
	{
		"sock",
		"inet_sock_set_state",
		.number = WIRE_INET_SOCK_SET_STATE,
		.wire_bytes = sizeof(struct wire_set_state),
		.sock = offsetof(struct wire_set_state, sock),
		.addrs6 = offsetof(struct wire_set_state, addrs6),
		.has_sock_fields = true,
		.own = typed_set_state_fields,
	},
	{
		"sock",
		"inet_sk_error_report",
		.number = WIRE_INET_SK_ERROR_REPORT,
		.wire_bytes = sizeof(struct wire_sock_length),
		.sock = offsetof(struct wire_sock_length, sock),
		.addrs6 = offsetof(struct wire_sock_length, addrs6),
		.has_sock_fields = true,
		.own = typed_error_report_fields,
	},
	{
		"sock",
		"sk_data_ready",
		.number = WIRE_SK_DATA_READY,
		.wire_bytes = sizeof(struct wire_data_ready),
		.sock = offsetof(struct wire_data_ready, sock),
		.addrs6 = offsetof(struct wire_data_ready, addrs6),
		.has_sock_fields = true,
		.symbol = offsetof(struct wire_data_ready, ip),
		.is_classic = true,
		.own = typed_data_ready_fields,
	},
	{
		"sock",
		"sock_send_length",
		.number = WIRE_SOCK_SEND_LENGTH,
		.wire_bytes = sizeof(struct wire_sock_length),
		.sock = offsetof(struct wire_sock_length, sock),
		.addrs6 = offsetof(struct wire_sock_length, addrs6),
		.has_sock_fields = true,
		.own = typed_send_length_fields,
	},
	{
		"sock",
		"sock_recv_length",
		.number = WIRE_SOCK_RECV_LENGTH,
		.wire_bytes = sizeof(struct wire_sock_length),
		.sock = offsetof(struct wire_sock_length, sock),
		.addrs6 = offsetof(struct wire_sock_length, addrs6),
		.has_sock_fields = true,
		.own = typed_recv_length_fields,
	},
	{
		"tcp",
		"tcp_probe",
		.number = WIRE_TCP_PROBE,
		.wire_bytes = sizeof(struct wire_tcp_probe),
		.sock = offsetof(struct wire_tcp_probe, sock),
		.addrs6 = offsetof(struct wire_tcp_probe, addrs6),
		.has_sock_fields = true,
		.own = typed_probe_fields,
	},
	{
		"tcp",
		"tcp_rcv_space_adjust",
		.number = WIRE_TCP_RCV_SPACE_ADJUST,
		.wire_bytes = sizeof(struct wire_sock_event),
		.sock = offsetof(struct wire_sock_event, sock),
		.addrs6 = offsetof(struct wire_sock_event, addrs6),
		.has_sock_fields = true,
		.own = typed_no_fields,
	},
	{
		"tcp",
		"tcp_destroy_sock",
		.number = WIRE_TCP_DESTROY_SOCK,
		.wire_bytes = sizeof(struct wire_destroy),
		.sock = offsetof(struct wire_destroy, sock),
		.addrs6 = offsetof(struct wire_destroy, addrs6),
		.has_sock_fields = true,
		.own = typed_destroy_fields,
	},
	{
		"tcp",
		"tcp_receive_reset",
		.number = WIRE_TCP_RECEIVE_RESET,
		.wire_bytes = sizeof(struct wire_sock_event),
		.sock = offsetof(struct wire_sock_event, sock),
		.addrs6 = offsetof(struct wire_sock_event, addrs6),
		.has_sock_fields = true,
		.own = typed_no_fields,
	},
	{
		"tcp",
		"tcp_send_reset",
		.number = WIRE_TCP_SEND_RESET,
		.wire_bytes = sizeof(struct wire_send_reset),
		.sock = offsetof(struct wire_send_reset, sock),
		.addrs6 = offsetof(struct wire_send_reset, addrs6),
		.has_sock_fields = true,
		.own = typed_send_reset_fields,
	},
	{
		"tcp",
		"tcp_retransmit_skb",
		.number = WIRE_TCP_RETRANSMIT_SKB,
		.wire_bytes = sizeof(struct wire_retransmit),
		.sock = offsetof(struct wire_retransmit, sock),
		.addrs6 = offsetof(struct wire_retransmit, addrs6),
		.has_sock_fields = true,
		.own = typed_retransmit_fields,
	},
	{
		"tcp",
		"tcp_retransmit_synack",
		.number = WIRE_TCP_RETRANSMIT_SYNACK,
		.wire_bytes = sizeof(struct wire_synack),
		.sock = offsetof(struct wire_synack, sock),
		.addrs6 = offsetof(struct wire_synack, addrs6),
		.own = typed_synack_fields,
	},
	{
		"tcp",
		"tcp_cong_state_set",
		.number = WIRE_TCP_CONG_STATE_SET,
		.wire_bytes = sizeof(struct wire_cong_state),
		.sock = offsetof(struct wire_cong_state, sock),
		.addrs6 = offsetof(struct wire_cong_state, addrs6),
		.has_sock_fields = true,
		.own = typed_cong_state_fields,
	},
	{
		"tcp",
		"tcp_sendmsg_locked",
		.number = WIRE_TCP_SENDMSG_LOCKED,
		.wire_bytes = sizeof(struct wire_sendmsg),
		.sock = offsetof(struct wire_sendmsg, sock),
		.addrs6 = offsetof(struct wire_sendmsg, addrs6),
		.own = typed_sendmsg_fields,
	},
	{
		"tcp",
		"tcp_rcvbuf_grow",
		.number = WIRE_TCP_RCVBUF_GROW,
		.wire_bytes = sizeof(struct wire_rcvbuf),
		.sock = offsetof(struct wire_rcvbuf, sock),
		.addrs6 = offsetof(struct wire_rcvbuf, addrs6),
		.has_sock_fields = true,
		.own = typed_rcvbuf_fields,
	},
	{
		"tcp",
		"tcp_cwnd_reduction_tp",
		.number = WIRE_TCP_CWND_REDUCTION_TP,
		.wire_bytes = sizeof(struct wire_cwnd_reduction),
		.sock = offsetof(struct wire_cwnd_reduction, sock),
		.addrs6 = offsetof(struct wire_cwnd_reduction, addrs6),
		.is_bare = true,
		.own = typed_cwnd_reduction_fields,
	},
	{
		"skb",
		"kfree_skb",
		.number = WIRE_KFREE_SKB,
		.wire_bytes = sizeof(struct wire_kfree),
		.sock = offsetof(struct wire_kfree, sock),
		.addrs6 = offsetof(struct wire_kfree, addrs6),
		.sock_needs = WIRE_HAS_SOCK,
		.packet = offsetof(struct wire_kfree, packet),
		.symbol = offsetof(struct wire_kfree, location),
		.own = typed_kfree_fields,
	},
	{
		"skb",
		"consume_skb",
		.number = WIRE_CONSUME_SKB,
		.wire_bytes = sizeof(struct wire_skb),
		.sock = offsetof(struct wire_skb, sock),
		.addrs6 = offsetof(struct wire_skb, addrs6),
		.sock_needs = WIRE_HAS_SOCK,
		.packet = offsetof(struct wire_skb, packet),
		.symbol = offsetof(struct wire_skb, location),
		.own = typed_consume_fields,
	},
	{
		"skb",
		"skb_copy_datagram_iovec",
		.number = WIRE_SKB_COPY_DATAGRAM_IOVEC,
		.wire_bytes = sizeof(struct wire_skb),
		.sock = offsetof(struct wire_skb, sock),
		.addrs6 = offsetof(struct wire_skb, addrs6),
		.sock_needs = WIRE_HAS_SOCK,
		.packet = offsetof(struct wire_skb, packet),
		.own = typed_copy_fields,
	},
	{
		"net",
		"netif_receive_skb",
		.number = WIRE_NETIF_RECEIVE_SKB,
		.wire_bytes = sizeof(struct wire_receive),
		.packet = offsetof(struct wire_receive, packet),
		.device = offsetof(struct wire_receive, name),
		.own = typed_receive_fields,
	},
	{
		"tcptape",
		"sock_summary",
		.tracepoint = "inet_sock_set_state",
		.number = WIRE_SOCK_SUMMARY,
		.wire_bytes = sizeof(struct wire_summary),
		.sock = offsetof(struct wire_summary, sock),
		.addrs6 = offsetof(struct wire_summary, addrs6),
		.has_sock_fields = true,
		.is_bare = true,
		.own = typed_summary_fields,
	},
	{
		"tcptape",
		"sock_snapshot",
		.number = WIRE_SOCK_SNAPSHOT,
		.wire_bytes = sizeof(struct wire_existing),
		.sock = offsetof(struct wire_existing, sock),
		.addrs6 = offsetof(struct wire_existing, addrs6),
		.task_needs = WIRE_HAS_OWNER,
		.has_sock_fields = true,
		.is_bare = true,
		.own = typed_snapshot_fields,
	},
	{
		"tcptape",
		"listener",
		.tracepoint = "inet_sock_set_state",
		.number = WIRE_LISTENER,
		.wire_bytes = sizeof(struct wire_listener),
		.sock = offsetof(struct wire_listener, sock),
		.addrs6 = offsetof(struct wire_listener, addrs6),
		.task_needs = WIRE_HAS_OWNER,
		.has_sock_fields = true,
		.is_bare = true,
		.own = typed_listener_fields,
	},
};

const struct typed_event *typed_events(void)
{
	return events;
}

size_t typed_count(void)
{
	return sizeof(events) / sizeof(events[0]);
}

const struct typed_event *typed_find(const char *group, const char *name)
{
	for (size_t i = 0; i < typed_count(); i++)
		if (strcmp(events[i].group, group) == 0 && strcmp(events[i].name, name) == 0)
			return &events[i];
	return NULL;
}

const char *typed_tracepoint(const struct typed_event *e)
{
	return e->tracepoint ? e->tracepoint : e->name;
}

uint16_t typed_maker(const struct typed_event *e)
{
	for (size_t i = 0; e->tracepoint && i < typed_count(); i++)
		if (strcmp(events[i].name, e->tracepoint) == 0)
			return events[i].number;
	return e->number;
}

static size_t list_length(const struct typed_field *list)
{
	size_t n = 0;

	while (list[n].name)
		n++;
	return n;
}

const struct typed_field *typed_field_at(const struct typed_event *e, size_t index)
{
	const struct typed_field *lists[] = {e->own,
					     e->has_sock_fields ? typed_sock_fields
								: typed_no_fields,
					     e->packet ? typed_packet_fields : typed_no_fields};

	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		size_t n = list_length(lists[i]);

		if (index < n)
			return &lists[i][index];
		index -= n;
	}
	return NULL;
}

const struct typed_field *typed_field_find(const struct typed_event *e, const char *name,
					   uint32_t size)
{
	const struct typed_field *f;

	for (size_t i = 0; (f = typed_field_at(e, i)); i++)
		if (!(f->flags & TYPED_EXTRA) && f->size == size && strcmp(f->name, name) == 0)
			return f;
	return NULL;
}

bool typed_matches(const struct typed_event *e, const struct tracefmt *fmt, char *why, size_t size)
{
	for (size_t i = 0; i < fmt->field_count; i++) {
		const struct tracefmt_field *f = &fmt->fields[i];

		if (f->is_common || typed_field_find(e, f->name, f->size))
			continue;
		snprintf(why, size, "field %s of %u bytes is new", f->name, f->size);
		return false;
	}
	return true;
}
