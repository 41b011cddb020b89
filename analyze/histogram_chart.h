/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * histogram_chart.h -- a histogram for people: a line for each range from a power of two to the
 * next, from the least value to the greatest, with its number and a bar.
 */
#ifndef ANALYZE_HISTOGRAM_CHART_H
#define ANALYZE_HISTOGRAM_CHART_H

#include "analyze/histogram.h"
#include "analyze/render.h"

/* Under the heading `name`, which is escaped; `unit` is the unit of its values. */
void histogram_chart_print(const struct histogram *h, const char *name, const char *unit,
			   struct renderer *r);

#endif
