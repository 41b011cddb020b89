/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * drain.h -- takes records out of the lanes and the ring, one after the other, without
 * copying, a millisecond of all CPUs after the other: nearly in the order of time. What found no
 * room in a lane comes between those that did. No callback: the loop is the caller's.
 */
#ifndef RECORD_DRAIN_H
#define RECORD_DRAIN_H

#include <stddef.h>
#include <stdint.h>

#include "bpf/wire.h"
#include "format/error.h"
#include "record/percpu.h"

struct drain; /* opaque */

struct drain_source {
	int ring_fd, lanes_fd; /* the caller's */
	size_t ring_bytes;
	struct percpu_size lanes;
};

/* 0 and *out, ERR_KERNEL, ERR_NOMEM. */
int drain_open(const struct drain_source *source, struct drain **out, struct error *err);
/* NULL is fine. */
void drain_close(struct drain *d);

/* The next record sent until until_ns (CLOCK_BOOTTIME) and its length, or NULL when there is
 * none now. Lent until the next call. */
const struct wire_head *drain_next(struct drain *d, uint64_t until_ns, size_t *len);
/* See percpu_shut(): the first record that is sent can then be seen at the ring alone. */
void drain_shut(struct drain *d);
void drain_open_again(struct drain *d);
/* Bytes waiting in the ring now: only what found no room in a lane, if there are any. */
size_t drain_waiting(const struct drain *d);
/* The most that was ever seen waiting there, percent of the ring. */
unsigned drain_peak_percent(const struct drain *d);

#endif
