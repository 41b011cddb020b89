/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * nap.h -- how long to sleep until the next look at the buffers: under load a little less than it takes
 * to fill half of them, so that no program has to wake the recorder, which costs it 20 us on a virtual machine.
 * Where nothing comes, the first record shall wake it: waking by the clock costs an idle host more than that.
 */
#ifndef RECORD_NAP_H
#define RECORD_NAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* All 0 at first. */
struct nap {
	uint64_t since_ns; /* when the last one began */
	size_t records;    /* taken since */
	bool is_silent;    /* nothing came during the one before */
};

/* So many were taken. */
void nap_count(struct nap *p, size_t records);
/* One begins now: until when, at most. */
uint64_t nap_begin(struct nap *p, uint64_t now_ns);

#endif
