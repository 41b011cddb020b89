/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * loss.h -- events that happened and are not on the tape. Implements docs/FORMAT.md section 8.
 */
#ifndef FORMAT_LOSS_H
#define FORMAT_LOSS_H

#include "format/bytes.h"
#include "format/error.h"

enum loss_cause {
	LOSS_UNKNOWN = 0,
	LOSS_RING_FULL = 1, /* the program found no room in the kernel-side buffer */
	LOSS_WRITE = 2,     /* the output could not be written */
	LOSS_MEMORY = 3,    /* the recorder was out of memory */
	LOSS_DAMAGE = 4,    /* the tape was damaged here, and was recovered */
	LOSS_SHED = 5,      /* left out on purpose, to stay within a limit */
	LOSS_NESTED = 6,    /* came while another of its type was being recorded on that CPU */
};

enum { LOSS_ANY_CPU = 0xffffffff };

/* Events that happened in [from_ns, to_ns] and are not on the tape. */
struct loss {
	uint64_t from_ns;
	uint64_t to_ns;
	uint32_t cpu;    /* or LOSS_ANY_CPU */
	uint32_t schema; /* schema id, or 0 = unknown */
	uint64_t count;  /* 0 = unknown */
	uint32_t cause;  /* enum loss_cause */
};

void loss_encode(const struct loss *l, struct buf *out);
/* Take one record of a LOSS block. ERR_CORRUPT when it is cut short or out of range. */
int loss_decode(struct view *in, struct loss *out, struct error *err);

#endif
