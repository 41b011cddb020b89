/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * missing.h -- losses that must be told in their place: what was not recorded, when,
 * and on which processor.
 */
#ifndef ANALYZE_MISSING_H
#define ANALYZE_MISSING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "format/error.h"
#include "format/loss.h"

enum { MISSING_MAX = 4096 };

/* Start with {0}. */
struct missing {
	struct loss *losses; /* owned; in order of arrival */
	size_t count, cap;
};

/* One buffer that was full loses events of many types, an output that was full those of all
 * CPUs: together they are one loss. */
bool loss_is_same(const struct loss *a, const struct loss *b);
/* One loss in place of two; what they do not share is not known. */
void loss_grow(struct loss *into, const struct loss *loss);

/* Keep a loss as it is. Beyond MISSING_MAX the last one grows instead. 0 or ERR_NOMEM. */
int missing_add(struct missing *m, const struct loss *loss, struct error *err);
/* The same, but what is one loss of many types becomes one. */
int missing_join(struct missing *m, const struct loss *loss, struct error *err);
void missing_release(struct missing *m);

/* "3 events lost on CPU 1 between 1.200000 s and 1.300000 s". Times count from
 * origin_ns, the tape's first event; what was lost before it was "between the beginning
 * and ...". */
void loss_phrase(const struct loss *loss, uint64_t origin_ns, char *out, size_t size);
/* The same, with the cause: "... (the kernel-side buffer was full)". */
void loss_sentence(const struct loss *loss, uint64_t origin_ns, char *out, size_t size);

#endif
