/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * nearest.h -- which of some words the user probably meant.
 *
 *	struct nearest n = nearest_to("tiemline");
 *	nearest_offer(&n, "timeline"); ...
 *	n.best is "timeline", or NULL when nothing is near
 */
#ifndef ANALYZE_NEAREST_H
#define ANALYZE_NEAREST_H

struct nearest {
	const char *word;
	const char *best;  /* lent by the offers */
	unsigned distance; /* of best; offers must come closer */
};

struct nearest nearest_to(const char *word);
void nearest_offer(struct nearest *n, const char *candidate);

#endif
