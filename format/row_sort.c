/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* row_sort.c -- rows in the order of a block (docs/FORMAT.md section 7). */
#include "format/row_sort.h"

#include <stdlib.h>
#include <string.h>

#include "format/rows_data.h"

enum { SMALL_CPUS = 1024 };

struct row_sort {
	struct row_head *sorted, *merge;
	size_t cap, merge_cap;
};

struct row_sort *row_sort_new(void)
{
	return calloc(1, sizeof(struct row_sort));
}

void row_sort_free(struct row_sort *s)
{
	if (!s)
		return;
	free(s->sorted);
	free(s->merge);
	free(s);
}

static bool is_before(const struct row_head *a, const struct row_head *b)
{
	return a->cpu < b->cpu || (a->cpu == b->cpu && a->ts < b->ts);
}

/* Stable bottom-up merge sort. */
static void sort_merging(struct row_head *heads, size_t count, struct row_head *merge)
{
	for (size_t width = 1; width < count; width *= 2) {
		for (size_t lo = 0; lo < count; lo += 2 * width) {
			size_t mid = lo + width < count ? lo + width : count;
			size_t hi = lo + 2 * width < count ? lo + 2 * width : count;
			size_t a = lo, b = mid, at = lo;

			while (a < mid && b < hi)
				merge[at++] = is_before(&heads[b], &heads[a]) ? heads[b++]
									      : heads[a++];
			memcpy(merge + at, heads + a, (mid - a) * sizeof(*heads));
			at += mid - a;
			memcpy(merge + at, heads + b, (hi - b) * sizeof(*heads));
		}
		memcpy(heads, merge, count * sizeof(*heads));
	}
}

static uint32_t lane_of(const struct row_head *head)
{
	return head->cpu < SMALL_CPUS ? head->cpu : SMALL_CPUS;
}

/* Where the rows of another CPU follow: the recorder takes many of one after the other. */
static size_t run_end(const struct row_head *heads, size_t at, size_t count)
{
	uint32_t cpu = heads[at].cpu;

	while (at < count && heads[at].cpu == cpu)
		at++;
	return at;
}

/* Where each CPU's rows begin; the last are those of all other CPUs. */
static void find_lanes(const struct row_head *heads, size_t count, uint32_t firsts[SMALL_CPUS + 1])
{
	uint32_t first = 0;

	for (size_t i = 0, end; i < count; i = end) {
		end = run_end(heads, i, count);
		firsts[lane_of(&heads[i])] += (uint32_t)(end - i);
	}
	for (unsigned i = 0; i <= SMALL_CPUS; i++) {
		uint32_t rows = firsts[i];

		firsts[i] = first;
		first += rows;
	}
}

/* Stable: the head goes behind those before out[at], as far as the budget of moves reaches. */
static inline void insert(struct row_head *out, size_t first, size_t at,
			  const struct row_head *head, size_t *budget)
{
	for (; at > first && *budget && is_before(head, &out[at - 1]); at--, --*budget)
		out[at] = out[at - 1];
	out[at] = *head;
}

/* Stable: each CPU's rows together, and in order if they nearly were; false if they were not. */
static bool sort_nearly(const struct row_head *heads, size_t count, struct row_head *out)
{
	uint32_t firsts[SMALL_CPUS + 1] = {0}, ends[SMALL_CPUS + 1];
	size_t budget = 8 * count + 1;

	find_lanes(heads, count, firsts);
	memcpy(ends, firsts, sizeof(ends));
	for (size_t i = 0; i < count;) {
		uint32_t cpu = heads[i].cpu, lane = lane_of(&heads[i]), at = ends[lane];

		do
			insert(out, firsts[lane], at++, &heads[i++], &budget);
		while (i < count && heads[i].cpu == cpu);
		ends[lane] = at;
	}
	return budget > 0;
}

static bool heads_grow(struct row_head **array, size_t *cap, size_t need)
{
	void *grown = *array;

	if (!array_grow(&grown, cap, need, sizeof(**array)))
		return false;
	*array = grown;
	return true;
}

/* Rows come nearly in this order of each CPU. */
bool row_sort_run(struct row_sort *s, const struct row_head *heads, size_t count,
		  const struct row_head **out)
{
	if (!heads_grow(&s->sorted, &s->cap, count))
		return false;
	if (!sort_nearly(heads, count, s->sorted)) {
		if (!heads_grow(&s->merge, &s->merge_cap, count))
			return false;
		sort_merging(s->sorted, count, s->merge);
	}
	*out = s->sorted;
	return true;
}
