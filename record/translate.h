/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * translate.h -- wire records to rows of the tape, by the catalog's recipes. Counts what
 * passed.
 */
#ifndef RECORD_TRANSLATE_H
#define RECORD_TRANSLATE_H

#include <stddef.h>
#include <stdint.h>

#include "format/error.h"
#include "format/writer.h"
#include "record/catalog.h"
#include "record/own.h"
#include "record/resolve.h"

struct translator; /* opaque */

/* All lent while it lives; the catalog is registered. 0 and *out, or ERR_NOMEM. */
int translator_new(const struct catalog *c, struct resolver *r, struct writer *w,
		   struct translator **out, struct error *err);
/* NULL is fine. */
void translator_free(struct translator *t);
/* Leave out what belongs to this connection; lent, NULL = nothing. */
void translator_leave_out(struct translator *t, const struct own *own);
/* Write the record as a row. 0, or the writer's error. A record that no event of the
 * catalog sends, or that is too short, is counted and left out. */
int translator_add(struct translator *t, const void *record, size_t len, struct error *err);
/* The same by a recipe that is not in the catalog. */
int translator_add_as(struct translator *t, const struct recipe *recipe, const void *record,
		      struct error *err);

/* Rows so far, of all events and of one. */
uint64_t translator_rows(const struct translator *t);
uint64_t translator_rows_of(const struct translator *t, uint16_t number);
/* Records that were not understood: a bug, never seen. */
uint64_t translator_strange(const struct translator *t);
/* A fact for every event that had values longer than the wire carries: they are cut. And one for what
 * was left out. */
int translator_facts(const struct translator *t, struct writer *w, struct error *err);

#endif
