/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * acceptance.h -- how connections come to a listener, as far as events tell: from the SYN, over the
 * accept queue, to accept(), which itself leaves no event. Each of these takes an event of s->life.
 */
#ifndef ANALYZE_ACCEPTANCE_H
#define ANALYZE_ACCEPTANCE_H

#include "analyze/step.h"

/* A life whose beginning was not seen may be known by the listener on its port. */
void acceptance_inherit(struct tracker *t, struct life *l);
/* A SYN is sent, or sent again since the one before was not answered: had the listener no room then? */
void acceptance_call(struct step *s);
/* What waits at a listener, where the event tells. */
void acceptance_read_queue(struct step *s);
/* The same of a listener that is older than the tape. */
void acceptance_read_backlog(struct step *s);
/* The last part of a handshake found the accept queue full. Its sender believes that it is connected. */
void acceptance_overflow(struct step *s);
/* A listener that is woken has a new connection. */
void acceptance_wake(struct step *s);
/* A call on a connection, or its close: true for the first, which comes after accept(). */
bool acceptance_note(struct step *s);
/* A connection has ended. Was it given up by a listener that closed before anybody accepted it? */
void acceptance_end(struct step *s);

#endif
