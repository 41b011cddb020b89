/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * blindspots.c -- a sorted array of intervals.
 */
#include "analyze/blindspots.h"

#include <string.h>

static void spot_remove(struct blindspots *b, size_t i)
{
	b->count--;
	memmove(&b->spots[i], &b->spots[i + 1], (b->count - i) * sizeof(b->spots[0]));
}

static void merge_nearest(struct blindspots *b)
{
	size_t best = 0;
	uint64_t least = UINT64_MAX;

	for (size_t i = 0; i + 1 < b->count; i++) {
		uint64_t distance = b->spots[i + 1].from_ns - b->spots[i].to_ns;

		if (distance < least) {
			least = distance;
			best = i;
		}
	}
	b->spots[best].to_ns = b->spots[best + 1].to_ns;
	spot_remove(b, best + 1);
}

void blindspots_add(struct blindspots *b, uint64_t from_ns, uint64_t to_ns)
{
	struct blindspot spot = {.from_ns = from_ns, .to_ns = to_ns};
	size_t i = 0;

	if (to_ns < from_ns)
		return;
	if (b->count == BLINDSPOTS_MAX)
		merge_nearest(b);
	while (i < b->count && b->spots[i].to_ns < from_ns)
		i++;
	while (i < b->count && b->spots[i].from_ns <= spot.to_ns) {
		if (b->spots[i].from_ns < spot.from_ns)
			spot.from_ns = b->spots[i].from_ns;
		if (b->spots[i].to_ns > spot.to_ns)
			spot.to_ns = b->spots[i].to_ns;
		spot_remove(b, i);
	}
	memmove(&b->spots[i + 1], &b->spots[i], (b->count - i) * sizeof(b->spots[0]));
	b->spots[i] = spot;
	b->count++;
}

bool blindspots_overlap(const struct blindspots *b, uint64_t from_ns, uint64_t to_ns)
{
	for (size_t i = 0; i < b->count && b->spots[i].from_ns <= to_ns; i++)
		if (b->spots[i].to_ns >= from_ns)
			return true;
	return false;
}

uint64_t blindspots_within(const struct blindspots *b, uint64_t from_ns, uint64_t to_ns)
{
	uint64_t ns = 0;

	for (size_t i = 0; i < b->count && b->spots[i].from_ns < to_ns; i++) {
		uint64_t from = b->spots[i].from_ns, to = b->spots[i].to_ns;

		from = from > from_ns ? from : from_ns;
		to = to < to_ns ? to : to_ns;
		ns += to > from ? to - from : 0;
	}
	return ns;
}
