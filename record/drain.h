/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * drain.h -- takes records out of the BPF ring buffer, one after the other, without
 * copying. The ring is mapped as the kernel documents it (linux/bpf.h, ringbuf.rst):
 *
 *	| consumer page | producer page | data | the same data again |
 *
 * so that a record that wraps round is still in one piece. No callback: the loop is the
 * caller's.
 */
#ifndef RECORD_DRAIN_H
#define RECORD_DRAIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "format/error.h"

struct drain; /* opaque */

/* Map the ring; `ring_fd` stays the caller's. 0 and *out, ERR_KERNEL, ERR_NOMEM. */
int drain_open(int ring_fd, size_t ring_bytes, struct drain **out, struct error *err);
/* NULL is fine. */
void drain_close(struct drain *d);

/* The next record and its length, or NULL when there is none now. Lent until the next
 * call. */
const void *drain_next(struct drain *d, size_t *len);
/* Give the room of all records taken so far back to the kernel; drain_next() does so
 * from time to time. */
void drain_release(struct drain *d);
/* Bytes waiting in the ring now. */
size_t drain_waiting(const struct drain *d);
/* The most that was ever seen waiting, percent of the ring. */
unsigned drain_peak_percent(const struct drain *d);

#endif
