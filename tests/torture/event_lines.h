/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * event_lines.h -- are the events of a damaged tape those of the sound one? By the lines
 * of the canonical text: each must be one of the other's, or that with nulls in place of
 * values. The number of the schema is not looked at: it depends on what was seen before.
 */
#ifndef TESTS_TORTURE_EVENT_LINES_H
#define TESTS_TORTURE_EVENT_LINES_H

#include <stdbool.h>
#include <stddef.h>

#include "tests/torture/tape_text.h"

struct event_lines; /* those of a sound tape; opaque */

/* Lends *t. */
struct event_lines *event_lines_new(const struct tape_text *t);
void event_lines_free(struct event_lines *e);
/* NULL when every event of *t is one of the sound tape, at most once; else the line that is
 * not. With `is_exact` values must not be null where they were none. *nulled counts lines that
 * lack values. */
const char *event_lines_stray(struct event_lines *e, const struct tape_text *t, bool is_exact,
			      size_t *nulled);

#endif
