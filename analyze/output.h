/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * output.h -- lines on their way to a FILE: they wait until they are worth a call. What goes
 * wrong is remembered; nothing more is written then.
 */
#ifndef ANALYZE_OUTPUT_H
#define ANALYZE_OUTPUT_H

#include <stdbool.h>
#include <stdio.h>

#include "format/bytes.h"

struct output {
	FILE *to;         /* lent */
	struct buf line;  /* lines that wait, and the one at hand, which anyone appends to; owned */
	size_t whole;     /* bytes of the former */
	bool has_printed; /* something, to anyone */
	bool is_failed;   /* could not be written, or no memory */
	bool is_starved;  /* no memory */
	bool is_closed;   /* nobody reads any more: EPIPE */
};

/* The line at hand is whole, and may be written. */
void output_end_line(struct output *o);
/* Something is lost for want of memory. */
void output_starve(struct output *o);
/* Write what waits; the line at hand is dropped. */
void output_flush(struct output *o);
/* Nothing more can be printed. */
static inline bool output_has_ended(const struct output *o)
{
	return o->is_closed || o->is_failed;
}
void output_release(struct output *o);

#endif
