/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * identity.h -- which socket life an event's socket is in. A life begins here.
 */
#ifndef ANALYZE_IDENTITY_H
#define ANALYZE_IDENTITY_H

#include "analyze/step.h"

void identity_init(struct slots *socks);
/* Sets s->life, s->is_tuple_new and s->out->is_birth. The life stays NULL when the
 * event has no socket, one that is not TCP, one not worth telling about, or without
 * memory. */
void identity_resolve(struct step *s);
/* c is where a socket's life begins, and not a change of one that was there before. */
bool identity_is_start(const struct life_change *c);

#endif
