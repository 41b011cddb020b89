/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * chart.h -- amounts as rows of Unicode blocks: a bar ██▍ for one, a sparkline ▁▃█▅ for many.
 * Both begin at 0: twice as much is twice as long, or as high.
 */
#ifndef ANALYZE_CHART_H
#define ANALYZE_CHART_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CHART_WIDTH_MAX = 80, CHART_MAX = 3 * CHART_WIDTH_MAX + 1 /* bytes of text */ };

/* `value` of `most` as a part of `width` columns, to an eighth of one; something for whatever is
 * not 0. Returns out. */
char *chart_bar(uint64_t value, uint64_t most, unsigned width, char out[CHART_MAX]);
/* A column for each value, at most CHART_WIDTH_MAX: the highest block for `most`. Returns out. */
char *chart_sparkline(const uint32_t *values, size_t count, uint32_t most, char out[CHART_MAX]);
/* For a line below it: × in the columns that are set, and spaces. Returns out. */
char *chart_marks(const bool *marks, size_t count, char out[CHART_MAX]);

#endif
