/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * connecting.c -- guessing local ports, but only where there is one answer.
 */
#include "analyze/connecting.h"

enum { SEARCH_MAX = 64 };

void connecting_add(struct lives *ls, struct life *l)
{
	if (!l->tuple.local.port && l->tuple.remote.port)
		lives_link_tuple(ls, IN_BY_HALF, l, tuple_hash(&l->tuple));
}

static bool is_candidate(const struct life *l, const struct tuple *half)
{
	return l->phase == LIFE_ALIVE && l->state == STATE_SYN_SENT && tuple_equal(&l->tuple, half);
}

/* The only candidate, or with several the only one of process pid (0 = any would do). */
static struct life *find(const struct lives *ls, const struct tuple *half, uint32_t pid)
{
	uint32_t hash = tuple_hash(half);
	struct life *l = life_map_first(&ls->by_half, hash);
	struct life *any = NULL, *own = NULL;
	unsigned steps = 0, all = 0, owned = 0;

	for (; l; l = life_map_next(&ls->by_half, l)) {
		steps += l->hash == hash;
		if (steps > SEARCH_MAX) /* too many to tell */
			return NULL;
		if (!is_candidate(l, half))
			continue;
		any = l;
		all++;
		if (pid && l->owner.pid == pid) {
			own = l;
			owned++;
		}
	}
	if (all == 1)
		return any;
	return owned == 1 ? own : NULL;
}

struct life *connecting_claim(struct lives *ls, const struct tuple *tuple, bool is_reply,
			      uint32_t pid)
{
	struct tuple half = *tuple;
	struct life *l;

	half.local.port = 0;
	l = find(ls, &half, is_reply ? 0 : pid);
	if (!l)
		return NULL;
	lives_set_tuple(ls, l, tuple);
	l->is_tuple_guessed = true;
	return l;
}
