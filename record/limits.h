/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * limits.h -- what a recording may use, and where its tape is cut into pieces: the options that
 * say so, and whether they fit together.
 */
#ifndef RECORD_LIMITS_H
#define RECORD_LIMITS_H

#include <stdbool.h>
#include <stdint.h>

#include "format/error.h"

enum limit {
	LIMIT_MAX_SIZE = 0,
	LIMIT_ROTATE_SIZE,
	LIMIT_ROTATE_TIME,
	LIMIT_KEEP,
	LIMIT_MAX_CPU,
	LIMIT_MIN_FREE,
	LIMIT_MAX_MEMORY,
	LIMIT_END,
};

/* 0 = no such limit, all of them. */
struct limits {
	uint64_t max_bytes;      /* of all pieces that are kept */
	uint64_t rotate_bytes;   /* of one piece */
	uint64_t rotate_ns;      /* of one piece */
	uint64_t min_free_bytes; /* of the file system; this or the next is 0 */
	uint32_t min_free_percent;
	uint64_t max_memory_bytes;
	uint32_t max_cpu_percent; /* of one core */
	uint32_t keep;            /* pieces, with the one that is being written */
};

/* Take the value of one option. 0, or ERR_USAGE with a sentence. */
int limits_set(struct limits *l, enum limit which, const char *arg, struct error *err);
/* Whether they make sense together, for this output and --buffer (0: none was asked for). 0 or
 * ERR_USAGE. */
int limits_check(const struct limits *l, const char *output, uint64_t buffer_bytes,
		 struct error *err);
/* The tape comes in pieces. */
bool limits_rotate(const struct limits *l);

#endif
