/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * ring.h -- takes records out of the BPF ring buffer, one after the other, without
 * copying. The ring is mapped as the kernel documents it (linux/bpf.h, ringbuf.rst):
 *
 *	| consumer page | producer page | data | the same data again |
 *
 * so that a record that wraps round is still in one piece. No callback: the loop is the
 * caller's.
 */
#ifndef RECORD_RING_H
#define RECORD_RING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "format/error.h"

struct ring; /* opaque */

/* Map the ring; `ring_fd` stays the caller's. 0 and *out, ERR_KERNEL, ERR_NOMEM. */
int ring_open(int ring_fd, size_t ring_bytes, struct ring **out, struct error *err);
/* NULL is fine. */
void ring_close(struct ring *r);

/* The next record and its length, or NULL when there is none now. It stays the next one until
 * ring_take(). */
const void *ring_peek(struct ring *r, size_t *len);
/* Done with the record of the last ring_peek(). Its memory may change from now on. */
void ring_take(struct ring *r);
/* Bytes waiting in the ring now. */
size_t ring_waiting(const struct ring *r);
/* The most that was ever seen waiting, percent of the ring. */
unsigned ring_peak_percent(const struct ring *r);

#endif
