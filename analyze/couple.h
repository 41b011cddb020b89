/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * couple.h -- the one or two sides of a connection, for views that tell of both
 * together. A side enters when its life is first seen, two become a couple when the
 * tracker has paired their lives, and the couple is over when both lives are.
 */
#ifndef ANALYZE_COUPLE_H
#define ANALYZE_COUPLE_H

#include "analyze/conn_map.h"
#include "analyze/lane.h"
#include "analyze/life.h"
#include "format/error.h"

struct side {
	const struct life *life; /* the tracker's, and once it is over, a copy */
	struct life *copy;       /* owned; NULL while the life is not over */
	void *own;               /* what the view keeps for this side; owned */
};

struct couple {
	struct side *sides[2]; /* the client first, where roles are known; owned */
	unsigned count;
	struct couple *next, *before; /* all couples that are not over, oldest first */
};

struct couples {
	struct conn_map by_conn; /* -> struct couple */
	struct couple *first, *last;
	size_t own_size;
};

/* Caller's storage. Each side gets `own_size` zeroed bytes; what they point to is the
 * view's to free. */
void couples_init(struct couples *cs, size_t own_size);
void couples_release(struct couples *cs);
/* The side of a life that is not over, entered if it is new, and its couple: joined with
 * the peer's if they have found each other. 0 or ERR_NOMEM. */
int couples_see(struct couples *cs, const struct life *l, struct couple **couple,
		struct side **side, struct error *err);
/* The life is over: its facts are copied. *done is the couple if it is over with it, and
 * then the caller's, to be given to couple_free(); else NULL. 0 or ERR_NOMEM. */
int couples_end(struct couples *cs, const struct life *l, struct couple **done, struct error *err);
void couple_free(struct couple *c); /* NULL is fine */
/* Take out the oldest couple that is not over, whatever it waits for; NULL if none. It
 * is the caller's then. */
struct couple *couples_pop(struct couples *cs);
/* The side that connected, the other, or NULL where roles or a side are not known. */
struct side *couple_client(const struct couple *c);
struct side *couple_server(const struct couple *c);
/* The side with this number; NULL if it is not of this couple. */
const struct side *couple_side(const struct couple *c, uint64_t conn);
/* The lane of a side of the couple: the client's is left, the server's right. */
enum lane couple_lane(const struct couple *c, const struct side *s);
/* "client", "server", ..., also of a side that is not on the tape. */
const char *couple_lane_name(const struct couple *c, enum lane lane);

#endif
