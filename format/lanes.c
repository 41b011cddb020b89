/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* lanes.c -- merges the lanes of a block (docs/FORMAT.md section 7.1). */
#include "format/lanes.h"

#include <string.h>

/* The first row from `first` on, before `end`, that is earlier than the one before it; or `end`. */
static uint32_t find_earlier(const uint64_t *ts, uint32_t first, uint32_t end)
{
	for (uint32_t i = first + 1; i < end; i++)
		if (ts[i] < ts[i - 1])
			return i;
	return end;
}

/* First rows of the lanes into starts[], and `rows` behind the last; returns their number. */
static int find_lanes(const uint64_t *ts, const uint64_t *cpu, uint32_t rows, uint32_t *starts,
		      uint32_t *count, struct error *err)
{
	uint32_t n = 0, bad;

	for (uint32_t first = 0, end = 0; first < rows; first = end) {
		while (end < rows && cpu[end] == cpu[first])
			end++;
		if (end < rows && cpu[end] < cpu[first])
			return error_set(err, ERR_CORRUPT, "CPUs of a block are out of order");
		bad = find_earlier(ts, first, end);
		if (bad < end)
			return error_set(err, ERR_CORRUPT, "row %u of a block is out of order",
					 bad);
		starts[n++] = first;
	}
	if (rows && cpu[rows - 1] > UINT32_MAX) /* they ascend */
		return error_set(err, ERR_CORRUPT, "a CPU of a block is beyond 32 bits");
	starts[n] = rows;
	*count = n;
	return 0;
}

/* Two neighbours of `from` become one run of `to`. */
static void merge_two(const uint64_t *ts, const uint32_t *from, uint32_t *to, uint32_t lo,
		      uint32_t mid, uint32_t hi)
{
	uint32_t a = lo, b = mid, at = lo;

	while (a < mid && b < hi)
		to[at++] = ts[from[b]] < ts[from[a]] ? from[b++] : from[a++];
	memcpy(to + at, from + a, (mid - a) * sizeof(*to));
	at += mid - a;
	memcpy(to + at, from + b, (hi - b) * sizeof(*to));
}

/* Merge neighbours until one run is left. */
static const uint32_t *merge_all(const uint64_t *ts, uint32_t *from, uint32_t *to, uint32_t *starts,
				 uint32_t count)
{
	while (count > 1) {
		uint32_t *swap = from, end = starts[count], left = 0;

		for (uint32_t i = 0; i < count; i += 2) {
			uint32_t mid = i + 1 < count ? starts[i + 1] : end;
			uint32_t hi = i + 2 < count ? starts[i + 2] : end;

			merge_two(ts, from, to, starts[i], mid, hi);
			starts[left++] = starts[i];
		}
		starts[left] = end;
		count = left;
		from = to;
		to = swap;
	}
	return from;
}

int lanes_merge(const uint64_t *ts, const uint64_t *cpu, uint32_t rows, struct slab *slab,
		const uint32_t **order, struct error *err)
{
	uint32_t *starts = slab_alloc(slab, (size_t)rows + 1, sizeof(*starts));
	uint32_t *from, *to, count = 0;

	if (!starts)
		return error_nomem(err);
	TRY(find_lanes(ts, cpu, rows, starts, &count, err));
	*order = NULL;
	if (count <= 1)
		return 0;
	from = slab_alloc(slab, rows, sizeof(*from));
	to = slab_alloc(slab, rows, sizeof(*to));
	if (!from || !to)
		return error_nomem(err);
	for (uint32_t i = 0; i < rows; i++)
		from[i] = i;
	*order = merge_all(ts, from, to, starts, count);
	return 0;
}
