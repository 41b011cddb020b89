/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * tracefs.h -- the kernel's own description of its tracepoints: which there are,
 * their ids, and their format files. Reads <tracefs>/events and nothing else.
 *
 * Not thread-safe while opening; const functions may run in parallel.
 */
#ifndef RECORD_TRACEFS_H
#define RECORD_TRACEFS_H

#include <stdint.h>

#include "format/error.h"
#include "record/names.h"

struct tracefs; /* opaque; holds a descriptor of the events directory */

enum { TRACEFS_MAX_FORMAT = 1 << 20 }; /* bytes of one format file */

/* Find tracefs at its two usual places, or mount it (root only). 0 and *out, or
 * ERR_KERNEL with what to run, ERR_NOMEM. */
int tracefs_open(struct tracefs **out, struct error *err);
/* The same with the directory that has events/ in it; nothing is mounted. */
int tracefs_open_at(const char *root, struct tracefs **out, struct error *err);
/* NULL is fine. */
void tracefs_close(struct tracefs *t);

/* Add every "group:name" that has a format file to *out, sorted. 0, ERR_IO, ERR_NOMEM;
 * the list is the caller's to release in any case. */
int tracefs_list(const struct tracefs *t, struct name_list *out, struct error *err);
/* The format file, verbatim and NUL-terminated; the caller frees *text. ERR_USAGE when
 * the kernel has no such event or the name is none, ERR_IO, ERR_NOMEM, ERR_CORRUPT
 * beyond TRACEFS_MAX_FORMAT. */
int tracefs_format(const struct tracefs *t, const char *group, const char *name, char **text,
		   struct error *err);
/* The number that perf_event_open() takes. Errors as tracefs_format(). */
int tracefs_event_id(const struct tracefs *t, const char *group, const char *name, uint32_t *id,
		     struct error *err);

#endif
