/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * recovery.h -- makes a whole tape of what survives of another: sound blocks are copied,
 * what is missing between them becomes LOSS records, a missing end is put on. Pulled piece
 * by piece; the output is needed from the first section on:
 *
 *	while ((rc = recovery_next(r, &item, &err)) == 0)
 *		switch (item.kind) { ... }
 */
#ifndef FORMAT_RECOVERY_H
#define FORMAT_RECOVERY_H

#include "format/gap.h"
#include "format/sink.h"
#include "format/source.h"

struct recovery; /* opaque */

enum recovery_kind {
	RECOVERY_SECTION = 1, /* a section begins; the first asks for recovery_write_to() */
	RECOVERY_DAMAGE,      /* something is missing on the new tape */
};

struct recovery_item {
	enum recovery_kind kind;
	/* RECOVERY_DAMAGE: */
	struct gap gap;
	uint64_t events; /* that are missing with it */
	bool has_events; /* `events` is known */
};

/* Of a section, or of all. */
struct recovery_total {
	uint64_t sections;
	uint64_t blocks, events; /* on the new tape */
	uint64_t missing_blocks, missing_bytes, missing_events;
	uint64_t missing_ends; /* sections that were not closed in order */
	bool has_unknown;      /* more events than missing_events may be missing */
};

/* `name` of the old tape is put on the new one. Both outlive the recovery. ERR_NOT_A_TAPE, or
 * ERR_UNSUPPORTED, when that is clear at once. */
int recovery_open(struct source *source, const char *name, struct recovery **out,
		  struct error *err);
void recovery_close(struct recovery *r);
/* *sink must outlive the recovery. */
void recovery_write_to(struct recovery *r, struct sink *sink);
/* 0 with *out, 1 when the new tape is complete. ERR_NOT_A_TAPE when there is no section in all of
 * the data, ERR_UNSUPPORTED where a newer program is needed. */
int recovery_next(struct recovery *r, struct recovery_item *out, struct error *err);
const struct recovery_total *recovery_total(const struct recovery *r);
bool recovery_is_whole(const struct recovery_total *t);
/* "nothing is missing", "missing: 2 blocks, 1143 bytes, 12 events, the end". */
void recovery_phrase(const struct recovery_total *t, char *out, size_t size);

#endif
