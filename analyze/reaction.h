/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * reaction.h -- what an event changes in the life it belongs to.
 */
#ifndef ANALYZE_REACTION_H
#define ANALYZE_REACTION_H

#include "analyze/step.h"

/* The event belongs to s->life: take over what it tells. */
void reaction_apply(struct step *s);
/* Of that, what events tell that are neither changes of state nor snapshots, of a life that was
 * there before: all of it but the time. */
void reaction_note(struct step *s);

#endif
