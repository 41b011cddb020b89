/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* hole.c -- missing blocks, by their headers and numbers. */
#include "format/hole.h"

#include "format/loss.h"

void hole_add(struct hole *o, const struct block_header *h)
{
	if (h->type != BLOCK_DATA || h->rows == 0)
		return;
	if (o->rows == 0 || h->min_ts < o->from_ns)
		o->from_ns = h->min_ts;
	if (o->rows == 0 || h->max_ts > o->to_ns)
		o->to_ns = h->max_ts;
	o->rows += h->rows;
}

void hole_suspect(struct hole *o, const struct block_header *h)
{
	if (o->has_suspect)
		return;
	o->has_suspect = true;
	o->suspect = *h;
}

/* The suspect is missing indeed. */
static void convict(struct hole *o)
{
	if (o->has_suspect)
		hole_add(o, &o->suspect);
	o->has_suspect = false;
}

uint64_t hole_skip(struct hole *o, uint64_t missing)
{
	uint64_t unknown = missing - (o->has_suspect && missing > 0);

	convict(o);
	o->has_unknown |= unknown > 0;
	return unknown;
}

void hole_settle(struct hole *o, uint64_t seq)
{
	if (o->has_suspect && o->suspect.seq == seq)
		o->has_suspect = false;
}

void hole_end(struct hole *o, bool has_rest)
{
	o->has_unknown |= has_rest && !o->has_suspect;
	convict(o);
}

uint32_t hole_encode(const struct hole *o, uint64_t from_ns, uint64_t to_ns, struct buf *out)
{
	struct loss loss = {.cpu = LOSS_ANY_CPU, .cause = LOSS_DAMAGE};
	uint32_t count = 0;

	if (o->has_unknown) {
		loss.from_ns = from_ns;
		loss.to_ns = to_ns > from_ns ? to_ns : from_ns;
		loss_encode(&loss, out);
		count++;
	}
	if (o->rows) {
		loss.from_ns = o->from_ns;
		loss.to_ns = o->to_ns > o->from_ns ? o->to_ns : o->from_ns;
		loss.count = o->rows;
		loss_encode(&loss, out);
		count++;
	}
	return count;
}
