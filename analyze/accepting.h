/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * accepting.h -- which of several listeners on one port (SO_REUSEPORT) a connection came from: the
 * kernel wakes it on the same processor right after the connection has come up.
 */
#ifndef ANALYZE_ACCEPTING_H
#define ANALYZE_ACCEPTING_H

#include "analyze/lives.h"

enum { ACCEPTING_CPUS = 64 }; /* of more some share a place, and may miss an answer */

/* Start with {0}. */
struct accepting {
	struct {
		uint64_t conn; /* 0 = none */
		uint32_t number, cpu;
	} newest[ACCEPTING_CPUS];
};

/* A listener's child has come up on this processor. */
void accepting_see(struct accepting *a, const struct life *child, uint32_t cpu);
/* The child that `listener` was woken for there, which is then forgotten; or NULL. */
struct life *accepting_take(struct accepting *a, const struct lives *ls,
			    const struct life *listener, uint32_t cpu);

#endif
