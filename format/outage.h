/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * outage.h -- what could not be written while the output took nothing: how many events,
 * by type and CPU, and when. Becomes LOSS records once writing goes on.
 */
#ifndef FORMAT_OUTAGE_H
#define FORMAT_OUTAGE_H

#include "format/loss.h"

struct outage; /* opaque */

enum { OUTAGE_MAX_KINDS = 4096 }; /* types times CPUs; more are counted together */

struct outage *outage_new(void); /* NULL without memory */
void outage_free(struct outage *o);
/* `count` events of a schema on a CPU in [from_ns, to_ns] are not on the tape. */
void outage_add(struct outage *o, const struct loss *loss);
bool outage_is_empty(const struct outage *o);
uint64_t outage_events(const struct outage *o);
/* Append the records; returns how many. */
uint32_t outage_encode(const struct outage *o, struct buf *out);
void outage_clear(struct outage *o);

#endif
