/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * view_exchanges.c -- who asked whom how much, and how long each part of it took. Rows
 * come as soon as an exchange is complete: when the next one begins, or with the end.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "analyze/arrivals.h"
#include "analyze/couple.h"
#include "analyze/eventful.h"
#include "analyze/exchange.h"
#include "analyze/exchange_groups.h"
#include "analyze/life_text.h"
#include "analyze/scope.h"
#include "analyze/service.h"
#include "analyze/stream.h"
#include "analyze/tracker.h"
#include "analyze/units.h"
#include "analyze/view.h"
#include "analyze/watch.h"

enum {
	COL_CONN,
	COL_PEER,
	COL_N,
	COL_CLIENT,
	COL_SERVER,
	COL_START,
	COL_REQUEST_BYTES,
	COL_REQUEST_NS,
	COL_THINK,
	COL_RESPONSE_BYTES,
	COL_RESPONSE_NS,
	COL_TOTAL,
	COL_CLIENT_WAIT,
	COL_SERVER_WAIT,
	COL_TURNS,
	COL_KIND,
	COL_SIDES,
	COL_QUEUE,
	COL_WORK,
	COL_WRITE,
	COL_TRANSFER,
	COL_FIRST_BYTE,
	COL_IDLE,
	COL_FROM,
	COL_REMARK,
	COL_COUNT
};

/* clang-format off */
static const struct column columns[COL_COUNT] = {
	[COL_CONN] = {.key = "conn", .title = "conn", .doc = "number of the client's socket life, or of the one the tape holds", .align = ALIGN_RIGHT},
	[COL_PEER] = {.key = "peer", .doc = "number of the server's, when the tape holds both"},
	[COL_N] = {.key = "n", .title = "#", .doc = "number of the exchange on its connection", .align = ALIGN_RIGHT},
	[COL_CLIENT] = {.title = "client", .doc = "who asked"},
	[COL_SERVER] = {.title = "server", .doc = "who answered"},
	[COL_START] = {.key = "start_ns", .doc = "first byte asked; if the server spoke first, when the connection was established", .unit = UNIT_TIME},
	[COL_REQUEST_BYTES] = {.key = "request_bytes", .title = "asked", .doc = "bytes of the request; 0 if the server spoke first", .unit = UNIT_BYTES, .align = ALIGN_RIGHT},
	[COL_REQUEST_NS] = {.key = "request_ns", .title = "request", .doc = "first byte sent to last byte read by the server (client alone: sent)", .unit = UNIT_NS, .align = ALIGN_RIGHT},
	[COL_THINK] = {.key = "think_ns", .title = "think", .doc = "last byte of the request to first byte of the response; null without a response", .unit = UNIT_NS, .align = ALIGN_RIGHT},
	[COL_RESPONSE_BYTES] = {.key = "response_bytes", .title = "answered", .doc = "bytes of the response", .unit = UNIT_BYTES, .align = ALIGN_RIGHT},
	[COL_RESPONSE_NS] = {.key = "response_ns", .title = "response", .doc = "first byte of the response sent to last byte read; null without one", .unit = UNIT_NS, .align = ALIGN_RIGHT},
	[COL_TOTAL] = {.key = "total_ns", .title = "total", .doc = "request, think and response together", .unit = UNIT_NS, .align = ALIGN_RIGHT},
	[COL_CLIENT_WAIT] = {.key = "client_wait_ns", .doc = "how long the client waited: its last byte sent to its first byte read", .unit = UNIT_NS},
	[COL_SERVER_WAIT] = {.key = "server_wait_ns", .doc = "how long the server waited: since its last answer, or the connection's beginning, to its first byte read", .unit = UNIT_NS},
	[COL_TURNS] = {.key = "turns", .doc = "more than 1: so many requests were sent without waiting for answers"},
	[COL_KIND] = {.key = "kind", .doc = "request-response, pipelined, server-first, stream-to-client, stream-to-server or unanswered"},
	[COL_SIDES] = {.key = "sides", .doc = "both, client or server: what the tape holds of it"},
	[COL_QUEUE] = {.key = "queue_ns", .doc = "the request's last byte: arrived to read by the server; null unless its side is known", .unit = UNIT_NS},
	[COL_WORK] = {.key = "work_ns", .doc = "the server's last byte read to its first byte written; null likewise", .unit = UNIT_NS},
	[COL_WRITE] = {.key = "write_ns", .doc = "the server's first byte written to its last; null likewise", .unit = UNIT_NS},
	[COL_TRANSFER] = {.key = "transfer_ns", .doc = "the server's last byte written to the client's last byte read; null unless both are known", .unit = UNIT_NS},
	[COL_FIRST_BYTE] = {.key = "first_byte_ns", .doc = "the client's first byte sent to its first byte read; null unless its side is known", .unit = UNIT_NS},
	[COL_IDLE] = {.key = "idle_ns", .doc = "before it: since the client had its last answer, or was connected; null likewise", .unit = UNIT_NS},
	[COL_FROM] = {.key = "from", .doc = "calls: the lengths of calls; or, where the tape holds none, arrivals: what tcp_probe saw come in, so requests may be joined and answers missing"},
	[COL_REMARK] = {.title = "", .doc = "what else is worth knowing", .wraps = true},
};
/* clang-format on */

const struct table exchanges_table = {"exchanges", columns, COL_COUNT};

/* What is kept for each side. */
struct talk {
	struct turns turns;
	struct stream stream; /* what has arrived, and when: */
	struct arrivals arrivals;
	uint64_t n;    /* exchanges told */
	bool is_asker; /* plays the client */
	bool has_part; /* is_asker is settled */
	bool has_idle;
	uint64_t idle_ns; /* could expect something since */
};

struct exchanges {
	const struct view_input *in;
	struct tracker *tracker;
	struct couples couples;
	struct eventful eventful;
	struct exchange_groups groups; /* with --by */
	uint64_t shown, told;
};

static struct talk *talk_of(const struct side *s)
{
	return s->own;
}

/* Roles as the tracker knows them; else the opposite of the other side's; else who
 * speaks first is the client. */
static void settle_part(const struct couple *c, const struct life *l, struct talk *t,
			bool is_sending)
{
	if (t->has_part)
		return;
	t->is_asker = l->role == LIFE_CLIENT || (l->role == LIFE_UNKNOWN && is_sending);
	for (unsigned i = 0; i < c->count; i++)
		if (talk_of(c->sides[i])->has_part)
			t->is_asker = !talk_of(c->sides[i])->is_asker;
	t->has_part = true;
}

/* ---- printing ---- */

struct row_text {
	char client[PROCESS_MAX + ENDPOINT_MAX + 8];
	char server[PROCESS_MAX + ENDPOINT_MAX + 8];
	char remark[80];
};

/* A side of this host is told by its name and port, "nginx :80": its connection's number
 * leads to the rest. Of the far side there is only the address. */
static void spell_side(char *out, size_t size, const struct life *own, const struct life *other)
{
	struct life_text text;

	if (own) {
		snprintf(out, size, "%s%s:%u", own->owner.comm, own->owner.comm[0] ? " " : "",
			 own->tuple.local.port);
		return;
	}
	life_text_fill(&text, other);
	snprintf(out, size, "%s", text.remote);
}

static const char *remark(const struct exchange *x, bool has_holes, char *out, size_t size)
{
	if (x->kind == EXCHANGE_TO_SERVER || x->kind == EXCHANGE_TO_CLIENT)
		snprintf(out, size, "stream to the %s%s",
			 x->kind == EXCHANGE_TO_CLIENT ? "client" : "server",
			 has_holes ? ", uncertain" : "");
	else if (!x->has_answer)
		snprintf(out, size, has_holes ? "no answer seen" : "no answer");
	else if (has_holes)
		snprintf(out, size, "uncertain");
	else if (!x->request_bytes)
		snprintf(out, size, "the server spoke first");
	else if (x->turns > 1)
		snprintf(out, size, "%u requests at once", x->turns);
	else if (!x->has_client || !x->has_server)
		snprintf(out, size, "seen from the %s", x->has_client ? "client" : "server");
	else
		out[0] = '\0';
	return out;
}

static void fill_times(struct cell *cells, const struct exchange *x)
{
	cells[COL_START] = cell_uint(x->start_ns);
	cells[COL_REQUEST_BYTES] = cell_uint(x->request_bytes);
	cells[COL_REQUEST_NS] = cell_uint(x->request_ns);
	cells[COL_RESPONSE_BYTES] = cell_uint(x->response_bytes);
	cells[COL_TOTAL] = cell_uint(x->total_ns);
	cells[COL_TURNS] = cell_uint(x->turns);
	if (x->has_answer) {
		cells[COL_THINK] = cell_uint(x->think_ns);
		cells[COL_RESPONSE_NS] = cell_uint(x->response_ns);
	}
	if (x->has_read)
		cells[COL_CLIENT_WAIT] = cell_uint(x->client_wait_ns);
	if (x->has_server && x->request_bytes)
		cells[COL_SERVER_WAIT] = cell_uint(x->server_wait_ns);
}

/* Parts that only one side knows. */
static void fill_parts(struct cell *cells, const struct exchange *x)
{
	bool has_both = x->has_client && x->has_server;

	cells[COL_KIND] = cell_string(exchange_kind_name(x->kind));
	cells[COL_SIDES] = cell_string(has_both ? "both" : x->has_client ? "client" : "server");
	if (x->has_queue)
		cells[COL_QUEUE] = cell_uint(x->queue_ns);
	if (x->has_server && x->has_answer) {
		cells[COL_WORK] = cell_uint(x->think_ns);
		cells[COL_WRITE] = cell_uint(x->write_ns);
	}
	if (has_both && x->has_read)
		cells[COL_TRANSFER] = cell_uint(x->transfer_ns);
	if (x->has_client && x->has_read)
		cells[COL_FIRST_BYTE] = cell_uint(x->first_byte_ns);
	if (x->has_idle)
		cells[COL_IDLE] = cell_uint(x->idle_ns);
}

static void print_exchange(struct exchanges *v, const struct side *client,
			   const struct side *server, const struct exchange *x)
{
	const struct side *first = client ? client : server;
	const struct life *c = client ? client->life : NULL, *s = server ? server->life : NULL;
	struct cell cells[COL_COUNT] = {{0}};
	uint64_t client_conn, server_conn;
	struct row_text text;
	bool has_holes;

	spell_side(text.client, sizeof(text.client), c, s);
	spell_side(text.server, sizeof(text.server), s, c);
	snprintf(text.client + strlen(text.client), 8, " →");
	client_conn = c ? c->conn : s->peer;
	server_conn = s ? s->conn : c->peer;
	cells[COL_CONN] = view_number(v->in, client_conn ? client_conn : server_conn);
	cells[COL_PEER] = client_conn ? view_number(v->in, server_conn) : cell_null();
	cells[COL_N] = cell_uint(talk_of(first)->n);
	cells[COL_CLIENT] = cell_nonempty(text.client);
	cells[COL_SERVER] = cell_nonempty(text.server);
	fill_times(cells, x);
	fill_parts(cells, x);
	cells[COL_FROM] = cell_string(first->life->has_call_events ? "calls" : "arrivals");
	has_holes = (c && tracker_has_holes(v->tracker, c)) ||
		    (s && tracker_has_holes(v->tracker, s));
	cells[COL_REMARK] = cell_string(remark(x, has_holes, text.remark, sizeof(text.remark)));
	render_row(v->in->renderer, cells);
}

static bool is_chosen(const struct exchanges *v, const struct couple *c, const struct exchange *x)
{
	bool is_in = false;

	for (unsigned i = 0; i < c->count; i++) {
		const struct life *l = c->sides[i]->life;
		struct selection_subject subject = life_subject(l);

		if (eventful_bars(&v->eventful, l))
			return false;
		is_in |= selection_has(v->in->selection, &subject) &&
			 eventful_has(&v->eventful, v->in, l);
	}
	return is_in &&
	       selection_has_time(v->in->selection, x->start_ns, tracker_origin_ns(v->tracker));
}

/* Tell what is complete. */
static int tell(struct exchanges *v, const struct couple *c, bool is_over, struct error *err)
{
	struct side *client = NULL, *server = NULL;
	struct exchange x;

	if (talk_of(c->sides[0])->is_asker)
		client = c->sides[0];
	else
		server = c->sides[0];
	if (c->count == 2 && client)
		server = c->sides[1];
	else if (c->count == 2)
		client = c->sides[1];
	while (exchange_next(client ? &talk_of(client)->turns : NULL,
			     server ? &talk_of(server)->turns : NULL, is_over, &x)) {
		v->told++;
		talk_of(client ? client : server)->n++;
		if (!is_chosen(v, c, &x))
			continue;
		v->shown++;
		if (!v->in->by)
			print_exchange(v, client, server, &x);
		else
			TRY(exchange_groups_add(&v->groups, client ? client->life : NULL,
						server ? server->life : NULL, &x, err));
	}
	return 0;
}

/* ---- gathering ---- */

static void note_idle(const struct life *l, struct talk *t, uint64_t ts_ns)
{
	if (t->has_idle)
		return;
	t->idle_ns = l->state == STATE_ESTABLISHED && l->is_since_seen ? l->since_ns : ts_ns;
	t->has_idle = true;
}

static int move_bytes(const struct life *l, struct talk *t, bool is_sending, uint64_t bytes,
		      const uint64_t span[2], struct error *err)
{
	note_idle(l, t, span[0]);
	if (is_sending == t->is_asker)
		return turns_ask(&t->turns, bytes, span, t->idle_ns, err);
	turns_answer(&t->turns, bytes, span, t->idle_ns);
	return 0;
}

static int on_call(const struct life *l, struct talk *t, const struct item *item,
		   const struct bound *e, struct error *err)
{
	struct traffic probe = {0};
	bool is_sending = e->kind == EVENT_SEND_LENGTH;
	int32_t ret = bound_int32(e, &item->event, BOUND_RET, 0);
	uint64_t span[2] = {item->event.ts_ns, item->event.ts_ns};
	bool has_moved = is_sending
				 ? traffic_sent(&probe, ret)
				 : traffic_received(&probe, ret,
						    bound_int32(e, &item->event, BOUND_FLAGS, 0));

	if (is_sending && t->turns.sending_ns)
		span[0] = t->turns.sending_ns;
	if (is_sending)
		t->turns.sending_ns = 0;
	return has_moved ? move_bytes(l, t, is_sending, (uint64_t)ret, span, err) : 0;
}

/* Without calls on the tape, data that arrives in tcp_probe stands for reading it. */
static int on_arrival(const struct life *l, struct talk *t, const struct item *item,
		      const struct bound *e, struct error *err)
{
	int32_t bytes = bound_int32(e, &item->event, BOUND_DATA_LEN, 0);
	uint64_t span[2] = {item->event.ts_ns, item->event.ts_ns};

	return bytes > 0 ? move_bytes(l, t, false, (uint64_t)bytes, span, err) : 0;
}

/* What the server reads has waited since it arrived. */
static void note_reading(struct talk *t, unsigned moves)
{
	uint64_t ts_ns;

	if (moves & STREAM_READ && arrivals_take(&t->arrivals, t->stream.read, &ts_ns) &&
	    !t->is_asker)
		turns_land(&t->turns, ts_ns);
}

static unsigned follow_stream(struct exchanges *v, struct talk *t, const struct item *item,
			      const struct sighting *seen, const struct life *l)
{
	struct stream_sources from = stream_sources_of(tracker_binding(v->tracker));
	unsigned moves = stream_see(&t->stream, &from, seen, &item->event, l);

	if (moves & STREAM_ARRIVED && !(moves & STREAM_READ))
		arrivals_add(&t->arrivals, t->stream.arrived, item->event.ts_ns);
	return moves;
}

/* Data is on its way to the reader. */
static int take_arrival(struct exchanges *v, const struct item *item, const struct sighting *seen,
			struct error *err)
{
	const struct life *l = seen->receiver ? seen->receiver : seen->life;
	struct couple *c;
	struct side *s;

	if (!l || l->role == LIFE_LISTENER || (seen->has_flow && l != seen->receiver))
		return 0;
	TRY(couples_see(&v->couples, l, &c, &s, err));
	follow_stream(v, talk_of(s), item, seen, l);
	return 0;
}

static bool is_arrival(enum event_kind kind)
{
	return kind == EVENT_SEGMENT || kind == EVENT_PROBE || kind == EVENT_DATA_READY ||
	       kind == EVENT_DROP;
}

static int take_event(struct exchanges *v, const struct item *item, const struct sighting *seen,
		      struct error *err)
{
	enum event_kind kind = seen->bound->kind;
	struct couple *c;
	struct side *s;
	struct talk *t;

	unsigned moves;

	if (is_arrival(kind))
		TRY(take_arrival(v, item, seen, err));
	if (!seen->life || seen->life->role == LIFE_LISTENER)
		return 0;
	if (kind != EVENT_SEND_LENGTH && kind != EVENT_RECV_LENGTH && kind != EVENT_SENDMSG &&
	    !(kind == EVENT_PROBE && !seen->life->has_call_events))
		return 0;
	TRY(couples_see(&v->couples, seen->life, &c, &s, err));
	t = talk_of(s);
	if (kind == EVENT_SENDMSG) {
		if (!t->turns.sending_ns)
			t->turns.sending_ns = item->event.ts_ns;
		return 0;
	}
	settle_part(c, seen->life, t, kind == EVENT_SEND_LENGTH);
	if (kind == EVENT_PROBE) {
		TRY(on_arrival(seen->life, t, item, seen->bound, err));
	} else {
		moves = follow_stream(v, t, item, seen, seen->life);
		TRY(on_call(seen->life, t, item, seen->bound, err));
		note_reading(t, moves);
	}
	/* Where a peer is known, its side of the story is waited for, but not for ever. */
	if (c->count == 2 || !seen->life->peer || turns_count(&t->turns) > EXCHANGE_QUEUE_MAX)
		return tell(v, c, false, err);
	return 0;
}

static void free_couple(struct couple *c)
{
	for (unsigned i = 0; i < c->count; i++)
		turns_release(&talk_of(c->sides[i])->turns);
	couple_free(c);
}

/* The couple is freed whatever happens. */
static int finish_couple(struct exchanges *v, struct couple *c, struct error *err)
{
	int rc = 0;

	for (unsigned i = 0; i < c->count && rc == 0; i++)
		rc = turns_finish(&talk_of(c->sides[i])->turns, err);
	if (rc == 0)
		rc = tell(v, c, true, err);
	free_couple(c);
	return rc;
}

static int take_ended(struct exchanges *v, struct error *err)
{
	const struct life *l;

	while ((l = tracker_take(v->tracker))) {
		struct couple *done;

		TRY(couples_end(&v->couples, l, &done, err));
		if (done)
			TRY(finish_couple(v, done, err));
	}
	return 0;
}

static void explain_nothing(const struct exchanges *v)
{
	char text[200];

	if (view_explain_empty(v->in, tracker_event_count(v->tracker),
			       "no exchange on this tape is selected"))
		return;
	if (v->told)
		snprintf(text, sizeof(text),
			 "none of the %" PRIu64 " exchanges on this tape is selected", v->told);
	else
		snprintf(
			text, sizeof(text),
			"no data moved on the %" PRIu64 " TCP socket lives of this tape%s",
			tracker_life_count(v->tracker),
			tracker_has_calls(v->tracker)
				? ""
				: ", as far as it tells: it holds no lengths of send and receive calls");
	render_note(v->in->renderer, text);
}

static int read_all(struct exchanges *v, struct error *err)
{
	struct sighting seen;
	struct item item;
	struct couple *c;
	int rc;

	TRY(watch_begin(v->in, v->tracker, err));
	TRY(eventful_prepare(&v->eventful, v->in, err));
	while ((rc = watch_item(v->in, v->tracker, &item, err)) == 0) {
		TRY(tracker_feed(v->tracker, &item, &seen, err));
		TRY(eventful_see(&v->eventful, v->in, v->tracker, &item, &seen, err));
		if (item.kind == ITEM_EVENT && seen.bound)
			TRY(take_event(v, &item, &seen, err));
		TRY(take_ended(v, err));
	}
	if (rc < 0)
		return rc;
	tracker_stop(v->tracker);
	TRY(take_ended(v, err));
	while ((c = couples_pop(&v->couples)))
		TRY(finish_couple(v, c, err));
	if (v->in->by)
		exchange_groups_print(&v->groups);
	if (!v->shown)
		explain_nothing(v);
	else if (v->in->is_page && !tracker_has_calls(v->tracker))
		render_note(v->in->renderer,
			    "no lengths of send and receive calls on this tape: requests may be "
			    "joined, answers missing");
	return 0;
}

int view_exchanges(const struct view_input *in, struct error *err)
{
	struct exchanges v = {.in = in, .tracker = scope_tracker(in->scope)};
	struct couple *c;
	int rc;

	couples_init(&v.couples, sizeof(struct talk));
	if (in->by)
		exchange_groups_begin(&v.groups, in);
	else
		render_begin(in->renderer, &exchanges_table);
	rc = v.tracker ? read_all(&v, err) : error_nomem(err);
	while ((c = couples_pop(&v.couples)))
		free_couple(c);
	couples_release(&v.couples);
	eventful_release(&v.eventful);
	if (in->by)
		exchange_groups_release(&v.groups);
	tracker_free(v.tracker);
	return rc;
}
