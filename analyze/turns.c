/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * turns.c -- cutting a stream of calls where the direction turns.
 */
#include "analyze/turns.h"

#include <stdlib.h>
#include <string.h>

#include "format/bytes.h"

static uint64_t later(uint64_t to, uint64_t from)
{
	return to > from ? to - from : 0;
}

static int push(struct turns *t, struct error *err)
{
	void *done = t->done;

	if (t->first && t->first == t->end)
		t->first = t->end = 0;
	if (t->first > 64 && t->first > t->cap / 2) {
		memmove(t->done, t->done + t->first, (t->end - t->first) * sizeof(*t->done));
		t->end -= t->first;
		t->first = 0;
	}
	if (!array_grow(&done, &t->cap, t->end + 1, sizeof(*t->done)))
		return error_nomem(err);
	t->done = done;
	t->done[t->end++] = t->current;
	t->is_open = false;
	return 0;
}

static void open(struct turns *t, uint64_t idle_ns)
{
	uint64_t since = t->current.answer_last_ns;

	if (t->is_open)
		return;
	memset(&t->current, 0, sizeof(t->current));
	t->current.open_ns = since > idle_ns ? since : idle_ns;
	t->current.count = 1;
	t->is_open = true;
}

int turns_ask(struct turns *t, uint64_t bytes, const uint64_t span[2], uint64_t idle_ns,
	      struct error *err)
{
	if (t->is_open && t->current.answer_bytes)
		TRY(push(t, err));
	open(t, idle_ns);
	if (!t->current.ask_bytes)
		t->current.ask_first_ns = span[0];
	t->current.ask_last_ns = span[1];
	t->current.ask_bytes += bytes;
	t->current.ask_calls += t->current.ask_calls < UINT32_MAX;
	t->current.landed_ns = 0;
	t->asked += bytes;
	t->current.asked = t->asked;
	t->current.answered = t->answered;
	return 0;
}

void turns_answer(struct turns *t, uint64_t bytes, const uint64_t span[2], uint64_t idle_ns)
{
	struct turn *c = &t->current;

	open(t, idle_ns);
	if (!c->answer_bytes) {
		c->answer_first_ns = span[0];
		c->think_ns = later(span[0], c->ask_bytes ? c->ask_last_ns : c->open_ns);
	}
	c->answer_last_ns = span[1];
	c->answer_bytes += bytes;
	c->answer_calls += c->answer_calls < UINT32_MAX;
	t->answered += bytes;
	c->asked = t->asked;
	c->answered = t->answered;
}

void turns_land(struct turns *t, uint64_t ts_ns)
{
	if (t->is_open && t->current.ask_bytes && !t->current.answer_bytes)
		t->current.landed_ns = ts_ns;
}

int turns_finish(struct turns *t, struct error *err)
{
	return t->is_open ? push(t, err) : 0;
}

struct turn *turns_front(const struct turns *t)
{
	return t->first < t->end ? &t->done[t->first] : NULL;
}

size_t turns_count(const struct turns *t)
{
	return t->end - t->first;
}

void turns_pop(struct turns *t)
{
	t->first++;
}

void turns_join(struct turns *t)
{
	struct turn *a = &t->done[t->first], *b = a + 1;

	b->open_ns = a->open_ns;
	b->ask_first_ns = a->ask_bytes ? a->ask_first_ns : b->ask_first_ns;
	b->ask_bytes += a->ask_bytes;
	if (a->answer_bytes)
		b->answer_first_ns = a->answer_first_ns;
	if (!b->answer_bytes)
		b->answer_last_ns = a->answer_last_ns;
	b->answer_bytes += a->answer_bytes;
	b->think_ns += a->think_ns;
	b->count += a->count;
	b->ask_calls += a->ask_calls;
	b->answer_calls += a->answer_calls;
	t->first++;
}

void turns_release(struct turns *t)
{
	free(t->done);
	*t = (struct turns){0};
}
