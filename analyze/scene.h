/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * scene.h -- the moments of one side of a connection, in order of arrival, and the
 * packets that came before the connection's ports were known.
 */
#ifndef ANALYZE_SCENE_H
#define ANALYZE_SCENE_H

#include "analyze/moment.h"
#include "analyze/tuple.h"

enum {
	SCENE_MAX = 1 << 15, /* moments of a side before they must be told */
	STRAYS_MAX = 512,    /* packets that wait for their connection */
};

/* Start with {0}. */
struct scene {
	struct moment *moments; /* owned */
	size_t count, cap;
};

/* 0 or ERR_NOMEM. */
int scene_add(struct scene *s, const struct moment *m, struct error *err);
void scene_release(struct scene *s);
/* Sort by time, then by arrival. */
void scene_sort(struct scene *s);
/* After sorting: the moment a send call began learns what the call returned. */
void scene_link_calls(struct scene *s);

/* On connect the kernel tells no local port, but the SYN has it: packets of unknown
 * connections wait in a ring, the oldest making room. */
struct stray {
	struct tuple tuple; /* local = the sender */
	struct moment moment;
	bool is_waiting;
};

struct strays {
	struct stray ring[STRAYS_MAX];
	size_t next;
	size_t waiting;
};

void strays_add(struct strays *s, const struct tuple *tuple, const struct moment *m);
/* Take out the next stray of the connection with this tuple, as seen by either side,
 * that is not older than from_ns; false when there is none. Start with *at = 0. */
bool strays_take(struct strays *s, const struct tuple *tuple, uint64_t from_ns, size_t *at,
		 struct stray *out);

#endif
