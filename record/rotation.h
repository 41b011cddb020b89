/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * rotation.h -- the pieces that a tape is cut into: what they are called, when the next one is
 * due, which old ones are deleted. Without rotation there is one piece with the name that was
 * asked for.
 *
 * Pieces of "a/b.tape" are a/b-000001.tape, a/b-000002.tape and so on. Only files that this
 * recording made are deleted: a file that has taken such a name since then is left alone.
 */
#ifndef RECORD_ROTATION_H
#define RECORD_ROTATION_H

#include <stdbool.h>
#include <stdint.h>

#include "format/error.h"
#include "record/limits.h"

struct rotation; /* opaque */

/* `limits` is lent while it lives. 0 and *out, or ERR_NOMEM. */
int rotation_new(const char *output, const struct limits *limits, struct rotation **out,
		 struct error *err);
/* NULL is fine. */
void rotation_free(struct rotation *r);
/* Whether another recording's pieces are there already: ERR_USAGE, or 0. */
int rotation_check(const struct rotation *r, struct error *err);

/* Number of the piece at hand, from 1; 0 without rotation. */
uint32_t rotation_number(const struct rotation *r);
/* File names of the piece at hand and of the one after it. Lent until the next
 * rotation_advance(). */
const char *rotation_path(const struct rotation *r);
const char *rotation_next_path(const struct rotation *r);

/* The piece at hand has been created and begins now: remember which file it is. */
void rotation_begin(struct rotation *r, uint64_t now_ns);
/* A user asks for the next piece. Without effect if there is no rotation. */
void rotation_ask(struct rotation *r);
/* Whether the next piece is to begin. `bytes` is the size of the one at hand. */
bool rotation_is_due(const struct rotation *r, uint64_t bytes, uint64_t now_ns);
/* When time alone makes it due; UINT64_MAX = never. */
uint64_t rotation_due_ns(const struct rotation *r);
/* The next piece cannot begin: not due again for 10 s. */
void rotation_postpone(struct rotation *r, uint64_t now_ns);
/* The piece at hand is finished with this size, and the next one is at hand. 0 or ERR_NOMEM. */
int rotation_advance(struct rotation *r, uint64_t bytes, struct error *err);

/* Bytes of the finished pieces that are kept. */
uint64_t rotation_kept_bytes(const struct rotation *r);
/* There are more pieces than are to be kept. */
bool rotation_has_too_many(const struct rotation *r);
/* Delete the oldest finished piece. 1 if there is none; 0, also when it was not there any more;
 * ERR_IO, and it is not tried again. */
int rotation_delete_oldest(struct rotation *r, struct error *err);

#endif
