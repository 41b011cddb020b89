/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* spans.c -- from header to header. */
#include "analyze/spans.h"

#include <stdlib.h>

#include "format/scan.h"

void spans_release(struct spans *s)
{
	free(s->all);
	*s = (struct spans){0};
}

const struct span *spans_find(const struct spans *s, uint64_t section)
{
	return section < s->count && s->all[section].has_events ? &s->all[section] : NULL;
}

static int begin_section(struct spans *s, struct error *err)
{
	void *all = s->all;

	if (!array_grow(&all, &s->cap, s->count + 1, sizeof(*s->all)))
		return error_nomem(err);
	s->all = all;
	s->all[s->count++] = (struct span){0};
	return 0;
}

static void see_rows(struct span *span, const struct block_header *h)
{
	if (!span->has_events || h->min_ts < span->first_ns)
		span->first_ns = h->min_ts;
	if (!span->has_events || h->max_ts > span->last_ns)
		span->last_ns = h->max_ts;
	span->schema_bits |= h->schema_bits;
	span->has_events = true;
}

static int take(struct spans *s, const struct scan_item *item, struct error *err)
{
	const struct block_header *h = &item->header;

	if (item->kind == SCAN_GAP) {
		s->has_holes = true;
		return 0;
	}
	if (h->type == BLOCK_SECTION)
		TRY(begin_section(s, err));
	if (h->lost > 0)
		s->has_holes = true;
	if (h->type == BLOCK_DATA && h->rows > 0 && s->count)
		see_rows(&s->all[s->count - 1], h);
	return 0;
}

static enum scan_want want_header(const struct block_header *h, const void *arg)
{
	(void)h;
	(void)arg;
	return SCAN_HEADER;
}

int spans_read(struct spans *s, struct source *source, struct error *err)
{
	uint64_t size = source_size(source);
	struct scan_item item;
	struct scan scan;
	int rc;

	scan_init(&scan, source);
	while ((rc = scan_next(&scan, want_header, NULL, &item, err)) == 0) {
		/* A last block that is cut off is not read by anyone. */
		if (item.kind == SCAN_BLOCK && scan.next > size)
			return 0;
		TRY(take(s, &item, err));
	}
	return rc == END ? 0 : rc;
}
