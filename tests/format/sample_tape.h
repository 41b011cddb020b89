/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * sample_tape.h -- a small tape in memory with every kind of field, dictionary
 * reference and record, for the tests of format/.
 */
#ifndef TESTS_FORMAT_SAMPLE_TAPE_H
#define TESTS_FORMAT_SAMPLE_TAPE_H

#include <stddef.h>
#include <stdint.h>

struct sample {
	uint8_t *data; /* owned */
	size_t len;
};

/* `rows` events in blocks of `block_rows`; rows come slightly out of time order. */
struct sample *sample_new(unsigned rows, unsigned block_rows);
/* The same, with a new dictionary epoch after `dict_limit` entries. */
struct sample *sample_new_epochs(unsigned rows, unsigned block_rows, unsigned dict_limit);
void sample_free(struct sample *t);
/* Time of event `i` in time order. */
uint64_t sample_ts(unsigned i);
/* Offset of the n-th (0-based) block of this type. */
size_t sample_find_block(const struct sample *t, uint8_t type, unsigned n);

#endif
