/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* ring.c -- the reader's side of the BPF ring buffer. */
#include "record/ring.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <linux/bpf.h>

/* Room is given back in portions: each store takes a cache line from the producers. */
enum { RELEASE_BYTES = 256 << 10 };

struct ring {
	unsigned long *consumer_pos; /* ours to write; mapped */
	const unsigned long *producer_pos;
	const uint8_t *data;
	size_t page, size;
	unsigned long pos;      /* of the next record */
	unsigned long next;     /* of the one behind it */
	unsigned long released; /* what *consumer_pos says */
	unsigned long produced; /* what *producer_pos said last */
	size_t peak;
};

int ring_open(int ring_fd, size_t ring_bytes, struct ring **out, struct error *err)
{
	struct ring *r = calloc(1, sizeof(*r));
	void *mapped;

	if (!r)
		return error_nomem(err);
	r->page = (size_t)sysconf(_SC_PAGESIZE);
	r->size = ring_bytes;
	mapped = mmap(NULL, r->page, PROT_READ | PROT_WRITE, MAP_SHARED, ring_fd, 0);
	if (mapped == MAP_FAILED)
		goto fail;
	r->consumer_pos = mapped;
	mapped = mmap(NULL, r->page + 2 * r->size, PROT_READ, MAP_SHARED, ring_fd, (off_t)r->page);
	if (mapped == MAP_FAILED)
		goto fail;
	r->producer_pos = mapped;
	r->data = (const uint8_t *)mapped + r->page;
	r->pos = __atomic_load_n(r->consumer_pos, __ATOMIC_ACQUIRE);
	r->released = r->pos;
	r->produced = r->pos;
	*out = r;
	return 0;
fail:
	error_set(err, ERR_KERNEL, "cannot map the ring buffer of %zu MiB: %s", ring_bytes >> 20,
		  strerror(errno));
	ring_close(r);
	return ERR_KERNEL;
}

void ring_close(struct ring *r)
{
	if (!r)
		return;
	if (r->consumer_pos)
		munmap(r->consumer_pos, r->page);
	if (r->producer_pos)
		munmap((void *)r->producer_pos, r->page + 2 * r->size);
	free(r);
}

/* Give the room of all records taken so far back to the kernel. */
static void release(struct ring *r)
{
	if (r->released == r->pos)
		return;
	__atomic_store_n(r->consumer_pos, r->pos, __ATOMIC_RELEASE);
	r->released = r->pos;
}

size_t ring_waiting(const struct ring *r)
{
	return __atomic_load_n(r->producer_pos, __ATOMIC_ACQUIRE) - r->pos;
}

/* Look at the producer's position only when what it said last is used up. */
static bool has_more(struct ring *r)
{
	size_t waiting;

	if (r->pos != r->produced)
		return true;
	r->produced = __atomic_load_n(r->producer_pos, __ATOMIC_ACQUIRE);
	waiting = r->produced - r->released;
	if (waiting > r->peak)
		r->peak = waiting;
	return r->pos != r->produced;
}

const void *ring_peek(struct ring *r, size_t *len)
{
	const uint32_t *header;
	uint32_t word;

	while (has_more(r)) {
		header = (const uint32_t *)(r->data + (r->pos & (r->size - 1)));
		word = __atomic_load_n(header, __ATOMIC_ACQUIRE);
		if (word & BPF_RINGBUF_BUSY_BIT)
			break; /* still being written */
		*len = word & ~(uint32_t)(BPF_RINGBUF_BUSY_BIT | BPF_RINGBUF_DISCARD_BIT);
		r->next = r->pos + ((*len + BPF_RINGBUF_HDR_SZ + 7) & ~7ul);
		if (!(word & BPF_RINGBUF_DISCARD_BIT))
			return (const uint8_t *)header + BPF_RINGBUF_HDR_SZ;
		r->pos = r->next;
	}
	release(r);
	return NULL;
}

void ring_take(struct ring *r)
{
	r->pos = r->next;
	if (r->pos - r->released >= RELEASE_BYTES)
		release(r);
}

unsigned ring_peak_percent(const struct ring *r)
{
	return (unsigned)((r->peak * 100 + r->size - 1) / r->size);
}
