/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * selector.h -- the part of the typed programs that decides which connections are recorded:
 * configured before loading, attached beside the events.
 */
#ifndef RECORD_SELECTOR_H
#define RECORD_SELECTOR_H

#include <stdbool.h>
#include <stdint.h>

#include "record/filter.h"

struct bpf_link;
struct bpf_map;
struct typed;

/* Programs that a selection needs even if their event is not recorded, by event number; the
 * last one has none. */
struct selector {
	struct bpf_link *links[3];
};

/* Which of them the events have attached. */
struct selector_has {
	bool state, destroy;
};

/* What the programs share with those that look at older sockets; lent. */
struct selector_maps {
	const struct bpf_map *chosen, *flows, *listeners, *marks;
};

/* Tell an opened object. Without a filter its maps stay small. */
void selector_configure(struct typed *skel, const struct filter *f);
/* Its own programs are to be loaded, too. */
void selector_load(struct typed *skel, const struct filter *f);
/* Attach what no event has attached. Nothing is lost if a
 * kernel refuses; connections are then decided a little later. */
void selector_start(struct selector *s, const struct typed *skel, const struct filter *f,
		    struct selector_has has);
/* Detach. */
void selector_stop(struct selector *s);
struct selector_maps selector_maps(const struct typed *skel);
/* Connections opened since: those that fit, and all the others. */
void selector_opened(const struct typed *skel, uint64_t *chosen, uint64_t *others);

#endif
