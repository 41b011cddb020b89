/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * rest.h -- when the recorder sleeps and what wakes it: the clock (record/nap.h), descriptors (record/wakeup.h), and the
 * programs, which are told what it does (enum wire_reader).
 *
 * While nothing comes, lanes are shut: the first record goes to the ring, and whoever sends it wakes the recorder. That
 * costs other records nothing, and an idle host nothing either.
 */
#ifndef RECORD_REST_H
#define RECORD_REST_H

#include <stdbool.h>
#include <stdint.h>

#include "record/attach.h"
#include "record/drain.h"
#include "record/nap.h"
#include "record/wakeup.h"

/* Start with {.wakeup = {.fd = -1}}. */
struct rest {
	struct attach *attach; /* lent, as is the next */
	struct drain *drain;
	struct wakeup wakeup; /* owned */
	struct nap nap;
	uint64_t look_ns; /* when the next look at the buffers is due */
	bool is_shut;     /* lanes are */
};

/* 0, ERR_IO, ERR_NOMEM; then add what else shall wake it to `wakeup`. */
int rest_open(struct rest *r, struct attach *attach, struct drain *drain, struct error *err);
void rest_close(struct rest *r);
/* So many records were taken just now; there may be more. */
void rest_count(struct rest *r, size_t taken, bool is_more);
/* Until the next look is due, or this moment comes, or somebody wakes it. */
void rest_until(struct rest *r, uint64_t due_ns);

#endif
