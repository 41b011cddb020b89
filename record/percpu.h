/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * percpu.h -- takes records out of the lanes, one for each CPU, in which typed programs write
 * (bpf/wire.h, struct wire_lane), without copying.
 *
 * A program stores a record, then the new head, without a barrier: only where a CPU shows its
 * stores in the order of the program (x86-64) can another one read that. Everywhere else there
 * are no lanes. Nor on a kernel whose programs can be preempted (PREEMPT_RT).
 */
#ifndef RECORD_PERCPU_H
#define RECORD_PERCPU_H

#include <stddef.h>
#include <stdint.h>

#include "format/error.h"

struct percpu; /* opaque */

struct percpu_size {
	size_t count; /* CPUs that the kernel may have; 0 = no lanes */
	size_t bytes; /* of each, a power of two */
};

/* What `bytes` allow on this machine for all lanes together. */
struct percpu_size percpu_size_of(size_t bytes, size_t cpus);
/* The map's size of a value, for lanes of so many bytes. */
size_t percpu_value_bytes(size_t lane_bytes);

/* Map them; `fd` stays the caller's, and is not looked at if there are none. 0 and *out,
 * ERR_KERNEL, ERR_NOMEM. */
int percpu_open(int fd, struct percpu_size size, struct percpu **out, struct error *err);
/* NULL is fine. */
void percpu_close(struct percpu *l);

size_t percpu_count(const struct percpu *l);
/* The next record of a lane and its length, or NULL when there is none now. It stays the next
 * one until percpu_take(). */
const void *percpu_peek(struct percpu *l, size_t lane, size_t *len);
/* No program finds room in a lane from now on, until they are opened: what they send goes to the ring. One that
 * had found room just before is done within microseconds. */
void percpu_shut(struct percpu *l);
void percpu_open_again(struct percpu *l);
/* Done with the record of the last percpu_peek() of this lane. Its memory may change from now
 * on. */
void percpu_take(struct percpu *l, size_t lane);

#endif
