/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* lanes.c -- merges the lanes of a block (docs/FORMAT.md section 7.1). */
#include "format/lanes.h"

#include <stdbool.h>
#include <string.h>

enum { CHUNK = 32 }; /* rows that are looked at together, without a branch */

/* Has no row of a chunk a time of 2^63 or later, nor one earlier than the row before it? */
static bool do_ascend(const uint64_t *ts)
{
	uint64_t bits = 0;

	for (unsigned i = 0; i < CHUNK; i++)
		bits |= ts[i] | (ts[i] - ts[(int)i - 1]);
	return !(bits >> 63);
}

/* The first row from `first` on, before `end`, that is earlier than the one before it; or `end`. */
static uint32_t find_earlier(const uint64_t *ts, uint32_t first, uint32_t end)
{
	for (uint32_t i = first + 1; i < end; i++) {
		while (end - i > CHUNK && !(ts[i - 1] >> 63) && do_ascend(ts + i))
			i += CHUNK;
		if (ts[i] < ts[i - 1])
			return i;
	}
	return end;
}

/* Where another CPU's rows begin. */
static uint32_t find_other(const uint64_t *cpu, uint32_t first, uint32_t rows)
{
	uint32_t end = first;
	uint64_t bits = 0;

	while (rows - end >= CHUNK) {
		for (unsigned i = 0; i < CHUNK; i++)
			bits |= cpu[end + i] ^ cpu[first];
		if (bits)
			break;
		end += CHUNK;
	}
	while (end < rows && cpu[end] == cpu[first])
		end++;
	return end;
}

int lanes_find(const uint64_t *cpu, uint32_t rows, struct slab *slab, struct lanes *out,
	       struct error *err)
{
	uint32_t *starts = slab_alloc(slab, (size_t)rows + 1, sizeof(*starts)), count = 0;

	if (!starts)
		return error_nomem(err);
	for (uint32_t end = 0; end < rows;) {
		uint32_t first = end;

		end = find_other(cpu, first, rows);
		if (end < rows && cpu[end] < cpu[first])
			return error_set(err, ERR_CORRUPT, "CPUs of a block are out of order");
		starts[count++] = first;
	}
	if (rows && cpu[rows - 1] > UINT32_MAX) /* they ascend */
		return error_set(err, ERR_CORRUPT, "a CPU of a block is beyond 32 bits");
	starts[count] = rows;
	*out = (struct lanes){count, starts};
	return 0;
}

static int check_times(const struct lanes *lanes, const uint64_t *ts, struct error *err)
{
	for (uint32_t i = 0; i < lanes->count; i++) {
		uint32_t end = lanes->starts[i + 1], bad = find_earlier(ts, lanes->starts[i], end);

		if (bad < end)
			return error_set(err, ERR_CORRUPT, "row %u of a block is out of order",
					 bad);
	}
	return 0;
}

/* Two neighbours of `from` become one run of `to`. */
static void merge_two(const uint64_t *ts, const uint32_t *from, uint32_t *to, uint32_t lo,
		      uint32_t mid, uint32_t hi)
{
	uint32_t a = lo, b = mid, at = lo;

	while (a < mid && b < hi) { /* nothing to guess for the processor */
		uint32_t first = from[a], second = from[b];
		bool is_second = ts[second] < ts[first];

		to[at++] = is_second ? second : first;
		b += is_second;
		a += !is_second;
	}
	memcpy(to + at, from + a, (mid - a) * sizeof(*to));
	at += mid - a;
	memcpy(to + at, from + b, (hi - b) * sizeof(*to));
}

/* Merge neighbours until one run is left; forgets where lanes begin. */
static const uint32_t *merge_all(const struct lanes *lanes, const uint64_t *ts, uint32_t *from,
				 uint32_t *to)
{
	uint32_t *starts = lanes->starts, count = lanes->count;

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

int lanes_merge(const struct lanes *lanes, const uint64_t *ts, struct slab *slab,
		const uint32_t **order, struct error *err)
{
	uint32_t rows = lanes->starts[lanes->count], *from, *to;

	TRY(check_times(lanes, ts, err));
	*order = NULL;
	if (lanes->count <= 1)
		return 0;
	from = slab_alloc(slab, rows, sizeof(*from));
	to = slab_alloc(slab, rows, sizeof(*to));
	if (!from || !to)
		return error_nomem(err);
	for (uint32_t i = 0; i < rows; i++)
		from[i] = i;
	*order = merge_all(lanes, ts, from, to);
	return 0;
}
