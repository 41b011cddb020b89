/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* extent.c -- from one SECTION block to the next. */
#include "analyze/extent.h"

void extent_init(struct extent_walk *w, struct source *source)
{
	*w = (struct extent_walk){0};
	if (!source || source_size(source) == UINT64_MAX)
		return;
	w->is_possible = true;
	scan_init(&w->scan, source);
}

/* Read on to the next section, adding up what is passed. */
static int pass_section(struct extent_walk *w, struct extent *sum, struct error *err)
{
	struct scan_item item;
	int rc;

	w->has_next = false;
	while ((rc = scan_next(&w->scan, NULL, NULL, &item, err)) == 0) {
		if (item.kind == SCAN_BLOCK && item.header.type == BLOCK_SECTION) {
			w->next = item;
			w->has_next = true;
			return 0;
		}
		if (item.kind == SCAN_BLOCK) {
			sum->bytes += (uint64_t)item.header.header_len + item.header.body_len;
			sum->blocks++;
		} else {
			sum->bytes += item.gap.bytes;
			health_note_gap(&w->damage, &item.gap);
		}
	}
	w->is_over = true;
	return rc < 0 ? rc : 0;
}

int extent_next(struct extent_walk *w, uint64_t salt, struct extent *out, struct error *err)
{
	struct extent sum = {0};

	if (!w->is_possible)
		return END;
	while (!w->has_next || w->next.header.salt != salt) {
		if (w->is_over)
			return END;
		TRY(pass_section(w, &sum, err));
	}
	sum.bytes = (uint64_t)w->next.header.header_len + w->next.header.body_len;
	sum.blocks = 1;
	TRY(pass_section(w, &sum, err));
	*out = sum;
	return 0;
}
