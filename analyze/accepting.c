/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* accepting.c -- the last child of each processor. */
#include "analyze/accepting.h"

#include <stddef.h>

void accepting_see(struct accepting *a, const struct life *child, uint32_t cpu)
{
	a->newest[cpu % ACCEPTING_CPUS].conn = child->conn;
	a->newest[cpu % ACCEPTING_CPUS].number = child->number;
	a->newest[cpu % ACCEPTING_CPUS].cpu = cpu;
}

struct life *accepting_take(struct accepting *a, const struct lives *ls,
			    const struct life *listener, uint32_t cpu)
{
	size_t i = cpu % ACCEPTING_CPUS;
	struct life *child;

	if (!a->newest[i].conn || a->newest[i].cpu != cpu)
		return NULL;
	child = life_pool_at(&ls->pool, a->newest[i].number);
	/* The number may be another's by now. */
	if (child->conn != a->newest[i].conn || child->netns != listener->netns ||
	    child->tuple.local.port != listener->tuple.local.port)
		return NULL;
	a->newest[i].conn = 0;
	return child;
}
