/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* outage.c -- losses of one outage, by type and CPU. */
#include "format/outage.h"

#include <stdlib.h>

enum { SLOTS = 2 * OUTAGE_MAX_KINDS };

struct outage {
	struct loss kinds[OUTAGE_MAX_KINDS];
	uint32_t count;
	uint16_t slots[SLOTS]; /* kind + 1; 0 = free */
	uint64_t events;
};

struct outage *outage_new(void)
{
	return calloc(1, sizeof(struct outage));
}

void outage_free(struct outage *o)
{
	free(o);
}

/* The kind this loss is counted with; the last one is for all that found no place. */
static struct loss *find(struct outage *o, const struct loss *loss)
{
	uint32_t at = (loss->schema * 40503u + loss->cpu * 2654435761u) % SLOTS;
	struct loss *kind;

	for (; o->slots[at]; at = (at + 1) % SLOTS) {
		kind = &o->kinds[o->slots[at] - 1];
		if (kind->schema == loss->schema && kind->cpu == loss->cpu &&
		    kind->cause == loss->cause)
			return kind;
	}
	if (o->count == OUTAGE_MAX_KINDS)
		return &o->kinds[OUTAGE_MAX_KINDS - 1];
	kind = &o->kinds[o->count++];
	*kind = *loss;
	kind->count = 0;
	if (o->count == OUTAGE_MAX_KINDS) {
		kind->schema = 0;
		kind->cpu = LOSS_ANY_CPU;
		kind->cause = LOSS_UNKNOWN;
	}
	o->slots[at] = (uint16_t)o->count;
	return kind;
}

void outage_add(struct outage *o, const struct loss *loss)
{
	struct loss *kind = find(o, loss);

	kind->count += loss->count;
	if (loss->from_ns < kind->from_ns)
		kind->from_ns = loss->from_ns;
	if (loss->to_ns > kind->to_ns)
		kind->to_ns = loss->to_ns;
	o->events += loss->count;
}

bool outage_is_empty(const struct outage *o)
{
	return o->count == 0;
}

uint64_t outage_events(const struct outage *o)
{
	return o->events;
}

uint32_t outage_encode(const struct outage *o, struct buf *out)
{
	for (uint32_t i = 0; i < o->count; i++)
		loss_encode(&o->kinds[i], out);
	return o->count;
}

void outage_clear(struct outage *o)
{
	*o = (struct outage){0};
}
