/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * course.h -- how a value went over a time that nobody knows beforehand, in a fixed number of
 * buckets: when time runs beyond the last one, each two become one. A bucket has the greatest
 * value of its time, and where there was none, the one before stands.
 */
#ifndef ANALYZE_COURSE_H
#define ANALYZE_COURSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { COURSE_BUCKETS = 128 };

/* Start with {0}. */
struct course {
	uint64_t start_ns;
	uint64_t width_ns;               /* of a bucket, a power of two; 0 = nothing was added */
	uint32_t values[COURSE_BUCKETS]; /* 0 = none */
	bool marks[COURSE_BUCKETS];
	size_t used;
};

/* `value` is not 0. Time goes forward; what is older than the beginning counts as then. */
void course_add(struct course *c, uint64_t ts_ns, uint32_t value);
/* Something else happened then. */
void course_mark(struct course *c, uint64_t ts_ns);
/* In at most `width` columns: returns how many there are. */
size_t course_read(const struct course *c, size_t width, uint32_t *values, bool *marks);

#endif
