/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * account.h -- what a recording has done so far, and what is said of it on standard error: the
 * line that is rewritten, troubles, the summary. With --quiet nothing is said.
 */
#ifndef RECORD_ACCOUNT_H
#define RECORD_ACCOUNT_H

#include <stdbool.h>
#include <stdint.h>

#include "format/error.h"
#include "record/catalog.h"
#include "record/drain.h"
#include "record/losses.h"
#include "record/series.h"
#include "record/stall.h"
#include "record/status.h"

/* Start with {0}. */
struct account {
	struct status_line *line; /* owned */
	struct stall stall;
	uint64_t start_ns, shown_ns;
	uint64_t start_cpu_ns; /* spent until then */
	bool is_quiet;
	/* Lent, filled in before account_begin(): */
	const struct catalog *catalog;
	struct series *series;
	const struct losses *losses;
	const struct drain *drain;
};

/* 0 or ERR_NOMEM. */
int account_open(struct account *a, bool is_quiet, struct error *err);
void account_close(struct account *a);
/* Recording begins now. */
void account_begin(struct account *a, uint64_t now_ns);
/* Something went wrong, unless the status is 0, that recording can go on without; `what` becomes
 * of it. */
void account_tell(struct account *a, const struct error *trouble, const char *what);
/* Say so if the output takes nothing any more, or does again. */
void account_watch_output(struct account *a);
/* Rewrite the line, about twice a second; whether it was time. */
bool account_show(struct account *a, uint64_t now_ns);
/* When it is time the next time; UINT64_MAX = nobody sees it. */
uint64_t account_due_ns(const struct account *a);
struct status_total account_total(const struct account *a);
/* 0 or ERR_NOMEM. */
int account_summary(struct account *a, struct status_total *total, struct error *err);

#endif
