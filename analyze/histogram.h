/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * histogram.h -- how often which values were seen, in memory that is bounded whatever is seen: 32
 * buckets between a power of two and the next, so that a value is known to 1/32, and values below 64
 * exactly. Each power of two begins a bucket: counts by powers of two are exact, too.
 */
#ifndef ANALYZE_HISTOGRAM_H
#define ANALYZE_HISTOGRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Start with {0}. Read the numbers, not the buckets. */
struct histogram {
	uint64_t count;
	uint64_t min, max; /* exact; 0 while there is no value */
	double sum;
	uint64_t *buckets;    /* [size], owned: those from `first` on */
	unsigned first, size; /* only the octaves that were needed, and those between them */
};

/* Values from..to, both included. */
struct histogram_bucket {
	uint64_t from, to;
	uint64_t count; /* never 0 */
};

void histogram_release(struct histogram *h);
/* Forget all values, but keep the memory. */
void histogram_clear(struct histogram *h);
/* False without memory; then nothing has changed. A histogram never takes more than 16 KiB. */
bool histogram_add(struct histogram *h, uint64_t value);
bool histogram_merge(struct histogram *h, const struct histogram *other);
/* The least value that `percent` of all values (0 to 100) do not exceed, to 1/64; the least and the
 * greatest are exact. 0 without values. */
uint64_t histogram_percentile(const struct histogram *h, double percent);
/* 0 without values. */
double histogram_mean(const struct histogram *h);
/* The next bucket that is not empty, from the least on; *at begins at 0. False when there is none. */
bool histogram_next(const struct histogram *h, unsigned *at, struct histogram_bucket *out);

#endif
