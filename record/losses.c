/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* losses.c -- lost counters, read and written with their time. */
#include "record/losses.h"

#include <stdlib.h>
#include <string.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

struct losses {
	const struct attach *attach;
	const struct catalog *catalog;
	size_t cpu_count, event_count;
	uint64_t *seen;    /* [event * cpu_count + cpu] */
	uint64_t *skipped; /* [event] */
	uint64_t *now;     /* [cpu]: what the kernel copies to */
	uint64_t since_ns; /* the last reading */
	uint64_t total;
};

int losses_open(const struct attach *a, const struct catalog *c, uint64_t now_ns,
		struct losses **out, struct error *err)
{
	struct losses *l = calloc(1, sizeof(*l));
	int cpus = libbpf_num_possible_cpus();

	if (!l)
		return error_nomem(err);
	if (cpus < 1) {
		losses_close(l);
		return error_set(err, ERR_KERNEL, "cannot tell how many CPUs there are");
	}
	l->attach = a;
	l->catalog = c;
	l->since_ns = now_ns;
	l->cpu_count = (size_t)cpus;
	l->event_count = catalog_end(c);
	l->seen = calloc(l->event_count * l->cpu_count, sizeof(*l->seen));
	l->skipped = calloc(l->event_count, sizeof(*l->skipped));
	l->now = calloc(l->cpu_count, sizeof(*l->now));
	if (!l->seen || !l->skipped || !l->now) {
		losses_close(l);
		return error_nomem(err);
	}
	*out = l;
	return 0;
}

void losses_close(struct losses *l)
{
	if (!l)
		return;
	free(l->seen);
	free(l->skipped);
	free(l->now);
	free(l);
}

static int write_loss(struct losses *l, struct writer *w, struct loss loss, uint64_t now,
		      uint64_t *seen, struct error *err)
{
	loss.count = now - *seen;
	*seen = now;
	if (loss.count == 0)
		return 0;
	l->total += loss.count;
	return writer_loss(w, &loss, err);
}

static int read_event(struct losses *l, struct writer *w, size_t index, uint64_t now_ns,
		      struct error *err)
{
	const struct catalog_event *e = catalog_at(l->catalog, index);
	struct loss loss = {.from_ns = l->since_ns,
			    .to_ns = now_ns,
			    .schema = e->recipe.schema,
			    .cause = LOSS_RING_FULL};
	uint32_t key = e->number;

	if (!bpf_map_lookup_elem(attach_lost_fd(l->attach), &key, l->now))
		for (size_t cpu = 0; cpu < l->cpu_count; cpu++) {
			loss.cpu = (uint32_t)cpu;
			TRY(write_loss(l, w, loss, l->now[cpu], &l->seen[key * l->cpu_count + cpu],
				       err));
		}
	loss.cpu = LOSS_ANY_CPU;
	loss.cause = LOSS_UNKNOWN;
	return write_loss(l, w, loss, attach_skipped(l->attach, l->catalog, index),
			  &l->skipped[key], err);
}

int losses_read(struct losses *l, struct writer *w, uint64_t now_ns, struct error *err)
{
	for (size_t i = 0; i < catalog_count(l->catalog); i++)
		if (catalog_at(l->catalog, i)->way != WAY_NONE)
			TRY(read_event(l, w, i, now_ns, err));
	l->since_ns = now_ns;
	return 0;
}

uint64_t losses_total(const struct losses *l)
{
	return l->total;
}
