/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* stacks.c -- stacks from the kernel's table to the dictionary. */
#include "record/stacks.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include <bpf/bpf.h>

#include "bpf/wire.h"
#include "format/bytes.h"
#include "record/frames.h"

struct slot {
	uint32_t epoch; /* 0 = empty */
	uint32_t id;
	uint64_t first;
};

struct stacks {
	int table;
	struct writer *writer;
	uint32_t dictionary;
	struct symbols *symbols;
	uint64_t missing;
	struct buf entry;                          /* packed */
	uint64_t addresses[1 + WIRE_STACK_FRAMES]; /* the first may have been sent alone */
	struct slot slots[WIRE_STACK_SLOTS];
};

unsigned stacks_depth(void)
{
	FILE *f = fopen("/proc/sys/kernel/perf_event_max_stack", "re");
	unsigned limit = 0;

	if (f) {
		if (fscanf(f, "%u", &limit) != 1)
			limit = 0;
		fclose(f);
	}
	return limit > 0 && limit < WIRE_STACK_FRAMES ? limit : WIRE_STACK_FRAMES;
}

int stacks_open(int table, struct writer *w, uint32_t dictionary, struct symbols *symbols,
		struct stacks **out, struct error *err)
{
	struct stacks *s = calloc(1, sizeof(*s));

	if (!s)
		return error_nomem(err);
	s->table = table;
	s->writer = w;
	s->dictionary = dictionary;
	s->symbols = symbols;
	*out = s;
	return 0;
}

void stacks_close(struct stacks *s)
{
	if (!s)
		return;
	buf_release(&s->entry);
	free(s);
}

/* A table of lower depth fills the first addresses only: the others stay 0. */
static bool fetch(struct stacks *s, uint32_t key)
{
	return bpf_map_lookup_elem(s->table, &key, s->addresses + 1) == 0;
}

static int intern(struct stacks *s, uint64_t first, uint32_t *id, struct error *err)
{
	unsigned skipped = first == 0;

	buf_clear(&s->entry);
	put_u16(&s->entry, 0);
	s->addresses[0] = first;
	frames_put(&s->entry, s->addresses + skipped, 1 + WIRE_STACK_FRAMES - skipped, s->symbols);
	if (s->entry.is_failed)
		return error_nomem(err);
	store_le(s->entry.data, 2, s->entry.len - 2);
	return writer_intern(s->writer, s->dictionary, s->entry.data, s->entry.len, id, err);
}

int stacks_find(struct stacks *s, uint16_t number, uint64_t first, uint32_t *id, struct error *err)
{
	uint32_t epoch = writer_epoch(s->writer);
	struct slot *slot;

	*id = 0;
	if (number == 0)
		return 0;
	if (number > WIRE_STACK_SLOTS) {
		s->missing++;
		return 0;
	}
	slot = &s->slots[number - 1];
	if (slot->epoch != epoch || slot->first != first) {
		if (!fetch(s, number - 1u)) {
			s->missing++;
			return 0;
		}
		slot->epoch = 0;
		TRY(intern(s, first, &slot->id, err));
		slot->epoch = epoch;
		slot->first = first;
	}
	*id = slot->id;
	return 0;
}

int stacks_facts(const struct stacks *s, struct writer *w, struct error *err)
{
	char text[120];

	if (!s->missing)
		return 0;
	snprintf(text, sizeof(text),
		 "stack: %" PRIu64 " events have none: it was not in reach, or the table of %d was "
		 "full at its place",
		 s->missing, WIRE_STACK_SLOTS);
	return writer_fact(w, "unavailable", text, err);
}
