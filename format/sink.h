/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * sink.h -- where a tape is written: a file, or a pipe. A block is written whole or
 * not at all: after a failed write a file is cut back to its last good length, and may
 * be written to again; anything else refuses further writes (docs/FORMAT.md section 11).
 */
#ifndef FORMAT_SINK_H
#define FORMAT_SINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "format/error.h"

struct sink; /* opaque */

/* Create `path` with mode 0600, "-" for standard output. An existing file is an
 * ERR_USAGE unless `force`. Standard output that is a terminal is an ERR_USAGE. */
int sink_open(const char *path, bool force, struct sink **out, struct error *err);
/* Write to `fd`, which becomes the sink's and is closed even if this fails. `name` is for errors. */
int sink_open_fd(int fd, const char *name, struct sink **out, struct error *err);
/* A sink that keeps everything in memory, for tests. */
int sink_open_memory(struct sink **out, struct error *err);
/* Bytes so far of a memory sink; lent until the next write. NULL for others. */
const uint8_t *sink_memory(const struct sink *s, size_t *len);
int sink_write(struct sink *s, const void *data, size_t len, struct error *err);
/* After a failed sink_write(): the sink is a file in order, trying again makes sense. */
bool sink_can_go_on(const struct sink *s);
/* As long as there is a `reason` (copied; NULL = none any more) each write fails with it, as if the
 * file took nothing at the moment. */
void sink_hold(struct sink *s, const char *reason);
/* To ask the file system about it; -1 for memory. Stays the sink's. */
int sink_fd(const struct sink *s);
uint64_t sink_bytes(const struct sink *s);
/* Close and free; NULL is fine. Returns ERR_IO when the last data could not be stored. */
int sink_close(struct sink *s, struct error *err);

#endif
