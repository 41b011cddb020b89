/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * slots.c -- two growing arrays, one for even and one for odd epochs.
 */
#include "analyze/slots.h"

#include <stdlib.h>
#include <string.h>

#include "format/bytes.h"

/* No dictionary has more entries in one epoch (format/dict.h). */
#define ID_LIMIT (1u << 20)

void slots_init(struct slots *s, size_t size)
{
	memset(s, 0, sizeof(*s));
	s->size = size;
}

void slots_release(struct slots *s)
{
	free(s->pages[0].slots);
	free(s->pages[1].slots);
	slots_init(s, s->size);
}

void slots_reset(struct slots *s)
{
	s->pages[0].is_used = s->pages[1].is_used = false;
}

static void page_begin(struct slot_page *p, uint32_t epoch, size_t size)
{
	if (p->used)
		memset(p->slots, 0, p->used * size);
	p->used = 0;
	p->epoch = epoch;
	p->is_used = true;
}

void *slots_add(struct slots *s, uint32_t epoch, uint32_t id)
{
	struct slot_page *p = &s->pages[epoch & 1];

	if (id > ID_LIMIT)
		return NULL;
	if (!p->is_used || p->epoch != epoch)
		page_begin(p, epoch, s->size);
	if (id >= p->cap && !array_grow(&p->slots, &p->cap, (size_t)id + 1, s->size)) {
		s->is_starved = true;
		return NULL;
	}
	if (id >= p->used)
		p->used = (size_t)id + 1;
	return (uint8_t *)p->slots + (size_t)id * s->size;
}
