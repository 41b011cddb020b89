/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* losses.c -- the programs' counters, read and written with their time. */
#include "record/losses.h"

#include <stdlib.h>
#include <string.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "bpf/wire.h"

struct losses {
	const struct attach *attach;
	const struct catalog *catalog;
	size_t cpu_count, event_count;
	struct wire_missed *seen; /* [event * cpu_count + cpu] */
	uint64_t *skipped;        /* [event] */
	uint64_t *shed_of;        /* [event] */
	struct wire_missed *now;  /* [cpu]: what the kernel copies to */
	uint64_t since_ns;        /* the last reading */
	uint64_t total, shed;
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
	l->shed_of = calloc(l->event_count, sizeof(*l->shed_of));
	l->now = calloc(l->cpu_count, sizeof(*l->now));
	if (!l->seen || !l->skipped || !l->shed_of || !l->now) {
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
	free(l->shed_of);
	free(l->now);
	free(l);
}

/* What a counter has grown by since it was seen last. */
static uint64_t take(uint64_t now, __u64 *seen)
{
	uint64_t grown = now - *seen;

	*seen = now;
	return grown;
}

static int write_loss(struct writer *w, struct loss loss, uint64_t count, uint32_t cause,
		      struct error *err)
{
	loss.count = count;
	loss.cause = cause;
	return count ? writer_loss(w, &loss, err) : 0;
}

static int read_cpus(struct losses *l, struct writer *w, uint16_t number, struct loss loss,
		     struct error *err)
{
	uint32_t key = number;

	if (bpf_map_lookup_elem(attach_missed_fd(l->attach), &key, l->now))
		return 0;
	for (size_t cpu = 0; cpu < l->cpu_count; cpu++) {
		struct wire_missed *seen = &l->seen[key * l->cpu_count + cpu];
		uint64_t lost = take(l->now[cpu].lost, &seen->lost);
		uint64_t shed = take(l->now[cpu].shed, &seen->shed);

		l->total += lost;
		l->shed += shed;
		l->shed_of[number] += shed;
		loss.cpu = (uint32_t)cpu;
		TRY(write_loss(w, loss, lost, LOSS_RING_FULL, err));
		TRY(write_loss(w, loss, shed, LOSS_SHED, err));
	}
	return 0;
}

static int read_event(struct losses *l, struct writer *w, size_t index, uint64_t now_ns,
		      struct error *err)
{
	const struct catalog_event *e = catalog_at(l->catalog, index);
	struct loss loss = {.from_ns = l->since_ns,
			    .to_ns = now_ns,
			    .schema = e->recipe.schema,
			    .cpu = LOSS_ANY_CPU};
	uint64_t now = attach_skipped(l->attach, l->catalog, index), skipped;

	TRY(read_cpus(l, w, e->number, loss, err));
	skipped = now - l->skipped[e->number];
	l->skipped[e->number] = now;
	l->total += skipped;
	return write_loss(w, loss, skipped, LOSS_NESTED, err);
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

uint64_t losses_shed(const struct losses *l)
{
	return l->shed;
}

uint64_t losses_shed_of(const struct losses *l, uint16_t number)
{
	return l->shed_of[number];
}
