/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* progress.c -- a line that stays one. */
#include "analyze/progress.h"

#include <time.h>

#include "format/source.h"

static const uint64_t PATIENCE_NS = 1000000000, EVERY_NS = 200000000;

void progress_show(struct progress *p, uint64_t now_ns, uint64_t bytes_read, uint64_t bytes_all)
{
	double seconds, millions = (double)p->items / 1e6;

	if (!p->began_ns)
		p->began_ns = now_ns;
	if (now_ns - p->began_ns < PATIENCE_NS || now_ns - p->shown_ns < EVERY_NS)
		return;
	seconds = (double)(now_ns - p->began_ns) / 1e9;
	p->shown_ns = now_ns;
	p->is_visible = true;
	fprintf(p->to, "\rtcptape: ");
	if (bytes_all && bytes_all != UINT64_MAX)
		fprintf(p->to, "%3.0f %%, ", 100 * (double)bytes_read / (double)bytes_all);
	fprintf(p->to, "%.1f million events, %.1f million a second ", millions, millions / seconds);
	fflush(p->to);
}

void progress_clear(struct progress *p)
{
	if (p->is_visible) {
		fprintf(p->to, "\r%70s\r", "");
		fflush(p->to);
	}
	p->is_visible = false;
}

void progress_look(struct progress *p, const struct source *source)
{
	struct timespec now;

	if (clock_gettime(CLOCK_MONOTONIC, &now))
		return;
	progress_show(p, (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec,
		      source_bytes_read(source), source_size(source));
}
