/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * pair.c -- matching the two sides of a connection.
 */
#include "analyze/pair.h"

/* Fast Open data, or data in flight between two snapshots, may stand between what one
 * side has sent and the other has received. Two unrelated connections are this close
 * in both directions once in 10^7. */
#define SEQ_TOLERANCE (1 << 20)

static bool is_near(uint32_t a, uint32_t b)
{
	int32_t d = (int32_t)(a - b);

	return d > -SEQ_TOLERANCE && d < SEQ_TOLERANCE;
}

/* A listener's child that is no connection yet, or never was one. It will look itself when it is. With Fast
 * Open it is one when its application has called on it. */
static bool is_unborn(const struct life *l)
{
	return l->is_stillborn ||
	       (l->state == STATE_SYN_RECV && l->role == LIFE_SERVER && !l->accept_count);
}

/* Both were there at the same time, and nothing known speaks against it. */
static bool is_possible(const struct life *a, const struct life *b)
{
	if (a == b || a->peer || b->peer || is_unborn(a) || is_unborn(b))
		return false;
	if (a->phase != LIFE_ALIVE && a->until_ns < b->first_ns)
		return false;
	if (b->phase != LIFE_ALIVE && b->until_ns < a->first_ns)
		return false;
	if (a->role == b->role && a->role == LIFE_SERVER)
		return false;
	if (a->has_seq && b->has_seq)
		return is_near(a->una, b->nxt) && is_near(a->nxt, b->una);
	return true;
}

static struct life *find_by_seq(const struct lives *ls, const struct life *l)
{
	struct life *other;

	if (!l->has_seq)
		return NULL;
	other = life_map_first(&ls->by_seq, life_seq_hash(l->una, l->nxt));
	for (; other; other = life_map_next(&ls->by_seq, other))
		if (other->una == l->nxt && other->nxt == l->una && is_possible(l, other))
			return other;
	return NULL;
}

static struct life *find_by_tuple(const struct lives *ls, const struct life *l)
{
	struct life *other, *best = NULL;

	if (!tuple_is_complete(&l->tuple))
		return NULL;
	other = life_map_first(&ls->by_tuple, lives_tuple_hash(l));
	for (; other; other = life_map_next(&ls->by_tuple, other)) {
		if (!tuple_is_reverse(&other->tuple, &l->tuple) || !is_possible(l, other))
			continue;
		if (other->netns == l->netns)
			return other;
		if (!best)
			best = other;
	}
	return best;
}

static enum life_role opposite(enum life_role role)
{
	if (role == LIFE_CLIENT)
		return LIFE_SERVER;
	return role == LIFE_SERVER ? LIFE_CLIENT : LIFE_UNKNOWN;
}

struct life *pair_find(struct lives *ls, struct life *l)
{
	struct life *other;

	if (l->peer)
		return NULL;
	other = find_by_seq(ls, l);
	if (!other)
		other = find_by_tuple(ls, l);
	if (!other)
		return NULL;
	l->peer = other->conn;
	other->peer = l->conn;
	if (l->role == LIFE_UNKNOWN)
		l->role = (uint8_t)opposite((enum life_role)other->role);
	else if (other->role == LIFE_UNKNOWN)
		other->role = (uint8_t)opposite((enum life_role)l->role);
	life_map_remove(&ls->by_seq, l);
	life_map_remove(&ls->by_seq, other);
	return other;
}

bool pair_offer(struct lives *ls, struct life *l, uint32_t snd_una, uint32_t rcv_nxt)
{
	life_map_remove(&ls->by_seq, l);
	l->una = snd_una;
	l->nxt = rcv_nxt;
	l->has_seq = true;
	return l->peer || life_map_add(&ls->by_seq, l);
}
