/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * losses.h -- what did not make it into the ring, for want of room or because it was shed: read
 * from the programs' counters now and then, written to the tape with the span of time in which it
 * happened.
 */
#ifndef RECORD_LOSSES_H
#define RECORD_LOSSES_H

#include <stdint.h>

#include "format/error.h"
#include "format/writer.h"
#include "record/attach.h"
#include "record/catalog.h"

struct losses; /* opaque */

/* Counting begins at now_ns. All lent while it lives. 0 and *out, ERR_NOMEM, ERR_KERNEL. */
int losses_open(const struct attach *a, const struct catalog *c, uint64_t now_ns,
		struct losses **out, struct error *err);
/* NULL is fine. */
void losses_close(struct losses *l);
/* Read the counters; write what was lost or shed since the last time. */
int losses_read(struct losses *l, struct writer *w, uint64_t now_ns, struct error *err);
/* Lost so far, what was shed not counted; and that, of all events and of one. */
uint64_t losses_total(const struct losses *l);
uint64_t losses_shed(const struct losses *l);
uint64_t losses_shed_of(const struct losses *l, uint16_t number);

#endif
