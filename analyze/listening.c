/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * listening.c -- who would get a packet that comes to an address and port, as Linux looks listeners up.
 */
#include "analyze/listening.h"

#include <string.h>

#include "format/hash.h"

static uint32_t port_hash(uint16_t port)
{
	return (uint32_t)(hash_mix(3, port) >> 16);
}

bool listening_add(struct lives *ls, struct life *l)
{
	l->role = LIFE_LISTENER;
	life_map_remove(&ls->by_seq, l); /* what it is found by makes room for its backlog */
	return lives_link_tuple(ls, IN_BY_PORT, l, port_hash(l->tuple.local.port));
}

/* 0 = not at all; else more for the address itself than for any, for any of its family than for one
 * of IPv6 that takes both, and more for who is alive. */
static unsigned fit_of(const struct life *l, const struct endpoint *local, uint32_t netns)
{
	unsigned is_alive = l->phase == LIFE_ALIVE;

	if (l->tuple.local.port != local->port || l->netns != netns)
		return 0;
	if (memcmp(l->tuple.local.addr, local->addr, 16) == 0)
		return 5 + is_alive;
	if (!address_is_any(l->tuple.local.addr))
		return 0;
	if (address_is_ipv4(l->tuple.local.addr) == address_is_ipv4(local->addr))
		return 3 + is_alive;
	return address_is_ipv4(local->addr) ? 1 + is_alive : 0;
}

struct life *listening_find(const struct lives *ls, const struct endpoint *local, uint32_t netns)
{
	struct life *l = life_map_first(&ls->by_port, port_hash(local->port));
	struct life *best = NULL;
	unsigned best_fit = 0;

	for (; l; l = life_map_next(&ls->by_port, l)) {
		unsigned fit = fit_of(l, local, netns);

		if (fit <= best_fit)
			continue;
		best = l;
		best_fit = fit;
	}
	return best;
}

/* l, or the next behind it in its chain, that fits the address of `listener` as well as that does. */
static struct life *as_fit(const struct lives *ls, struct life *l, const struct life *listener)
{
	const struct endpoint *local = &listener->tuple.local;
	unsigned fit = fit_of(listener, local, listener->netns);

	while (l && fit_of(l, local, listener->netns) != fit)
		l = life_map_next(&ls->by_port, l);
	return l;
}

static struct life *first_as_fit(const struct lives *ls, const struct life *listener)
{
	uint32_t hash = port_hash(listener->tuple.local.port);

	return as_fit(ls, life_map_first(&ls->by_port, hash), listener);
}

static bool is_shared(const struct lives *ls, const struct life *listener)
{
	struct life *l = first_as_fit(ls, listener);

	return l && as_fit(ls, life_map_next(&ls->by_port, l), listener);
}

struct life *listening_find_only(const struct lives *ls, const struct endpoint *local,
				 uint32_t netns)
{
	struct life *l = listening_find(ls, local, netns);

	return l && l->phase == LIFE_ALIVE && !is_shared(ls, l) ? l : NULL;
}

/* An address that `listener` listens at: its own, or that of a connection it got. */
static bool has_address(const struct life *listener, const uint8_t addr[16])
{
	if (memcmp(listener->tuple.local.addr, addr, 16) == 0)
		return true;
	return address_is_any(listener->tuple.local.addr) && listener->past &&
	       memcmp(listener->past->queue.addr, addr, 16) == 0;
}

/* Every namespace has loopback addresses of its own. */
static struct life *find_far(const struct lives *ls, const struct endpoint *to)
{
	struct life *l = life_map_first(&ls->by_port, port_hash(to->port)), *found = NULL;

	if (address_is_loopback(to->addr))
		return NULL;
	for (; l; l = life_map_next(&ls->by_port, l)) {
		if (l->tuple.local.port != to->port || l->phase != LIFE_ALIVE ||
		    !has_address(l, to->addr))
			continue;
		if (found)
			return NULL;
		found = l;
	}
	return found;
}

struct life *listening_find_called(const struct lives *ls, const struct tuple *client,
				   uint32_t netns)
{
	const struct endpoint *to = &client->remote;
	struct life *near = listening_find_only(ls, to, netns);
	/* Who calls an address of its own host has the same. */
	bool is_own = address_is_loopback(to->addr) ||
		      memcmp(client->local.addr, to->addr, sizeof(to->addr)) == 0;

	return near && (is_own || has_address(near, to->addr)) ? near : find_far(ls, to);
}

struct life *listening_find_of(const struct lives *ls, const struct life *l)
{
	struct life *other;

	if (l->accept_count || !l->listener) {
		other = listening_find(ls, &l->tuple.local, l->netns);
		return other && is_shared(ls, other) ? NULL : other;
	}
	other = life_map_first(&ls->by_port, port_hash(l->tuple.local.port));
	while (other && other->conn != l->listener)
		other = life_map_next(&ls->by_port, other);
	return other;
}

void listening_note_stray(const struct lives *ls, const struct life *listener)
{
	struct life *l = first_as_fit(ls, listener);

	for (; l; l = as_fit(ls, life_map_next(&ls->by_port, l), listener))
		l->has_strayed = true;
}
