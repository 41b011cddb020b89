/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * story.h -- tells the moments of one connection, as rows of the timeline's table.
 */
#ifndef ANALYZE_STORY_H
#define ANALYZE_STORY_H

#include "analyze/couple.h"
#include "analyze/missing.h"
#include "analyze/render.h"
#include "analyze/scene.h"

struct story {
	struct renderer *renderer; /* the caller's */
	bool is_text;
	bool is_unnumbered;            /* connections have no numbers */
	bool has_calls;                /* send and receive calls are on the tape */
	bool has_segments;             /* so are arriving packets */
	bool is_continued;             /* the beginning has been told before */
	bool is_over;                  /* nothing will follow */
	bool has_holes;                /* events may be missing (tracker_has_holes) */
	const struct missing *missing; /* what was lost; lent */
	uint64_t origin_ns;            /* the tape's first event */
};

extern const struct table timeline_table;

/* `all` holds the moments of both sides, sorted; at least one. In text every story has a heading and
 * begins a table; otherwise the caller has begun one. */
void story_tell(const struct story *story, const struct couple *c, const struct scene *all);

#endif
