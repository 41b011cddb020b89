/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * info_page.h -- a recording's summary as a page for people: labels and values, then
 * events by number, then losses.
 */
#ifndef ANALYZE_INFO_PAGE_H
#define ANALYZE_INFO_PAGE_H

#include "analyze/arena.h"
#include "analyze/extent.h"
#include "analyze/render.h"
#include "analyze/summary.h"

struct info_page {
	uint64_t number; /* of the section, from 1 */
	uint64_t sockets;
	uint64_t origin_ns; /* the tape's first event */
	bool is_damaged;
	const struct extent *extent; /* NULL = not known */
};

void info_page_print(const struct info_page *page, const struct summary *s, struct renderer *r,
		     struct arena *a);

#endif
