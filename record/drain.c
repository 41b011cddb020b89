/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* drain.c -- the reader's side of the BPF ring buffer. */
#include "record/drain.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include <linux/bpf.h>

/* Room is given back in portions: each store takes a cache line from the producers. */
enum { RELEASE_BYTES = 256 << 10 };

struct drain {
	unsigned long *consumer_pos; /* ours to write; mapped */
	const unsigned long *producer_pos;
	const uint8_t *data;
	size_t page, size;
	unsigned long pos;      /* of the next record */
	unsigned long released; /* what *consumer_pos says */
	unsigned long produced; /* what *producer_pos said last */
	size_t peak;
};

int drain_open(int ring_fd, size_t ring_bytes, struct drain **out, struct error *err)
{
	struct drain *d = calloc(1, sizeof(*d));
	void *mapped;

	if (!d)
		return error_nomem(err);
	d->page = (size_t)sysconf(_SC_PAGESIZE);
	d->size = ring_bytes;
	mapped = mmap(NULL, d->page, PROT_READ | PROT_WRITE, MAP_SHARED, ring_fd, 0);
	if (mapped == MAP_FAILED)
		goto fail;
	d->consumer_pos = mapped;
	mapped = mmap(NULL, d->page + 2 * d->size, PROT_READ, MAP_SHARED, ring_fd, (off_t)d->page);
	if (mapped == MAP_FAILED)
		goto fail;
	d->producer_pos = mapped;
	d->data = (const uint8_t *)mapped + d->page;
	d->pos = __atomic_load_n(d->consumer_pos, __ATOMIC_ACQUIRE);
	d->released = d->pos;
	d->produced = d->pos;
	*out = d;
	return 0;
fail:
	error_set(err, ERR_KERNEL, "cannot map the ring buffer of %zu MiB (error %d)",
		  ring_bytes >> 20, errno);
	drain_close(d);
	return ERR_KERNEL;
}

void drain_close(struct drain *d)
{
	if (!d)
		return;
	if (d->consumer_pos)
		munmap(d->consumer_pos, d->page);
	if (d->producer_pos)
		munmap((void *)d->producer_pos, d->page + 2 * d->size);
	free(d);
}

void drain_release(struct drain *d)
{
	if (d->released == d->pos)
		return;
	__atomic_store_n(d->consumer_pos, d->pos, __ATOMIC_RELEASE);
	d->released = d->pos;
}

size_t drain_waiting(const struct drain *d)
{
	return __atomic_load_n(d->producer_pos, __ATOMIC_ACQUIRE) - d->pos;
}

/* Look at the producer's position only when what it said last is used up. */
static bool has_more(struct drain *d)
{
	size_t waiting;

	if (d->pos != d->produced)
		return true;
	d->produced = __atomic_load_n(d->producer_pos, __ATOMIC_ACQUIRE);
	waiting = d->produced - d->released;
	if (waiting > d->peak)
		d->peak = waiting;
	return d->pos != d->produced;
}

const void *drain_next(struct drain *d, size_t *len)
{
	const uint32_t *header;
	const void *record;
	uint32_t word;

	if (d->pos - d->released >= RELEASE_BYTES)
		drain_release(d);
	while (has_more(d)) {
		header = (const uint32_t *)(d->data + (d->pos & (d->size - 1)));
		word = __atomic_load_n(header, __ATOMIC_ACQUIRE);
		if (word & BPF_RINGBUF_BUSY_BIT)
			break; /* still being written */
		*len = word & ~(uint32_t)(BPF_RINGBUF_BUSY_BIT | BPF_RINGBUF_DISCARD_BIT);
		record = (const uint8_t *)header + BPF_RINGBUF_HDR_SZ;
		d->pos += (*len + BPF_RINGBUF_HDR_SZ + 7) & ~7ul;
		if (!(word & BPF_RINGBUF_DISCARD_BIT))
			return record;
	}
	drain_release(d);
	return NULL;
}

unsigned drain_peak_percent(const struct drain *d)
{
	return (unsigned)((d->peak * 100 + d->size - 1) / d->size);
}
