/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * eventful.h -- what --event means where rows are made of all that happened to a connection: those
 * are kept that have an event of such a name between --since and --until, and none of those that
 * '!' leaves out. The tape is read once before; of a pipe, where it cannot be, what was seen so
 * far counts.
 */
#ifndef ANALYZE_EVENTFUL_H
#define ANALYZE_EVENTFUL_H

#include "analyze/conn_set.h"
#include "analyze/tracker.h"
#include "analyze/view.h"

/* Start with {0}. */
struct eventful {
	bool is_asked_for;  /* else every life is kept */
	bool is_read_ahead; /* the sets tell all: eventful_see() may be spared */
	struct conn_set wanted, barred;
};

/* Read the tape, if --event is given and the source allows. 0 or a negative status. */
int eventful_prepare(struct eventful *e, const struct view_input *in, struct error *err);
/* Every event must be shown to eventful_see(). */
bool eventful_is_watching(const struct eventful *e);
/* What was just fed to the tracker; nothing happens unless eventful_is_watching(). */
int eventful_see(struct eventful *e, const struct view_input *in, const struct tracker *t,
		 const struct item *item, const struct sighting *seen, struct error *err);
/* '!' leaves the life out; of two ends of a connection, one suffices. */
bool eventful_bars(const struct eventful *e, const struct life *life);
bool eventful_has(const struct eventful *e, const struct view_input *in, const struct life *life);
void eventful_release(struct eventful *e);

#endif
