/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * couple.c -- who belongs to whom, until both are over.
 */
#include "analyze/couple.h"

#include <stdlib.h>
#include <string.h>

void couples_init(struct couples *cs, size_t own_size)
{
	*cs = (struct couples){.own_size = own_size};
}

static void side_free(struct side *s)
{
	free(s->own);
	life_free(s->copy);
	free(s);
}

void couple_free(struct couple *c)
{
	if (!c)
		return;
	for (unsigned i = 0; i < c->count; i++)
		side_free(c->sides[i]);
	free(c);
}

static void list_append(struct couples *cs, struct couple *c)
{
	c->before = cs->last;
	c->next = NULL;
	if (cs->last)
		cs->last->next = c;
	else
		cs->first = c;
	cs->last = c;
}

static void list_remove(struct couples *cs, struct couple *c)
{
	if (c->before)
		c->before->next = c->next;
	else
		cs->first = c->next;
	if (c->next)
		c->next->before = c->before;
	else
		cs->last = c->before;
}

static void detach(struct couples *cs, struct couple *c)
{
	for (unsigned i = 0; i < c->count; i++)
		conn_map_remove(&cs->by_conn, c->sides[i]->life->conn);
	list_remove(cs, c);
}

struct couple *couples_pop(struct couples *cs)
{
	struct couple *c = cs->first;

	if (c)
		detach(cs, c);
	return c;
}

void couples_release(struct couples *cs)
{
	struct couple *c;

	while ((c = couples_pop(cs)))
		couple_free(c);
	conn_map_release(&cs->by_conn);
}

static struct couple *couple_new(struct couples *cs, const struct life *l)
{
	struct couple *c = calloc(1, sizeof(*c));
	struct side *s = calloc(1, sizeof(*s));
	void *own = calloc(1, cs->own_size);

	if (!c || !s || !own || !conn_map_set(&cs->by_conn, l->conn, c)) {
		free(c);
		free(s);
		free(own);
		return NULL;
	}
	s->life = l;
	s->own = own;
	c->sides[0] = s;
	c->count = 1;
	list_append(cs, c);
	return c;
}

/* Clients come first; of equals, the older. */
static void put_in_order(struct couple *c)
{
	const struct life *a = c->sides[0]->life, *b;
	struct side *first = c->sides[0];
	bool is_turned;

	if (c->count < 2)
		return;
	b = c->sides[1]->life;
	is_turned = a->role == LIFE_SERVER || b->role == LIFE_CLIENT;
	if (a->role == b->role)
		is_turned = b->conn < a->conn;
	if (is_turned) {
		c->sides[0] = c->sides[1];
		c->sides[1] = first;
	}
}

/* Let the peer's couple join this one. */
static struct couple *join(struct couples *cs, struct couple *c, const struct life *l)
{
	struct couple *other = l->peer && c->count == 1 ? conn_map_find(&cs->by_conn, l->peer)
							: NULL;

	if (!other || other == c || other->count != 1)
		return c;
	c->sides[c->count++] = other->sides[0];
	conn_map_set(&cs->by_conn, l->peer, c); /* replaces: needs no memory */
	list_remove(cs, other);
	free(other);
	put_in_order(c);
	return c;
}

static struct side *side_of(const struct couple *c, uint64_t conn)
{
	for (unsigned i = 0; i < c->count; i++)
		if (c->sides[i]->life->conn == conn)
			return c->sides[i];
	return NULL;
}

int couples_see(struct couples *cs, const struct life *l, struct couple **couple,
		struct side **side, struct error *err)
{
	struct couple *c = conn_map_find(&cs->by_conn, l->conn);

	if (!c)
		c = couple_new(cs, l);
	if (!c)
		return error_nomem(err);
	c = join(cs, c, l);
	*couple = c;
	*side = side_of(c, l->conn);
	return 0;
}

static bool is_over(const struct couples *cs, const struct couple *c)
{
	const struct couple *other;

	for (unsigned i = 0; i < c->count; i++)
		if (!c->sides[i]->copy)
			return false;
	if (c->count == 2)
		return true;
	other = conn_map_find(&cs->by_conn, c->sides[0]->life->peer);
	return !other || other->count == 2; /* else they will meet */
}

int couples_end(struct couples *cs, const struct life *l, struct couple **done, struct error *err)
{
	struct couple *c;
	struct side *s;

	*done = NULL;
	if (!conn_map_find(&cs->by_conn, l->conn))
		return 0;
	TRY(couples_see(cs, l, &c, &s, err));
	s->copy = life_copy(l);
	if (!s->copy)
		return error_nomem(err);
	s->life = s->copy;
	if (!is_over(cs, c))
		return 0;
	detach(cs, c);
	put_in_order(c);
	*done = c;
	return 0;
}

static struct side *with_role(const struct couple *c, enum life_role role)
{
	for (unsigned i = 0; i < c->count; i++)
		if (c->sides[i]->life->role == role)
			return c->sides[i];
	return NULL;
}

struct side *couple_client(const struct couple *c)
{
	return with_role(c, LIFE_CLIENT);
}

struct side *couple_server(const struct couple *c)
{
	return with_role(c, LIFE_SERVER);
}

const struct side *couple_side(const struct couple *c, uint64_t conn)
{
	for (unsigned i = 0; conn && i < c->count; i++)
		if (c->sides[i]->life->conn == conn)
			return c->sides[i];
	return NULL;
}

enum lane couple_lane(const struct couple *c, const struct side *s)
{
	if (c->count == 2)
		return c->sides[1] == s ? LANE_RIGHT : LANE_LEFT;
	return s->life->role == LIFE_SERVER ? LANE_RIGHT : LANE_LEFT;
}

const char *couple_lane_name(const struct couple *c, enum lane lane)
{
	for (unsigned i = 0; i < c->count; i++)
		if (couple_lane(c, c->sides[i]) == lane)
			return life_role_name((enum life_role)c->sides[i]->life->role);
	switch ((enum life_role)c->sides[0]->life->role) {
	case LIFE_CLIENT:
		return "server";
	case LIFE_SERVER:
		return "client";
	default:
		return "other side";
	}
}
