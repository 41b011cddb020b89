/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * turns.h -- question and answer as one side of a connection sees them, from nothing
 * but the order, times and sizes of its calls. A turn is asking, then answering; it
 * ends when something is asked again. Asking is what the client sends; on the server's
 * side, what it reads.
 */
#ifndef ANALYZE_TURNS_H
#define ANALYZE_TURNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "format/error.h"

struct turn {
	uint64_t open_ns;   /* this side waits for the turn since then */
	uint64_t ask_bytes; /* 0: the server spoke first */
	uint64_t ask_first_ns, ask_last_ns;
	uint64_t answer_bytes; /* 0: nothing was answered */
	uint64_t answer_first_ns, answer_last_ns;
	uint64_t think_ns;        /* between asking and answering; sums when turns are joined */
	uint64_t asked, answered; /* bytes of the whole connection up to the turn's end */
	uint64_t landed_ns;       /* the last byte asked had arrived; 0 = not known */
	unsigned count;           /* turns joined into this one */
	uint32_t ask_calls, answer_calls;
};

/* Start with {0}. */
struct turns {
	struct turn current;
	struct turn *done; /* owned; a queue from `first` on */
	size_t first, end, cap;
	uint64_t sending_ns; /* a send call is under way since; 0 = none */
	uint64_t asked, answered;
	bool is_open; /* `current` has begun */
};

/* Bytes moved between from_ns and to_ns (the call's beginning, where known, and its
 * return). `idle_ns` is when this side could first expect something: established. 0 or
 * ERR_NOMEM. */
int turns_ask(struct turns *t, uint64_t bytes, const uint64_t span[2], uint64_t idle_ns,
	      struct error *err);
void turns_answer(struct turns *t, uint64_t bytes, const uint64_t span[2], uint64_t idle_ns);
/* What was asked last had arrived by then, and waited for this side to read it. */
void turns_land(struct turns *t, uint64_t ts_ns);
/* No more will come: the current turn is done. */
int turns_finish(struct turns *t, struct error *err);
/* The oldest done turn; NULL when there is none. Lent until the next change. */
struct turn *turns_front(const struct turns *t);
size_t turns_count(const struct turns *t);
void turns_pop(struct turns *t);
/* Join the second oldest into the oldest; both must be there. */
void turns_join(struct turns *t);
void turns_release(struct turns *t);

#endif
