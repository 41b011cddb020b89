/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* drain.c -- lanes and ring, merged by slices of time. */
#include "record/drain.h"

#include <stdlib.h>

#include "record/ring.h"

enum { SLICE_NS = 1000000 };

struct drain {
	struct ring *ring;
	struct percpu *lanes;
	size_t count;      /* of sources: the lanes, then the ring */
	size_t at;         /* the source in turn */
	uint64_t slice_ns; /* records until then are taken from each source in turn */
	uint64_t ring_ns;  /* of the ring's next record, as of the last look; UINT64_MAX = none */
	size_t lent;       /* 1 + the source whose next record was given away; 0 = none */
};

int drain_open(const struct drain_source *source, struct drain **out, struct error *err)
{
	struct drain *d = calloc(1, sizeof(*d));
	int rc;

	if (!d)
		return error_nomem(err);
	rc = percpu_open(source->lanes_fd, source->lanes, &d->lanes, err);
	if (!rc)
		rc = ring_open(source->ring_fd, source->ring_bytes, &d->ring, err);
	if (rc) {
		drain_close(d);
		return rc;
	}
	d->ring_ns = UINT64_MAX;
	d->count = percpu_count(d->lanes) + 1;
	d->at = d->count;
	*out = d;
	return 0;
}

void drain_close(struct drain *d)
{
	if (!d)
		return;
	ring_close(d->ring);
	percpu_close(d->lanes);
	free(d);
}

static const struct wire_head *peek(struct drain *d, size_t source, size_t *len)
{
	if (source + 1 == d->count)
		return ring_peek(d->ring, len);
	return percpu_peek(d->lanes, source, len);
}

static void look_at_ring(struct drain *d)
{
	size_t len;
	const struct wire_head *h = ring_peek(d->ring, &len);

	d->ring_ns = h ? h->ts_ns : UINT64_MAX;
}

static void take_back(struct drain *d)
{
	if (d->lent == 0)
		return;
	if (d->lent == d->count) {
		ring_take(d->ring);
		look_at_ring(d);
	} else {
		percpu_take(d->lanes, d->lent - 1);
	}
	d->lent = 0;
}

/* A millisecond from the oldest record on. False when there is none until until_ns. */
static bool next_slice(struct drain *d, uint64_t until_ns)
{
	uint64_t oldest = UINT64_MAX;
	size_t len;

	for (size_t i = 0; i < d->count; i++) {
		const struct wire_head *h = peek(d, i, &len);

		if (h && h->ts_ns < oldest)
			oldest = h->ts_ns;
	}
	if (oldest == UINT64_MAX || oldest > until_ns)
		return false;
	d->slice_ns = until_ns - oldest > SLICE_NS ? oldest + SLICE_NS : until_ns;
	d->at = 0;
	look_at_ring(d);
	return true;
}

const struct wire_head *drain_next(struct drain *d, uint64_t until_ns, size_t *len)
{
	take_back(d);
	do {
		for (; d->at < d->count; d->at++) {
			const struct wire_head *h = peek(d, d->at, len);

			if (!h || h->ts_ns > d->slice_ns || h->ts_ns > until_ns)
				continue;
			d->lent = d->at + 1;
			if (d->ring_ns >= h->ts_ns)
				return h;
			d->lent = d->count; /* what found no room in a lane, in its place */
			return ring_peek(d->ring, len);
		}
	} while (next_slice(d, until_ns));
	return NULL;
}

void drain_shut(struct drain *d)
{
	percpu_shut(d->lanes);
}

void drain_open_again(struct drain *d)
{
	percpu_open_again(d->lanes);
}

size_t drain_waiting(const struct drain *d)
{
	return ring_waiting(d->ring);
}

unsigned drain_peak_percent(const struct drain *d)
{
	return ring_peak_percent(d->ring);
}
