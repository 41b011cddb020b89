/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * spool.h -- records of numbers that wait for their turn to be printed: the first ones in
 * memory, as many more as come in a temporary file.
 */
#ifndef ANALYZE_SPOOL_H
#define ANALYZE_SPOOL_H

#include <stdio.h>

#include "format/error.h"

enum { SPOOL_WORDS = 6, SPOOL_IN_MEMORY = 1 << 14 };

struct spool_record {
	uint64_t words[SPOOL_WORDS];
};

/* Start with {0}. */
struct spool {
	struct spool_record *records; /* owned */
	size_t count, cap;
	FILE *rest; /* owned; NULL = none needed */
};

/* 0, ERR_NOMEM or ERR_IO. */
int spool_add(struct spool *s, const struct spool_record *record, struct error *err);
/* Take the records in the order they came, *at beginning with 0. Nothing may be added any
 * more. 0, END or ERR_IO. */
int spool_next(struct spool *s, size_t *at, struct spool_record *out, struct error *err);
void spool_release(struct spool *s);

#endif
