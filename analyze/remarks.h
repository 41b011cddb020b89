/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * remarks.h -- what must be said about a tape after the answer: losses, damage, a cut
 * end, broken order. Gathered while a view reads, printed to standard error, and turned
 * into an exit status.
 */
#ifndef ANALYZE_REMARKS_H
#define ANALYZE_REMARKS_H

#include <stdbool.h>
#include <stdio.h>

#include "analyze/absent_events.h"
#include "format/cursor.h"

enum { REMARKS_LOSSES = 8 };

/* Exit statuses of tcptape. */
enum exit_status {
	EXIT_FINE = 0,
	EXIT_TROUBLE = 1, /* I/O or internal failure */
	EXIT_USAGE = 2,
	EXIT_DAMAGED = 3,    /* answered, but the tape is damaged or was cut short */
	EXIT_NOT_A_TAPE = 4, /* or one that needs a newer tcptape */
};

/* Start with {0}; nothing is owned. */
struct remarks {
	bool has_origin;
	uint64_t origin_ns;                 /* first event of the tape */
	struct loss losses[REMARKS_LOSSES]; /* the first ones */
	uint64_t loss_count;                /* losses that differ in time, CPU or cause */
	uint64_t lost;                      /* events, by those records */
	uint64_t lost_declared;             /* events, by what the sections' ends say */
	uint64_t sections_ended;
	bool is_stopped; /* the view did not read to the end, because nobody listens or waits */
	struct health health;
	struct health unread; /* damage that the cursor did not come to */
	struct absent_events absent;
};

void remarks_add_loss(struct remarks *m, const struct loss *loss);
/* What the cursor found, with what it left unread. */
void remarks_set_health(struct remarks *m, const struct health *read);
/* Events lost, from whichever source knows of more. */
uint64_t remarks_lost(const struct remarks *m);
/* One sentence each, "tcptape: TAPE: ..." */
void remarks_print(const struct remarks *m, const char *tape, FILE *out);
/* EXIT_FINE or EXIT_DAMAGED. */
enum exit_status remarks_status(const struct remarks *m, bool fail_on_loss);

/* "tcptape: SENTENCE", escaped, as one line. */
void remark_print(const char *sentence, FILE *out);

/* What a failure means for the exit status. */
enum exit_status status_exit(int status);
/* The graver of two. */
enum exit_status exit_worse(enum exit_status a, enum exit_status b);

#endif
