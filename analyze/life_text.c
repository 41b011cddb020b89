/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * life_text.c -- addresses and owners spelled out.
 */
#include "analyze/life_text.h"

#include <inttypes.h>
#include <stdio.h>

void life_text_fill(struct life_text *t, const struct life *l)
{
	/* A listener's remote end is all zeros, and an unconnected socket's is nobody's. */
	t->has_remote = l->tuple.remote.port && l->role != LIFE_LISTENER;
	address_format(l->tuple.local.addr, t->laddr);
	endpoint_format(&l->tuple.local, t->local);
	t->raddr[0] = t->remote[0] = t->process[0] = '\0';
	if (t->has_remote) {
		address_format(l->tuple.remote.addr, t->raddr);
		endpoint_format(&l->tuple.remote, t->remote);
	}
	if (l->owner.pid)
		snprintf(t->process, sizeof(t->process), "%s[%" PRIu32 "]", l->owner.comm,
			 l->owner.pid);
}

struct cell cell_nonzero(uint64_t v)
{
	return v ? cell_uint(v) : cell_null();
}

struct cell cell_nonempty(const char *text)
{
	return text[0] ? cell_string(text) : cell_null();
}
