/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * holders.h -- which process holds a socket open, by /proc/PID/fd: for kernels whose iterators cannot tell
 * (before 5.11).
 */
#ifndef RECORD_HOLDERS_H
#define RECORD_HOLDERS_H

#include <stdint.h>

#include "bpf/wire.h"
#include "format/error.h"

struct holders; /* opaque */

struct holder {
	uint64_t inode; /* of the socket */
	uint32_t pid;
	int32_t fd;
	char comm[WIRE_COMM]; /* no more than 15 bytes and a 0 */
};

/* What all processes that may be looked at hold now. 0 and *out, ERR_NOMEM, or ERR_KERNEL where /proc cannot
 * be read or its pids are not those that events have (another pid namespace than the first). */
int holders_collect(struct holders **out, struct error *err);
/* The process with the lowest pid that holds it, lent; NULL if none does. */
const struct holder *holders_find(const struct holders *h, uint64_t inode);
/* NULL is fine. */
void holders_free(struct holders *h);

#endif
