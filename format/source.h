/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * source.h -- bytes of a tape by position: a file, a pipe, or memory. A pipe only
 * moves forward and keeps just what the last read needed.
 */
#ifndef FORMAT_SOURCE_H
#define FORMAT_SOURCE_H

#include <stdbool.h>

#include "format/bytes.h"
#include "format/error.h"

struct source; /* opaque */

/* Open `path`; "-" is standard input. */
int source_open(const char *path, struct source **out, struct error *err);
/* Read what an open descriptor refers to: a file from its beginning, wherever its position is and
 * without moving it; anything else from here on. The descriptor stays the caller's, who may close
 * it at once: the source has a duplicate. */
int source_open_fd(int fd, struct source **out, struct error *err);
/* Reads from memory that the caller keeps alive. */
int source_open_memory(const void *data, size_t len, struct source **out, struct error *err);
void source_close(struct source *s);
/* Lend the bytes [offset, offset + len), fewer only at the end of the data; valid until
 * the next call. A pipe cannot go back before the last offset asked for: ERR_IO. */
int source_read(struct source *s, uint64_t offset, size_t len, struct view *out, struct error *err);
/* Read no more than is asked for, instead of ahead: for readers that leave most unread. */
void source_read_sparsely(struct source *s);
/* The data ended, but may grow: wait a moment (1/20 s), and forget what was read. */
void source_wait(struct source *s);
/* Forget what was read: a file's writer may have cut it back and written something else. */
void source_forget(struct source *s);
/* Is `lent`, which source_read() just gave for `offset`, still what the file holds there? Reads past
 * all that is kept. Always true of pipes and memory. */
int source_is_same(struct source *s, uint64_t offset, struct view lent, bool *out,
		   struct error *err);
/* A number that is another one when a file was changed. */
uint64_t source_stamp(const struct source *s);
/* True for files: only they can grow and be waited for. */
bool source_can_grow(const struct source *s);
/* Whoever follows the data is to stop at its end. The one call that another thread, or a signal handler,
 * may make. */
void source_stop_following(struct source *s);
bool source_is_followed(const struct source *s);
/* Bytes read from the file or pipe so far. */
uint64_t source_bytes_read(const struct source *s);
/* Size in bytes, or UINT64_MAX for a pipe. */
uint64_t source_size(const struct source *s);
const char *source_name(const struct source *s);

#endif
