/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* chart.c -- eighths of a column, lying or standing. */
#include "analyze/chart.h"

#include <string.h>

enum { EIGHTHS = 8 };

static const char *const lying[EIGHTHS + 1] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"};
static const char *const standing[EIGHTHS + 1] = {"▁", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};

static char *put(char *at, const char *block)
{
	size_t len = strlen(block);

	memcpy(at, block, len + 1);
	return at + len;
}

char *chart_bar(uint64_t value, uint64_t most, unsigned width, char out[CHART_MAX])
{
	unsigned columns = width < CHART_WIDTH_MAX ? width : CHART_WIDTH_MAX;
	double part = most ? (double)value / (double)most : 0;
	unsigned eighths = (unsigned)((part < 1 ? part : 1) * columns * EIGHTHS + 0.5);
	char *at = out;

	if (value && !eighths)
		eighths = 1;
	*at = '\0';
	for (; eighths >= EIGHTHS; eighths -= EIGHTHS)
		at = put(at, lying[EIGHTHS]);
	put(at, lying[eighths]);
	return out;
}

char *chart_sparkline(const uint32_t *values, size_t count, uint32_t most, char out[CHART_MAX])
{
	char *at = out;

	*at = '\0';
	for (size_t i = 0; i < count && i < CHART_WIDTH_MAX; i++) {
		uint64_t value = values[i] < most ? values[i] : most;

		at = put(at, standing[most ? (value * EIGHTHS + most / 2) / most : 0]);
	}
	return out;
}

char *chart_marks(const bool *marks, size_t count, char out[CHART_MAX])
{
	char *at = out;

	*at = '\0';
	for (size_t i = 0; i < count && i < CHART_WIDTH_MAX; i++)
		at = put(at, marks[i] ? "×" : " ");
	return out;
}
