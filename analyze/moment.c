/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * moment.c -- from an event's fields to what a story needs.
 */
#include "analyze/moment.h"

#include <stdio.h>
#include <string.h>

#include "analyze/drop.h"

static const char *event_name(const struct schema *s, struct lexicon *lexicon)
{
	char text[2 * SCHEMA_MAX_NAME + 2];

	snprintf(text, sizeof(text), "%s:%s", s->group, s->name);
	return lexicon_keep(lexicon, view_of(text, strlen(text)));
}

static void fill_change(struct moment *m, const struct sighting *seen)
{
	const struct life_change *c = &seen->change;
	const struct life *l = seen->life;

	m->from = (uint8_t)c->from;
	m->to = (uint8_t)c->to;
	m->duration_ns = c->duration_ns;
	m->has_duration = c->has_duration;
	m->is_at_least = c->is_at_least;
	m->is_first_close = c->to == STATE_FIN_WAIT1 && c->from != STATE_FIN_WAIT1 &&
			    !l->has_peer_closed;
	m->is_accepted = l->role != LIFE_SERVER || l->accept_count;
	if (c->to != STATE_CLOSE)
		return;
	m->end = l->end;
	m->value = l->sk_err;
	m->is_time_wait = l->is_time_wait;
	m->is_orphan = l->is_orphan;
}

static uint32_t number(const struct bound *e, const struct event *ev, enum bound_field f)
{
	return (uint32_t)bound_int32(e, ev, f, 0);
}

static void fill_packet(struct moment *m, const struct bound *e, const struct event *ev)
{
	uint64_t flags;

	m->has_tcp = bound_int(e, ev, BOUND_TCP_FLAGS, &flags);
	if (!m->has_tcp)
		return;
	m->tcp_flags = (uint8_t)flags;
	m->seq = number(e, ev, BOUND_SEQ);
	m->ack = number(e, ev, BOUND_ACK);
	m->bytes = number(e, ev, BOUND_PAYLOAD_BYTES);
}

static void fill_numbers(struct moment *m, const struct bound *e, const struct event *ev)
{
	switch (e->kind) {
	case EVENT_SEND_LENGTH:
	case EVENT_RECV_LENGTH:
		m->value = bound_int32(e, ev, BOUND_RET, 0);
		m->flags = bound_int32(e, ev, BOUND_FLAGS, 0);
		break;
	case EVENT_PROBE:
		m->bytes = number(e, ev, BOUND_DATA_LEN);
		m->cwnd = number(e, ev, BOUND_SND_CWND);
		m->srtt_us = number(e, ev, BOUND_SRTT);
		break;
	case EVENT_RETRANSMIT:
		m->from = (uint8_t)bound_state(e, ev, BOUND_STATE);
		m->value = bound_int32(e, ev, BOUND_ERR, 0);
		m->seq = number(e, ev, BOUND_SEQ);
		m->bytes = number(e, ev, BOUND_END_SEQ) - m->seq;
		m->has_tcp = e->field[BOUND_SEQ] >= 0 && e->field[BOUND_END_SEQ] >= 0;
		break;
	case EVENT_SNAPSHOT:
		m->to = (uint8_t)bound_state(e, ev, BOUND_STATE);
		break;
	case EVENT_CONG_STATE:
		m->value = bound_int32(e, ev, BOUND_CONG_STATE, -1);
		break;
	case EVENT_ERROR_REPORT:
		m->value = bound_int32(e, ev, BOUND_ERROR, 0);
		break;
	default:
		fill_packet(m, e, ev);
		break;
	}
}

static void fill_names(struct moment *m, const struct bound *e, const struct item *item,
		       struct lexicon *lexicon)
{
	const char *reason = bound_name(e, &item->event, BOUND_REASON, item->section);
	struct view place;

	if (!reason)
		reason = bound_name(e, &item->event, BOUND_CONG_STATE, item->section);
	m->word = reason ? lexicon_keep(lexicon, view_of(reason, strlen(reason))) : "";
	m->place = "";
	if (bound_bytes(e, &item->event, BOUND_LOCATION_SYMBOL, &place) ||
	    bound_bytes(e, &item->event, BOUND_IP_SYMBOL, &place))
		m->place = lexicon_keep(lexicon, place);
	m->is_benign = e->kind == EVENT_DROP && drop_is_benign(e, &item->event, item->section);
}

void moment_fill(struct moment *m, const struct item *item, const struct sighting *seen,
		 struct lexicon *lexicon)
{
	const struct bound *e = seen->bound;

	memset(m, 0, sizeof(*m));
	m->ts_ns = item->event.ts_ns;
	m->kind = (uint8_t)e->kind;
	m->conn = seen->life ? seen->life->conn : 0;
	m->sender = seen->sender ? seen->sender->conn : 0;
	m->event = event_name(item->event.schema, lexicon);
	if (seen->has_change)
		fill_change(m, seen);
	else
		fill_numbers(m, e, &item->event);
	if (e->kind == EVENT_ERROR_REPORT && seen->life)
		m->from = seen->life->state;
	fill_names(m, e, item, lexicon);
	m->is_time_wait |= seen->is_time_wait;
	m->is_remote = seen->is_remote;
}
