/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* arrivals.c -- a short queue, oldest first. */
#include "analyze/arrivals.h"

#include <string.h>

void arrivals_add(struct arrivals *a, int64_t end, uint64_t ts_ns)
{
	if (a->count && end <= a->list[a->count - 1].end)
		return;
	if (a->count == ARRIVALS_MAX)
		a->count--;
	a->list[a->count].end = end;
	a->list[a->count++].ts_ns = ts_ns;
}

bool arrivals_take(struct arrivals *a, int64_t end, uint64_t *ts_ns)
{
	size_t n = 0;

	while (n < a->count && a->list[n].end < end)
		n++;
	if (n == a->count) {
		a->count = 0;
		return false;
	}
	*ts_ns = a->list[n].ts_ns;
	if (a->list[n].end == end)
		n++;
	memmove(a->list, a->list + n, (a->count - n) * sizeof(a->list[0]));
	a->count -= n;
	return true;
}
