/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * symbols.h -- which kernel function an address lies in, from /proc/kallsyms. The file
 * is read at the first lookup and kept sorted, about 40 bytes a function.
 *
 * Not thread-safe.
 */
#ifndef RECORD_SYMBOLS_H
#define RECORD_SYMBOLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "format/error.h"

enum { SYMBOL_MAX_NAME = 640 }; /* room for any name, offset and module */

struct symbols; /* opaque */

/* Reads nothing yet. 0 and *out, or ERR_NOMEM. */
int symbols_open(struct symbols **out, struct error *err);
/* The same with another file than /proc/kallsyms; `path` is copied. */
int symbols_open_at(const char *path, struct symbols **out, struct error *err);
/* NULL is fine. */
void symbols_close(struct symbols *s);

/* Write "tcp_v4_rcv+0x1a5" ("sock_def_readable" at its first byte, "name+0x10 [mod]"
 * in a module) into out[size]. False, and out is "", when the address is in no known
 * function or symbols_problem() is not NULL. */
bool symbols_lookup(struct symbols *s, uint64_t address, char *out, size_t size);
/* Why no address has a name, as one sentence; NULL when all is well. Reads the file if
 * that has not happened yet. Lent until symbols_close(). */
const char *symbols_problem(struct symbols *s);
/* Bytes of memory in use. */
size_t symbols_bytes(const struct symbols *s);

#endif
