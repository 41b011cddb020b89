/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* course.c -- buckets that grow with time. */
#include "analyze/course.h"

#include <string.h>

static uint32_t greater(uint32_t a, uint32_t b)
{
	return a > b ? a : b;
}

static void halve(struct course *c)
{
	const size_t half = COURSE_BUCKETS / 2;

	for (size_t i = 0; i < half; i++) {
		c->values[i] = greater(c->values[2 * i], c->values[2 * i + 1]);
		c->marks[i] = c->marks[2 * i] || c->marks[2 * i + 1];
	}
	memset(c->values + half, 0, half * sizeof(c->values[0]));
	memset(c->marks + half, 0, half * sizeof(c->marks[0]));
	c->used = (c->used + 1) / 2;
	c->width_ns *= 2;
}

static size_t bucket_at(struct course *c, uint64_t ts_ns)
{
	uint64_t age;

	if (!c->width_ns) {
		c->start_ns = ts_ns;
		c->width_ns = 1;
	}
	age = ts_ns > c->start_ns ? ts_ns - c->start_ns : 0;
	while (age / c->width_ns >= COURSE_BUCKETS)
		halve(c);
	if (age / c->width_ns >= c->used)
		c->used = (size_t)(age / c->width_ns) + 1;
	return (size_t)(age / c->width_ns);
}

void course_add(struct course *c, uint64_t ts_ns, uint32_t value)
{
	size_t i = bucket_at(c, ts_ns);

	c->values[i] = greater(c->values[i], value);
}

void course_mark(struct course *c, uint64_t ts_ns)
{
	c->marks[bucket_at(c, ts_ns)] = true;
}

size_t course_read(const struct course *c, size_t width, uint32_t *values, bool *marks)
{
	size_t columns = c->used < width ? c->used : width;
	uint32_t before = 0;

	for (size_t i = 0; i < columns; i++) {
		values[i] = 0;
		marks[i] = false;
		for (size_t b = i * c->used / columns; b < (i + 1) * c->used / columns; b++) {
			values[i] = greater(values[i], c->values[b]);
			marks[i] |= c->marks[b];
		}
		if (!values[i])
			values[i] = before;
		before = values[i];
	}
	return columns;
}
