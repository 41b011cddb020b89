/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * tight_file.h -- a sink to a file that takes only so many bytes, as on a full disk, until it
 * is given room. For cmocka tests: what goes wrong fails the test.
 */
#ifndef TESTS_FORMAT_TIGHT_FILE_H
#define TESTS_FORMAT_TIGHT_FILE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>

#include "format/sink.h"

struct tight_file {
	struct sink *sink;
	char path[64];
	struct rlimit old;
};

/* An empty file; no limit yet. */
void tight_file_open(struct tight_file *f);
/* No file of this process grows beyond `bytes`: keep it short. */
void tight_file_limit(struct tight_file *f, uint64_t bytes);
/* It takes `more` bytes than it has. */
void tight_file_allow(struct tight_file *f, uint64_t more);
/* There is room again. */
void tight_file_free_room(struct tight_file *f);
/* What is in it, to be freed. */
uint8_t *tight_file_read(const struct tight_file *f, size_t *len);
/* Also removes it. */
void tight_file_close(struct tight_file *f);

#endif
