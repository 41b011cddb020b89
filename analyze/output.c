/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* output.c -- whole lines only. */
#include "analyze/output.h"

#include <errno.h>

enum { WRITE_BYTES = 1 << 16 };

static void note_failure(struct output *o, int saved_errno)
{
	if (saved_errno == EPIPE)
		o->is_closed = true;
	else
		o->is_failed = true;
}

static void write_lines(struct output *o)
{
	if (o->whole && !output_has_ended(o) &&
	    fwrite(o->line.data, 1, o->whole, o->to) != o->whole)
		note_failure(o, errno);
	buf_clear(&o->line);
	o->whole = 0;
}

void output_starve(struct output *o)
{
	o->is_failed = true;
	o->is_starved = true;
}

void output_end_line(struct output *o)
{
	bool is_lost = o->line.is_failed;

	if (!is_lost)
		o->whole = o->line.len;
	o->has_printed |= o->whole != 0;
	if (is_lost || o->whole >= WRITE_BYTES)
		write_lines(o);
	if (is_lost)
		output_starve(o);
}

void output_flush(struct output *o)
{
	write_lines(o);
	if (!output_has_ended(o) && fflush(o->to) != 0)
		note_failure(o, errno);
}

void output_release(struct output *o)
{
	buf_release(&o->line);
}
