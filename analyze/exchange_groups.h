/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * exchange_groups.h -- exchanges --by service, peer or connection: how many, how much, and how
 * the times of each group are spread.
 */
#ifndef ANALYZE_EXCHANGE_GROUPS_H
#define ANALYZE_EXCHANGE_GROUPS_H

#include "analyze/exchange.h"
#include "analyze/life.h"
#include "analyze/tally.h"
#include "analyze/view.h"

enum exchange_grouping {
	EXCHANGES_BY_SERVICE,
	EXCHANGES_BY_PEER,
	EXCHANGES_BY_CONN,
	EXCHANGE_GROUPINGS
};

extern const struct table exchange_groups_tables[EXCHANGE_GROUPINGS];

struct exchange_groups {
	const struct view_input *in;
	enum exchange_grouping grouping;
	struct tally tally; /* of struct exchange_sums */
};

/* Caller's storage. Begins the table; in->by is not NULL. */
void exchange_groups_begin(struct exchange_groups *g, const struct view_input *in);
void exchange_groups_release(struct exchange_groups *g);
/* Count an exchange of these sides, of which one may be NULL. 0 or ERR_NOMEM. */
int exchange_groups_add(struct exchange_groups *g, const struct life *client,
			const struct life *server, const struct exchange *x, struct error *err);
/* A row for each group, most exchanges first. */
void exchange_groups_print(struct exchange_groups *g);

#endif
