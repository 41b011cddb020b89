/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * lives.h -- all socket lives that are not over yet: finds them by what an event says
 * about its socket, begins and ends them, and hands the ended ones over.
 *
 *	alive --CLOSE--> closed --destroyed--> gone --10 ms of tape time--> taken
 *
 * An orphan whose mini-socket waits for the peer's FIN is gone until that is seen, or can
 * come no more.
 *
 * A closed life waits for its socket's destruction, since an application may still
 * read from it; a gone one waits for packets freed late. Memory is in proportion to
 * the lives that are neither gone nor taken.
 */
#ifndef ANALYZE_LIVES_H
#define ANALYZE_LIVES_H

#include "analyze/life.h"
#include "analyze/life_map.h"
#include "analyze/sock_facts.h"

enum {
	LIVES_GRACE_NS = 10000000,
	LIVES_MAX = 1 << 22,        /* beyond this the oldest is given up */
	LIVES_MAX_CLOSED = 1 << 16, /* waiting for a destruction that may have been lost */
};

/* How long the mini-socket of an orphan may wait for the peer's FIN: TCP_TIMEWAIT_LEN. */
#define LIVES_ORPHAN_NS UINT64_C(60000000000)

/* Those before are by enum life_phase. */
enum life_lists { LIST_OVER = LIFE_GONE + 1, LIST_ORPHANS, LIST_COUNT };

/* Connections whose hashes are equal modulo this share a version. */
enum { TUPLE_VERSIONS = 1 << 10 };

/* The maps of LINK_TUPLE. */
enum tuple_map { IN_NO_MAP = 0, IN_BY_TUPLE, IN_BY_PORT, IN_BY_HALF };

struct life_list {
	struct life *first, *last;
	size_t count;
};

struct lives {
	struct life_map by_cookie;
	struct life_map by_skaddr;
	struct life_map by_tuple; /* complete tuples; LINK_TUPLE, as the next two */
	struct life_map by_port;  /* listeners (listening.h) */
	struct life_map by_half;  /* who connects from a port not known yet (connecting.h) */
	struct life_map by_seq;   /* established, without a peer yet */
	struct life_list lists[LIST_COUNT]; /* by phase, oldest first, and those of life_lists */
	struct life *taken;                 /* lent by lives_take() */
	struct life_pool pool;              /* all lives live here */
	uint64_t last_conn;
	uint64_t last_stopped; /* conn: lives up to here are over, without a grace */
	uint32_t tuple_versions[TUPLE_VERSIONS];
	bool is_starved;     /* the past of a life was lost for want of memory */
	bool keeps_no_times; /* lives do not tell how long they were in a state */
	bool has_destroy;    /* destructions are on the tape: closed lives wait for theirs */
	bool has_packets;    /* what an orphan waits for can be seen */
	bool has_drops;      /* drops are on the tape */
	bool has_retransmits, has_calls, has_arrivals;
};

/* Caller's storage. */
void lives_init(struct lives *ls);
void lives_release(struct lives *ls);

/* The life the socket is in, or NULL. It may be closed or gone already. */
struct life *lives_find(const struct lives *ls, const struct sock_facts *f);
/* Begin a life; whoever had the kernel address before is given up. NULL without memory. */
struct life *lives_begin(struct lives *ls, const struct sock_facts *f, uint64_t ts_ns);
/* Take over what is better than what is known of the socket. True when the life's
 * tuple has become complete. */
bool lives_learn(struct lives *ls, struct life *l, const struct sock_facts *f);
/* The life with this tuple other than `except` that most likely is the connection: one that is
 * not gone rather than one that is, and a listener's child that is not established yet only
 * where no other is alive; of equals the newest. NULL if there is none. */
struct life *lives_find_tuple(const struct lives *ls, const struct tuple *t,
			      const struct life *except);
/* The same for both ends of a connection, whose tuple has this hash: the one at t->local, and the
 * one at t->remote. */
void lives_find_ends(const struct lives *ls, const struct tuple *t, uint32_t hash,
		     struct life **local, struct life **remote);
/* As long as *version is what it was, lives_find_ends() finds the same. Lent as *ls is. */
static inline const uint32_t *lives_version(const struct lives *ls, uint32_t tuple_hash)
{
	return &ls->tuple_versions[tuple_hash % TUPLE_VERSIONS];
}
static inline uint32_t lives_tuple_hash(const struct life *l)
{
	return l->tuple_map == IN_BY_TUPLE ? l->hash : tuple_hash(&l->tuple);
}
/* The tuple is that of the wire, as far as can be told: enter l under it. */
void lives_set_tuple(struct lives *ls, struct life *l, const struct tuple *t);
/* l is a connection now: whoever else is alive under its tuple has ended unseen. */
void lives_settle(struct lives *ls, const struct life *l, uint64_t ts_ns);
/* Link l into one of the maps of LINK_TUPLE, out of whichever it was in. */
bool lives_link_tuple(struct lives *ls, enum tuple_map which, struct life *l, uint32_t hash);
/* A life cannot be found, for want of memory: what follows from that must not be told. */
static inline bool lives_is_starved(const struct lives *ls)
{
	return ls->is_starved | ls->by_cookie.is_starved | ls->by_skaddr.is_starved |
	       ls->by_seq.is_starved | ls->by_tuple.is_starved | ls->by_port.is_starved |
	       ls->by_half.is_starved;
}

/* After l->phase has changed: queue it accordingly. */
void lives_requeue(struct lives *ls, struct life *l, uint64_t ts_ns);
/* Give up a life that was seen for the last time: its socket is another one now. */
void lives_retire(struct lives *ls, struct life *l, uint64_t ts_ns);
/* Every life is over: the tape, or its section, ends at ts. */
void lives_stop(struct lives *ls, uint64_t ts_ns);
/* The next life that is past its grace at now_ns, or NULL: nothing finds it any more. */
struct life *lives_expire(struct lives *ls, uint64_t now_ns);
/* A life that is gone has had its grace. */
static inline bool lives_is_past(const struct lives *ls, const struct life *gone, uint64_t now_ns)
{
	return gone->conn <= ls->last_stopped || gone->due_ns <= now_ns;
}
/* When the first of a list is past its grace. */
static inline uint64_t lives_list_due_ns(const struct lives *ls, const struct life_list *list)
{
	if (!list->first)
		return UINT64_MAX;
	return list->first->conn <= ls->last_stopped ? 0 : list->first->due_ns;
}
/* The time from which on lives_expire() finds something. */
static inline uint64_t lives_due_ns(const struct lives *ls)
{
	const struct life_list *closed = &ls->lists[LIFE_CLOSED];
	const struct life_list *orphans = &ls->lists[LIST_ORPHANS];
	uint64_t due_ns = lives_list_due_ns(ls, &ls->lists[LIFE_GONE]);
	uint64_t orphan_ns = lives_list_due_ns(ls, orphans);

	if (closed->count > LIVES_MAX_CLOSED || orphans->count > LIVES_MAX_CLOSED)
		return 0;
	if (orphan_ns < due_ns)
		due_ns = orphan_ns;
	if (!closed->first || ls->has_destroy || due_ns < closed->first->due_ns)
		return due_ns;
	return closed->first->due_ns;
}
static inline bool lives_is_due(const struct lives *ls, uint64_t now_ns)
{
	return lives_due_ns(ls) <= now_ns;
}
/* False when lives_take() would have nothing to do. */
static inline bool lives_has_over(const struct lives *ls)
{
	return ls->taken || ls->lists[LIST_OVER].first;
}
/* The next life that has expired, or NULL. Each is returned once, lent until the next call. */
struct life *lives_take(struct lives *ls);

#endif
