/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * nearest.c -- Damerau's distance: letters added, missing, wrong, or swapped with their
 * neighbour.
 */
#include "analyze/nearest.h"

#include <string.h>

enum { WORD_MAX = 32, FAR = WORD_MAX + 1 };

static unsigned least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

static unsigned distance(const char *a, size_t a_len, const char *b, size_t b_len)
{
	unsigned d[WORD_MAX + 1][WORD_MAX + 1];

	for (size_t i = 0; i <= a_len; i++)
		d[i][0] = (unsigned)i;
	for (size_t j = 0; j <= b_len; j++)
		d[0][j] = (unsigned)j;
	for (size_t i = 1; i <= a_len; i++) {
		for (size_t j = 1; j <= b_len; j++) {
			unsigned change = d[i - 1][j - 1] + (a[i - 1] != b[j - 1]);

			d[i][j] = least(change, least(d[i - 1][j], d[i][j - 1]) + 1);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				d[i][j] = least(d[i][j], d[i - 2][j - 2] + 1);
		}
	}
	return d[a_len][b_len];
}

struct nearest nearest_to(const char *word)
{
	/* A third of the letters may be wrong, and one in the shortest words. */
	return (struct nearest){.word = word, .distance = 2 + (unsigned)(strlen(word) / 3)};
}

void nearest_offer(struct nearest *n, const char *candidate)
{
	size_t word_len = strlen(n->word), len = strlen(candidate);
	unsigned d = FAR;

	if (word_len <= WORD_MAX && len <= WORD_MAX)
		d = distance(n->word, word_len, candidate, len);
	/* The beginning of a word is always near: "time" is timeline. */
	if (word_len >= 3 && strncmp(n->word, candidate, word_len) == 0)
		d = least(d, 1);
	if (d < n->distance) {
		n->distance = d;
		n->best = candidate;
	}
}
