/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * lives.c -- identity of sockets, and the queues from birth to hand-over.
 */
#include "analyze/lives.h"

#include <string.h>

#include "format/bytes.h"

void lives_init(struct lives *ls)
{
	memset(ls, 0, sizeof(*ls));
	life_map_init(&ls->by_cookie, LINK_COOKIE, &ls->pool);
	life_map_init(&ls->by_skaddr, LINK_SKADDR, &ls->pool);
	life_map_init(&ls->by_tuple, LINK_TUPLE, &ls->pool);
	life_map_init(&ls->by_port, LINK_TUPLE, &ls->pool);
	life_map_init(&ls->by_half, LINK_TUPLE, &ls->pool);
	life_map_init(&ls->by_seq, LINK_SEQ, &ls->pool);
}

void lives_release(struct lives *ls)
{
	life_map_release(&ls->by_cookie);
	life_map_release(&ls->by_skaddr);
	life_map_release(&ls->by_tuple);
	life_map_release(&ls->by_port);
	life_map_release(&ls->by_half);
	life_map_release(&ls->by_seq);
	life_pool_release(&ls->pool);
	lives_init(ls);
}

static struct life *find_cookie(const struct lives *ls, uint64_t cookie, uint32_t netns)
{
	struct life *l = life_map_first(&ls->by_cookie, life_cookie_hash(cookie, netns));

	while (l && (l->cookie != cookie || l->netns != netns))
		l = life_map_next(&ls->by_cookie, l);
	return l;
}

static struct life *find_skaddr(const struct lives *ls, uint64_t skaddr)
{
	struct life *l = life_map_first(&ls->by_skaddr, life_skaddr_hash(skaddr));

	while (l && l->skaddr != skaddr)
		l = life_map_next(&ls->by_skaddr, l);
	return l;
}

struct life *lives_find(const struct lives *ls, const struct sock_facts *f)
{
	struct life *l = f->cookie ? find_cookie(ls, f->cookie, f->netns) : NULL;

	if (l || !f->skaddr)
		return l;
	l = find_skaddr(ls, f->skaddr);
	if (!l)
		return NULL;
	/* Not every event shows the namespace. */
	if (f->cookie && f->cookie == l->cookie && (!f->netns || !l->netns))
		return l;
	if (f->cookie && l->cookie)
		return l->is_cookie_provisional ? l : NULL;
	/* Only one of the two knows a cookie: the address decides, while it can. */
	return l->phase != LIFE_GONE || tuple_equal(&l->tuple, &f->tuple) ? l : NULL;
}

static void list_remove(struct lives *ls, struct life *l)
{
	struct life_list *list = &ls->lists[l->list];
	struct life *before = life_pool_at(&ls->pool, l->before);
	struct life *after = life_pool_at(&ls->pool, l->after);

	if (before)
		before->after = l->after;
	else
		list->first = after;
	if (after)
		after->before = l->before;
	else
		list->last = before;
	list->count--;
}

static void list_append(struct lives *ls, struct life *l, uint8_t which)
{
	struct life_list *list = &ls->lists[which];

	l->list = which;
	l->after = 0;
	l->before = life_number(list->last);
	if (list->last)
		list->last->after = l->number;
	else
		list->first = l;
	list->last = l;
	list->count++;
}

static void unlink_identity(struct lives *ls, struct life *l)
{
	life_map_remove(&ls->by_cookie, l);
	life_map_remove(&ls->by_skaddr, l);
	life_map_remove(&ls->by_seq, l);
}

static struct life_map *tuple_map(struct lives *ls, enum tuple_map which)
{
	switch (which) {
	case IN_BY_TUPLE:
		return &ls->by_tuple;
	case IN_BY_PORT:
		return &ls->by_port;
	case IN_BY_HALF:
		return &ls->by_half;
	case IN_NO_MAP:
		break;
	}
	return NULL;
}

static void unlink_tuple(struct lives *ls, struct life *l)
{
	struct life_map *map = tuple_map(ls, (enum tuple_map)l->tuple_map);

	if (map)
		life_map_remove(map, l);
	l->tuple_map = IN_NO_MAP;
}

bool lives_link_tuple(struct lives *ls, enum tuple_map which, struct life *l, uint32_t hash)
{
	unlink_tuple(ls, l);
	l->hash = hash;
	if (!life_map_add(tuple_map(ls, which), l))
		return false;
	l->tuple_map = (uint8_t)which;
	return true;
}

/* Who is found by a tuple may be another from now on. */
static void note_tuple(struct lives *ls, const struct life *l)
{
	if (l->tuple_map == IN_BY_TUPLE)
		ls->tuple_versions[l->hash % TUPLE_VERSIONS]++;
}

static void move_on(struct lives *ls, struct life *l, uint8_t which)
{
	list_remove(ls, l);
	list_append(ls, l, which);
	if (l->has_rival) /* else nobody else could be found in its place */
		note_tuple(ls, l);
}

void lives_requeue(struct lives *ls, struct life *l, uint64_t ts_ns)
{
	ls->is_starved |= l->is_starved;
	if (l->phase == l->list)
		return;
	move_on(ls, l, l->phase);
	l->due_ns = ts_ns + LIVES_GRACE_NS; /* no more since_ns */
}

void lives_retire(struct lives *ls, struct life *l, uint64_t ts_ns)
{
	unlink_identity(ls, l);
	life_leave(l, ts_ns, false);
	lives_requeue(ls, l, ts_ns);
}

struct life *lives_begin(struct lives *ls, const struct sock_facts *f, uint64_t ts_ns)
{
	struct life *l;

	while (f->skaddr && (l = find_skaddr(ls, f->skaddr)))
		lives_retire(ls, l, ts_ns);
	if (ls->lists[LIFE_ALIVE].count >= LIVES_MAX)
		lives_retire(ls, ls->lists[LIFE_ALIVE].first, ts_ns);
	l = life_pool_take(&ls->pool);
	if (!l)
		return NULL;
	list_append(ls, l, LIFE_ALIVE);
	l->conn = ++ls->last_conn;
	l->first_ns = l->from_ns = l->until_ns = l->since_ns = ts_ns;
	l->sk_err = -1;
	l->is_ipv6 = f->is_ipv6;
	l->has_no_times = ls->keeps_no_times;
	l->has_drop_events = ls->has_drops;
	l->has_retransmit_events = ls->has_retransmits;
	l->has_call_events = ls->has_calls;
	l->has_packet_events = ls->has_arrivals;
	lives_learn(ls, l, f);
	return l;
}

/* A connection, one that may become or was one, one that no longer can have packets, none. */
static unsigned standing(const struct life *l)
{
	enum { NEVER = 1, GONE, PERHAPS, SURELY };

	if (l->is_stillborn)
		return NEVER;
	if (l->phase == LIFE_GONE)
		return GONE;
	return l->phase == LIFE_ALIVE && l->state != STATE_SYN_RECV ? SURELY : PERHAPS;
}

static struct life *likelier(struct life *best, struct life *l)
{
	return !best || standing(l) > standing(best) ? l : best;
}

static struct life *find_hashed(const struct lives *ls, const struct tuple *t, uint32_t hash,
				const struct life *except)
{
	struct life *l = life_map_first(&ls->by_tuple, hash), *best = NULL;

	for (; l; l = life_map_next(&ls->by_tuple, l))
		if (l != except && tuple_equal(&l->tuple, t))
			best = likelier(best, l);
	return best;
}

struct life *lives_find_tuple(const struct lives *ls, const struct tuple *t,
			      const struct life *except)
{
	return find_hashed(ls, t, tuple_hash(t), except);
}

void lives_find_ends(const struct lives *ls, const struct tuple *t, uint32_t hash,
		     struct life **local, struct life **remote)
{
	struct life *l = life_map_first(&ls->by_tuple, hash);

	*local = *remote = NULL;
	for (; l; l = life_map_next(&ls->by_tuple, l)) {
		if (tuple_equal(&l->tuple, t))
			*local = likelier(*local, l);
		if (tuple_is_reverse(&l->tuple, t))
			*remote = likelier(*remote, l);
	}
}

static void set_cookie(struct lives *ls, struct life *l, uint64_t cookie, uint32_t netns)
{
	life_map_remove(&ls->by_cookie, l);
	l->cookie = cookie;
	l->netns = netns;
	if (cookie)
		life_map_add(&ls->by_cookie, l);
}

static void learn_identity(struct lives *ls, struct life *l, const struct sock_facts *f)
{
	if (f->skaddr && l->skaddr != f->skaddr) {
		life_map_remove(&ls->by_skaddr, l);
		l->skaddr = f->skaddr;
		life_map_add(&ls->by_skaddr, l);
	}
	if (f->cookie && (l->cookie != f->cookie || (f->netns && l->netns != f->netns))) {
		set_cookie(ls, l, f->cookie, f->netns ? f->netns : l->netns);
		l->is_cookie_provisional = false;
	}
	if (!l->netns && f->netns)
		set_cookie(ls, l, l->cookie, f->netns);
}

/* Two connections of one namespace cannot have the same tuple: the older one's end was not
 * seen. But two CPUs may each make a child of the same request (inet_ehash_insert() then lets
 * one of them live), so that a child ends nobody's life before it is established. */
static void settle(struct lives *ls, const struct life *l, uint32_t hash, uint64_t ts_ns)
{
	struct life *old = find_hashed(ls, &l->tuple, hash, l);

	if (old)
		note_tuple(ls, l);
	if (old && old->phase == LIFE_ALIVE && old->state != STATE_SYN_RECV &&
	    old->netns == l->netns)
		lives_retire(ls, old, ts_ns);
}

void lives_settle(struct lives *ls, const struct life *l, uint64_t ts_ns)
{
	settle(ls, l, lives_tuple_hash(l), ts_ns);
}

/* Of lives that share a tuple, what each is decides which of them is found. */
static void note_rivals(const struct lives *ls, struct life *l)
{
	struct life *other = life_map_first(&ls->by_tuple, l->hash);

	for (; other; other = life_map_next(&ls->by_tuple, other))
		if (other != l && tuple_equal(&other->tuple, &l->tuple))
			l->has_rival = other->has_rival = true;
}

/* t is hashed rather than its copy, of which no word can be read before all of it has arrived. */
static void enter_tuple(struct lives *ls, struct life *l, const struct tuple *t, bool is_settled)
{
	uint32_t hash = tuple_hash(t);

	l->tuple = *t;
	if (is_settled && l->state != STATE_SYN_RECV)
		settle(ls, l, hash, l->until_ns);
	lives_link_tuple(ls, IN_BY_TUPLE, l, hash);
	note_rivals(ls, l);
	note_tuple(ls, l);
}

void lives_set_tuple(struct lives *ls, struct life *l, const struct tuple *t)
{
	enter_tuple(ls, l, t, true);
}

bool lives_learn(struct lives *ls, struct life *l, const struct sock_facts *f)
{
	bool is_complete = tuple_is_complete(&f->tuple);

	learn_identity(ls, l, f);
	if (is_complete && tuple_equal(&l->tuple, &f->tuple))
		l->is_tuple_guessed = false;
	if (tuple_is_complete(&l->tuple) && !(l->is_tuple_guessed && is_complete))
		return false;
	l->is_tuple_guessed = false;
	/* A half-known tuple never replaces what is known of a port. */
	if (!is_complete && (l->tuple.local.port || l->tuple.remote.port) &&
	    (!f->tuple.local.port || f->tuple.remote.port))
		return false;
	if (is_complete)
		enter_tuple(ls, l, &f->tuple, !f->is_child);
	else
		l->tuple = f->tuple;
	return is_complete;
}

/* Closed lives whose destruction does not come: the tape lacks the event, or lost it. */
static void give_up_closed(struct lives *ls, uint64_t now_ns)
{
	struct life_list *closed = &ls->lists[LIFE_CLOSED];

	while (closed->first) {
		struct life *l = closed->first;

		if (closed->count <= LIVES_MAX_CLOSED && (ls->has_destroy || l->due_ns > now_ns))
			return;
		life_leave(l, now_ns, false);
		move_on(ls, l, LIFE_GONE);
	}
}

void lives_stop(struct lives *ls, uint64_t ts_ns)
{
	for (uint8_t phase = LIFE_ALIVE; phase < LIFE_GONE; phase++)
		while (ls->lists[phase].first) {
			struct life *l = ls->lists[phase].first;

			life_stop(l, ts_ns);
			l->phase = LIFE_GONE;
			ls->is_starved |= l->is_starved;
			move_on(ls, l, LIFE_GONE);
		}
	ls->last_stopped = ls->last_conn;
}

/* The first that is past its grace, and no orphan whose time is not up. */
static struct life *first_past(struct lives *ls, uint64_t now_ns)
{
	struct life_list *orphans = &ls->lists[LIST_ORPHANS];
	struct life *l;

	while ((l = ls->lists[LIFE_GONE].first) && lives_is_past(ls, l, now_ns)) {
		unlink_identity(ls, l);
		if (!l->is_orphan || !ls->has_packets || l->conn <= ls->last_stopped)
			return l;
		move_on(ls, l, LIST_ORPHANS);
		l->due_ns = l->until_ns + LIVES_ORPHAN_NS;
	}
	l = orphans->first;
	if (l && (orphans->count > LIVES_MAX_CLOSED || lives_is_past(ls, l, now_ns)))
		return l;
	return NULL;
}

static void will_read_all(const void *p, size_t bytes)
{
	for (size_t at = 0; at < bytes; at += NEXT_LINE)
		WILL_READ(p, at);
}

/* Lives whose grace ends next have not been looked at since it began, and are in no cache. */
static void will_expire(const struct lives *ls, const struct life *first)
{
	const struct life *second = first ? life_pool_at(&ls->pool, first->after) : NULL;

	if (second)
		will_read_all(second, sizeof(*second));
	if (first && first->past) /* the life itself is there */
		will_read_all(first->past, sizeof(*first->past));
}

struct life *lives_expire(struct lives *ls, uint64_t now_ns)
{
	struct life *l;

	give_up_closed(ls, now_ns);
	l = first_past(ls, now_ns);
	if (!l)
		return NULL;
	list_remove(ls, l);
	unlink_tuple(ls, l);
	l->is_over = true;
	list_append(ls, l, LIST_OVER);
	will_expire(ls, ls->lists[LIFE_GONE].first);
	return l;
}

struct life *lives_take(struct lives *ls)
{
	struct life *l = ls->lists[LIST_OVER].first;

	if (ls->taken)
		life_pool_return(&ls->pool, ls->taken);
	ls->taken = l;
	if (l)
		list_remove(ls, l);
	return l;
}
