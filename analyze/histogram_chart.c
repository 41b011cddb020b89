/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* histogram_chart.c -- buckets become octaves, and octaves lines. */
#include "analyze/histogram_chart.h"

#include <string.h>

#include "analyze/chart.h"

enum { OCTAVES = 64, BAR_WIDTH = 60, NUMBER_WIDTH = 7 };

enum { COL_FROM, COL_ARROW, COL_TO, COL_COUNT, COL_BAR, COLUMNS };

/* Charts one below the other are aligned as long as numbers do not exceed these widths. */
static const struct column columns[COLUMNS] = {
	[COL_FROM] = {.title = "", .align = ALIGN_RIGHT, .width = NUMBER_WIDTH},
	[COL_ARROW] = {.title = ""},
	[COL_TO] = {.title = "", .align = ALIGN_RIGHT, .width = NUMBER_WIDTH},
	[COL_COUNT] = {.title = "samples", .align = ALIGN_RIGHT, .width = NUMBER_WIDTH},
	[COL_BAR] = {.title = ""},
};

static unsigned octave_of(uint64_t value)
{
	return 63 - (unsigned)__builtin_clzll(value | 1);
}

static void count_octaves(const struct histogram *h, uint64_t octaves[OCTAVES])
{
	struct histogram_bucket b;
	unsigned at = 0;

	memset(octaves, 0, OCTAVES * sizeof(*octaves));
	while (histogram_next(h, &at, &b))
		octaves[octave_of(b.from)] += b.count;
}

static uint64_t greatest(const uint64_t octaves[OCTAVES])
{
	uint64_t most = 0;

	for (unsigned i = 0; i < OCTAVES; i++)
		most = octaves[i] > most ? octaves[i] : most;
	return most;
}

static void print_octave(unsigned octave, uint64_t count, uint64_t most, struct renderer *r)
{
	uint64_t from = UINT64_C(1) << octave;
	char bar[CHART_MAX];
	const struct cell cells[COLUMNS] = {
		[COL_FROM] = cell_uint(octave ? from : 0),
		[COL_ARROW] = cell_string("→"),
		[COL_TO] = cell_uint(from + (from - 1)),
		[COL_COUNT] = cell_uint(count),
		[COL_BAR] = cell_string(chart_bar(count, most, BAR_WIDTH, bar)),
	};

	render_row(r, cells);
}

void histogram_chart_print(const struct histogram *h, const char *name, const char *unit,
			   struct renderer *r)
{
	struct column titled[COLUMNS];
	const struct table table = {"histogram", titled, COLUMNS};
	uint64_t octaves[OCTAVES], most;

	if (!h->count)
		return;
	memcpy(titled, columns, sizeof(titled));
	titled[COL_TO].title = unit;
	count_octaves(h, octaves);
	most = greatest(octaves);
	render_heading(r, name);
	render_begin(r, &table);
	for (unsigned i = octave_of(h->min); i <= octave_of(h->max); i++)
		print_octave(i, octaves[i], most, r);
	render_finish(r);
}
