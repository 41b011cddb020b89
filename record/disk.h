/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * disk.h -- the file system that a tape is written to: whether there is as much room as has to
 * stay free, and whether the tape is still there.
 */
#ifndef RECORD_DISK_H
#define RECORD_DISK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "record/limits.h"

struct disk_room {
	uint64_t free_bytes; /* for those without privileges, as df(1) shows it */
	uint64_t min_bytes;  /* of them have to stay; 0 = none */
};

/* What the file system of an open file has. False when it does not tell. */
bool disk_look(int fd, const struct limits *l, struct disk_room *out);
bool disk_is_low(const struct disk_room *r);
/* It was low, and there is clearly more than enough again. */
bool disk_is_well(const struct disk_room *r);
/* "/tmp/a.tape: 12.0 MiB are free, --min-free-disk keeps 20.0 MiB" */
void disk_sentence(const struct disk_room *r, const char *path, char *out, size_t size);
/* A regular file that has no name any more. */
bool disk_is_deleted(int fd);

#endif
