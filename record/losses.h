/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * losses.h -- what did not make it through the ring: read from the kernel's counters now
 * and then, written to the tape with the span of time in which it happened.
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
/* Read the counters; write what was lost since the last time. */
int losses_read(struct losses *l, struct writer *w, uint64_t now_ns, struct error *err);
/* Lost so far. */
uint64_t losses_total(const struct losses *l);

#endif
