/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* histogram.c -- a row of counters, by the leading six bits of a value. */
#include "analyze/histogram.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
	SUB_BITS = 5,
	OCTAVE = 1 << SUB_BITS, /* buckets */
};

void histogram_release(struct histogram *h)
{
	free(h->buckets);
	*h = (struct histogram){0};
}

void histogram_clear(struct histogram *h)
{
	if (h->size)
		memset(h->buckets, 0, h->size * sizeof(*h->buckets));
	h->count = h->min = h->max = 0;
	h->sum = 0;
}

/* Values below 2 * OCTAVE have a bucket each. */
static unsigned bucket_of(uint64_t value)
{
	unsigned shift;

	if (value < OCTAVE)
		return (unsigned)value;
	shift = 63 - (unsigned)__builtin_clzll(value) - SUB_BITS;
	return shift * OCTAVE + (unsigned)(value >> shift);
}

static struct histogram_bucket range_of(unsigned bucket)
{
	unsigned shift = bucket < OCTAVE ? 0 : bucket / OCTAVE - 1;
	uint64_t from = (uint64_t)(bucket - shift * OCTAVE) << shift;

	return (struct histogram_bucket){.from = from, .to = from + ((UINT64_C(1) << shift) - 1)};
}

/* Have counters for both buckets and all between them, in whole octaves. */
static bool reach(struct histogram *h, unsigned low, unsigned high)
{
	unsigned first = low / OCTAVE * OCTAVE;
	unsigned end = (high / OCTAVE + 1) * OCTAVE;
	uint64_t *buckets;

	if (h->size && first >= h->first && end <= h->first + h->size)
		return true;
	if (h->size && h->first < first)
		first = h->first;
	if (h->size && h->first + h->size > end)
		end = h->first + h->size;
	buckets = calloc(end - first, sizeof(*buckets));
	if (!buckets)
		return false;
	if (h->size)
		memcpy(buckets + (h->first - first), h->buckets, h->size * sizeof(*buckets));
	free(h->buckets);
	h->buckets = buckets;
	h->first = first;
	h->size = end - first;
	return true;
}

static void widen(struct histogram *h, uint64_t min, uint64_t max)
{
	if (!h->count || min < h->min)
		h->min = min;
	if (!h->count || max > h->max)
		h->max = max;
}

bool histogram_add(struct histogram *h, uint64_t value)
{
	unsigned bucket = bucket_of(value);

	if (!reach(h, bucket, bucket))
		return false;
	widen(h, value, value);
	h->buckets[bucket - h->first]++;
	h->sum += (double)value;
	h->count++;
	return true;
}

bool histogram_merge(struct histogram *h, const struct histogram *other)
{
	if (!other->count)
		return true;
	if (!reach(h, bucket_of(other->min), bucket_of(other->max)))
		return false;
	widen(h, other->min, other->max);
	for (unsigned i = 0; i < other->size; i++)
		if (other->buckets[i])
			h->buckets[other->first + i - h->first] += other->buckets[i];
	h->sum += other->sum;
	h->count += other->count;
	return true;
}

bool histogram_next(const struct histogram *h, unsigned *at, struct histogram_bucket *out)
{
	while (*at < h->size && !h->buckets[*at])
		++*at;
	if (*at >= h->size)
		return false;
	*out = range_of(h->first + *at);
	out->count = h->buckets[(*at)++];
	return true;
}

uint64_t histogram_percentile(const struct histogram *h, double percent)
{
	double rank = ceil(percent * (double)h->count / 100);
	struct histogram_bucket b = {0};
	uint64_t seen = 0, middle;
	unsigned at = 0;

	if (rank <= 1)
		return h->min;
	while (histogram_next(h, &at, &b)) {
		seen += b.count;
		if (seen == h->count || (double)seen >= rank)
			break;
	}
	if (rank >= (double)h->count)
		return h->max;
	middle = b.from + (b.to - b.from) / 2;
	return middle < h->min ? h->min : middle > h->max ? h->max : middle;
}

double histogram_mean(const struct histogram *h)
{
	return h->count ? h->sum / (double)h->count : 0;
}
