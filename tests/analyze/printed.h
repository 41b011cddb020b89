/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * printed.h -- a renderer that prints into memory, for tests that compare text.
 */
#ifndef TESTS_ANALYZE_PRINTED_H
#define TESTS_ANALYZE_PRINTED_H

#include <stdio.h>

#include "analyze/render.h"

struct printed {
	FILE *file;
	char *text; /* owned; complete after printed_check() */
	size_t len;
	struct renderer *renderer;
};

void printed_open(struct printed *p, const struct render_options *opt);
/* Finish, compare everything printed so far with `want` unless it is NULL, and release. */
void printed_check(struct printed *p, const char *want);

#endif
