/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * exchange.c -- two views of the same bytes.
 */
#include "analyze/exchange.h"

#include <string.h>

static uint64_t later(uint64_t to, uint64_t from)
{
	return to > from ? to - from : 0;
}

/* One side has cut its stream where the other has, too. */
static bool is_same_end(const struct turn *a, const struct turn *b)
{
	return a->asked == b->asked && a->answered == b->answered;
}

/* Join turns of whichever side is behind until both end at the same byte of both
 * streams. False when a side has to say more first. */
static bool align(struct turns *client, struct turns *server)
{
	while (!is_same_end(turns_front(client), turns_front(server))) {
		const struct turn *c = turns_front(client), *s = turns_front(server);
		bool is_client_behind = c->asked + c->answered < s->asked + s->answered;
		struct turns *behind = is_client_behind ? client : server;

		if (turns_count(behind) < 2)
			return false;
		turns_join(behind);
	}
	return true;
}

static void fill_side(const struct turn *t, struct exchange *x)
{
	bool has_ask = t->ask_bytes != 0;

	x->start_ns = has_ask ? t->ask_first_ns : t->open_ns;
	x->request_bytes = t->ask_bytes;
	x->request_ns = has_ask ? later(t->ask_last_ns, t->ask_first_ns) : 0;
	x->has_answer = t->answer_bytes != 0;
	x->response_bytes = t->answer_bytes;
	x->total_ns = later(x->has_answer ? t->answer_last_ns : t->ask_last_ns, x->start_ns);
	x->turns = t->count;
}

/* Think time as known, but no more than is left of the total. */
static void split_total(struct exchange *x, uint64_t think_ns)
{
	if (!x->has_answer) {
		x->request_ns = x->total_ns;
		return;
	}
	if (x->request_ns > x->total_ns)
		x->request_ns = x->total_ns;
	x->think_ns = think_ns;
	if (x->think_ns > x->total_ns - x->request_ns)
		x->think_ns = x->total_ns - x->request_ns;
	x->response_ns = x->total_ns - x->request_ns - x->think_ns;
}

static enum exchange_kind kind_of(const struct exchange *x, uint32_t ask_calls,
				  uint32_t answer_calls)
{
	if (!x->has_answer)
		return ask_calls >= EXCHANGE_STREAM_CALLS ? EXCHANGE_TO_SERVER
							  : EXCHANGE_UNANSWERED;
	if (!x->request_bytes)
		return answer_calls >= EXCHANGE_STREAM_CALLS ? EXCHANGE_TO_CLIENT
							     : EXCHANGE_SERVER_FIRST;
	return x->turns > 1 ? EXCHANGE_PIPELINED : EXCHANGE_ORDINARY;
}

/* What only the server's side knows. */
static void fill_server(const struct turn *t, struct exchange *x)
{
	x->server_wait_ns = t->ask_bytes ? later(t->ask_first_ns, t->open_ns) : 0;
	x->has_queue = t->ask_bytes && t->landed_ns;
	if (x->has_queue)
		x->queue_ns = later(t->ask_last_ns, t->landed_ns);
	if (t->answer_bytes)
		x->write_ns = later(t->answer_last_ns, t->answer_first_ns);
}

/* And only the client's. */
static void fill_client(const struct turn *t, struct exchange *x)
{
	x->client_wait_ns = t->think_ns;
	x->has_idle = t->ask_bytes != 0;
	if (x->has_idle)
		x->idle_ns = later(t->ask_first_ns, t->open_ns);
	if (t->answer_bytes)
		x->first_byte_ns = later(t->answer_first_ns, x->start_ns);
}

static void fill_one(const struct turn *t, bool is_client, struct exchange *x)
{
	memset(x, 0, sizeof(*x));
	fill_side(t, x);
	split_total(x, t->think_ns);
	x->has_read = is_client && x->has_answer;
	x->has_client = is_client;
	x->has_server = !is_client;
	if (is_client)
		fill_client(t, x);
	else
		fill_server(t, x);
	x->kind = kind_of(x, t->ask_calls, t->answer_calls);
}

static void fill_both(const struct turn *c, const struct turn *s, struct exchange *x)
{
	memset(x, 0, sizeof(*x));
	fill_side(c, x);
	x->request_ns = s->ask_bytes ? later(s->ask_last_ns, x->start_ns) : 0;
	/* Where they differ, bytes were not read, or a side is not seen from its beginning: who sent them counts. */
	if (!x->request_bytes)
		x->request_bytes = s->ask_bytes;
	if (s->answer_bytes)
		x->response_bytes = s->answer_bytes;
	x->has_read = x->has_answer;
	x->has_answer |= s->answer_bytes != 0;
	if (!x->has_read)
		x->total_ns = x->has_answer ? later(s->answer_last_ns, x->start_ns) : x->request_ns;
	if (s->count > x->turns)
		x->turns = s->count;
	split_total(x, s->think_ns);
	fill_client(c, x);
	fill_server(s, x);
	if (x->has_read)
		x->transfer_ns = later(c->answer_last_ns, s->answer_last_ns);
	x->has_client = x->has_server = true;
	x->kind = kind_of(x, c->ask_calls > s->ask_calls ? c->ask_calls : s->ask_calls,
			  c->answer_calls > s->answer_calls ? c->answer_calls : s->answer_calls);
}

static bool take_one(struct turns *t, bool is_client, struct exchange *out)
{
	if (!turns_front(t))
		return false;
	fill_one(turns_front(t), is_client, out);
	turns_pop(t);
	return true;
}

static void join_all(struct turns *t)
{
	while (turns_count(t) > 1)
		turns_join(t);
}

/* No turn will come that could end where the last one of a side does: all that the other side has left
 * belongs to it. */
static void join_last(struct turns *client, struct turns *server)
{
	if (turns_count(client) == 1)
		join_all(server);
	else if (turns_count(server) == 1)
		join_all(client);
}

/* Both sides of this tape do not fit together (it began, or lost, in the middle). */
static bool is_hopeless(const struct turns *client, const struct turns *server, bool is_over)
{
	return is_over || turns_count(client) > EXCHANGE_QUEUE_MAX ||
	       turns_count(server) > EXCHANGE_QUEUE_MAX;
}

bool exchange_next(struct turns *client, struct turns *server, bool is_over, struct exchange *out)
{
	if (!client || !server)
		return take_one(client ? client : server, client != NULL, out);
	if (!turns_front(client) || !turns_front(server)) {
		if (!is_hopeless(client, server, is_over))
			return false;
		return take_one(client, true, out) || take_one(server, false, out);
	}
	if (!align(client, server)) {
		if (!is_hopeless(client, server, is_over))
			return false;
		if (is_over)
			join_last(client, server);
	}
	fill_both(turns_front(client), turns_front(server), out);
	turns_pop(client);
	turns_pop(server);
	return true;
}

const char *exchange_kind_name(enum exchange_kind kind)
{
	static const char *const names[] = {
		[EXCHANGE_ORDINARY] = "request-response",
		[EXCHANGE_PIPELINED] = "pipelined",
		[EXCHANGE_SERVER_FIRST] = "server-first",
		[EXCHANGE_TO_CLIENT] = "stream-to-client",
		[EXCHANGE_TO_SERVER] = "stream-to-server",
		[EXCHANGE_UNANSWERED] = "unanswered",
	};

	return names[kind];
}
