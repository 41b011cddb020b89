/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * end_cause.h -- why a socket life ended, beyond how it did (enum life_end), and what tells. One
 * cause may rest on different evidence, and has a value for each.
 */
#ifndef ANALYZE_END_CAUSE_H
#define ANALYZE_END_CAUSE_H

#include "analyze/life.h"
#include "analyze/linux_errno.h"

enum { END_EVIDENCE_MAX = 64 };

/* What a socket's RST tells: `reason` is the kernel's name or NULL, `is_answer` when a packet made
 * it send one. To be asked after life_reset_out(); END_UNKNOWN when it tells nothing. */
enum end_cause end_cause_of_reset(const struct life *l, const char *reason, bool is_answer);
/* That a listener was in trouble; END_UNKNOWN if it was not. */
enum end_cause end_cause_of_queue(enum queue_trouble t);
/* What is known of it by now. */
enum end_cause end_cause_of(const struct life *l);
/* "destroyed", "data after close", "unread data at close", "accept queue full", ...; NULL for END_UNKNOWN. */
const char *end_cause_name(enum end_cause c);
/* What it rests on, in a few words; writes to `out` and returns it, or NULL. */
const char *end_cause_evidence(enum end_cause c, const struct life *l, char out[END_EVIDENCE_MAX]);
bool end_cause_is_late_data(enum end_cause c);

#endif
