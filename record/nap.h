/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * nap.h -- how long to sleep until the next look at the buffers: under load a little less than it takes
 * to fill half of them, so that no program has to wake the recorder, which costs it 20 us on a virtual machine.
 */
#ifndef RECORD_NAP_H
#define RECORD_NAP_H

#include <stddef.h>
#include <stdint.h>

/* All 0 at first. */
struct nap {
	uint64_t since_ns; /* when the recorder last went to sleep */
	size_t records;    /* that it has taken since */
};

/* It has taken so many. */
void nap_count(struct nap *p, size_t records);
/* It goes to sleep now: for how many milliseconds at most. */
int nap_begin(struct nap *p, uint64_t now_ns);

#endif
