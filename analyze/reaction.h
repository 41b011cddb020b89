/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * reaction.h -- what an event changes in the life it belongs to.
 */
#ifndef ANALYZE_REACTION_H
#define ANALYZE_REACTION_H

#include "analyze/step.h"

/* The event belongs to s->life: take over what it tells. */
void reaction_apply(struct step *s);
/* A life whose beginning was not seen may be known by the listener on its port. */
void reaction_inherit(struct tracker *t, struct life *l);

#endif
