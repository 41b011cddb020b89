/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * kin.h -- which dictionary entries the events of connections refer to that --port and --addr
 * select: entries that fit, those of the same sockets from when their ports were not known yet,
 * and where their listeners came from. A reader then leaves blocks unread that refer to none.
 *
 * Told from the dictionaries alone, before anything else is read. What is known of a socket
 * life must not rest on what happens to others, so this only works for tapes on which nothing
 * is missing and which tell of every change of state.
 */
#ifndef ANALYZE_KIN_H
#define ANALYZE_KIN_H

#include "analyze/keys.h"
#include "analyze/selection.h"
#include "format/cursor.h"

struct kin;   /* opaque */
struct spans; /* spans.h */

/* Reads the dictionaries of `source`, a file or memory with these spans. 0 with *out; END when this
 * tape must be read whole; or a failure. `selection` must outlive *out. */
int kin_find(struct source *source, const struct spans *spans, const struct selection *selection,
	     struct kin **out, struct error *err);
void kin_free(struct kin *k);

/* One reading; start with {0}. Must outlive its cursor. */
struct kin_reader {
	const struct kin *kin;
	struct keys seen;            /* listeners that were read already */
	const struct schema *schema; /* of the dictionary asked for last */
	int16_t index[16];           /* its attributes, by enum sock_attribute */
};

/* Let the cursor, before its first item, leave unread what refers to no kin. */
void kin_limit(struct kin_reader *r, const struct kin *k, struct cursor *c);
/* At each ITEM_SECTION. */
void kin_begin_section(struct kin_reader *r);
void kin_release(struct kin_reader *r);

#endif
