/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* row_sort.c -- rows in the order of a block (docs/FORMAT.md section 7). */
#include "format/row_sort.h"

#include <stdlib.h>
#include <string.h>

#include "format/rows_data.h"

enum { SMALL_CPUS = 1024 };

struct row_sort {
	struct row_head *merge; /* scratch */
	size_t cap;
};

struct row_sort *row_sort_new(void)
{
	return calloc(1, sizeof(struct row_sort));
}

void row_sort_free(struct row_sort *s)
{
	if (!s)
		return;
	free(s->merge);
	free(s);
}

static bool is_before(const struct row_head *a, const struct row_head *b)
{
	return a->cpu < b->cpu || (a->cpu == b->cpu && a->ts < b->ts);
}

/* Stable insertion sort, for rows that are nearly in order; false when they are not. */
static bool sort_nearly(struct row_head *heads, size_t count)
{
	size_t budget = 8 * count;

	for (size_t i = 1; i < count; i++) {
		struct row_head head = heads[i];
		size_t at = i;

		while (at > 0 && is_before(&head, &heads[at - 1])) {
			heads[at] = heads[at - 1];
			at--;
			if (--budget == 0) {
				heads[at] = head;
				return false;
			}
		}
		heads[at] = head;
	}
	return true;
}

/* Stable bottom-up merge sort. */
static void sort_merging(struct row_sort *s, struct row_head *heads, size_t count)
{
	for (size_t width = 1; width < count; width *= 2) {
		for (size_t lo = 0; lo < count; lo += 2 * width) {
			size_t mid = lo + width < count ? lo + width : count;
			size_t hi = lo + 2 * width < count ? lo + 2 * width : count;
			size_t a = lo, b = mid, at = lo;

			while (a < mid && b < hi)
				s->merge[at++] = is_before(&heads[b], &heads[a]) ? heads[b++]
										 : heads[a++];
			memcpy(s->merge + at, heads + a, (mid - a) * sizeof(*heads));
			at += mid - a;
			memcpy(s->merge + at, heads + b, (hi - b) * sizeof(*heads));
		}
		memcpy(heads, s->merge, count * sizeof(*heads));
	}
}

static bool is_in_order(const struct row_head *heads, size_t count)
{
	for (size_t i = 1; i < count; i++)
		if (is_before(&heads[i], &heads[i - 1]))
			return false;
	return true;
}

/* Stable: each CPU's rows to their place. */
static void part_lanes(struct row_sort *s, struct row_head *heads, size_t count)
{
	uint32_t starts[SMALL_CPUS + 1] = {0};

	for (size_t i = 0; i < count; i++) {
		if (heads[i].cpu >= SMALL_CPUS) /* the sort brings it there */
			return;
		starts[heads[i].cpu + 1]++;
	}
	for (unsigned i = 1; i <= SMALL_CPUS; i++)
		starts[i] += starts[i - 1];
	for (size_t i = 0; i < count; i++)
		s->merge[starts[heads[i].cpu]++] = heads[i];
	memcpy(heads, s->merge, count * sizeof(*heads));
}

/* Rows come nearly in this order of each CPU. */
bool row_sort_run(struct row_sort *s, struct row_head *heads, size_t count)
{
	void *merge = s->merge;

	if (is_in_order(heads, count))
		return true;
	if (!array_grow(&merge, &s->cap, count, sizeof(*s->merge)))
		return false;
	s->merge = merge;
	part_lanes(s, heads, count);
	if (!sort_nearly(heads, count))
		sort_merging(s, heads, count);
	return true;
}
