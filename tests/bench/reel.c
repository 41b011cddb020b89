/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* reel.c -- reads events through the cursor and packs their dictionary entries again. */
#include "tests/bench/reel.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyze/section_copy.h"
#include "format/cursor.h"
#include "format/source.h"
#include "tests/bench/walk.h"

enum { MEMORY_CHUNK = 1 << 20 };

struct reel_memory {
	struct reel_memory *next;
	size_t used, size;
	_Alignas(16) uint8_t bytes[];
};

/* Which number an entry of a dictionary has; ids mean something only in their epoch. */
struct known {
	uint32_t epoch, number;
};

struct loader {
	struct reel *reel;
	struct known *known[SCHEMA_MAX + 1]; /* [dictionary][id] */
	size_t cap[SCHEMA_MAX + 1];
	struct buf packed;
};

static void fail(const char *what)
{
	fprintf(stderr, "bench: %s\n", what);
	exit(1);
}

static void *keep(struct reel *r, const void *data, size_t size)
{
	struct reel_memory *m = r->memory;
	size_t room = size > MEMORY_CHUNK ? size : MEMORY_CHUNK;
	void *p;

	if (!m || m->size - m->used < size) {
		m = malloc(sizeof(*m) + room);
		if (!m)
			fail("out of memory");
		*m = (struct reel_memory){.next = r->memory, .size = room};
		r->memory = m;
	}
	p = m->bytes + m->used;
	m->used += (size + 15) / 16 * 16;
	if (m->used > m->size)
		m->used = m->size;
	if (data)
		memcpy(p, data, size);
	return p;
}

static void grow(void **array, size_t *cap, size_t need, size_t size)
{
	if (!array_grow(array, cap, need, size))
		fail("out of memory");
}

/* The entry that a reference of the event leads to, packed. */
static void pack(struct loader *l, const struct event *ev, int ref, const struct schema *dict)
{
	struct view bytes;
	uint64_t number;

	buf_clear(&l->packed);
	for (int i = 0; i < dict->field_count; i++) {
		const struct field *f = &dict->fields[i];
		uint8_t le[8];

		if (f->kind == FIELD_INT) {
			if (!event_ref_int(ev, ref, i, &number))
				fail("a dictionary entry is missing");
			store_le(le, f->elem_size, number);
			put_bytes(&l->packed, le, f->elem_size);
			continue;
		}
		if (!event_ref_bytes(ev, ref, i, &bytes))
			fail("a dictionary entry is missing");
		if (f->kind == FIELD_STRING)
			put_u16(&l->packed, (uint16_t)view_len(bytes));
		put_bytes(&l->packed, bytes.p, view_len(bytes));
	}
}

static uint32_t entry_number(struct loader *l, const struct event *ev, int ref)
{
	uint32_t dict = ev->schema->refs[ref - 1], id = event_ref(ev, ref);
	const struct schema *schema = section_schema(&l->reel->names, dict);
	struct reel *r = l->reel;
	struct known *k;

	if (id == 0)
		return 0;
	if (!schema)
		fail("the schema of a dictionary is missing");
	grow((void **)&l->known[dict], &l->cap[dict], (size_t)id + 1, sizeof(*k));
	k = &l->known[dict][id];
	if (k->number && k->epoch == event_epoch(ev))
		return k->number;
	pack(l, ev, ref, schema);
	grow((void **)&r->entries, &r->entry_cap, r->entry_count + 1, sizeof(*r->entries));
	r->entries[r->entry_count++] = (struct reel_entry){dict, (uint32_t)l->packed.len,
							   keep(r, l->packed.data, l->packed.len)};
	*k = (struct known){event_epoch(ev), (uint32_t)r->entry_count};
	return k->number;
}

static struct value value_of(struct reel *r, const struct event *ev, int index)
{
	const struct field *f = &ev->schema->fields[index];
	struct value v = {0};
	struct view bytes;

	if (f->kind == FIELD_INT) {
		v.is_absent = !event_int(ev, index, &v.num);
	} else if (event_bytes(ev, index, &bytes)) {
		v.bytes = keep(r, bytes.p, view_len(bytes));
		v.len = (uint32_t)view_len(bytes);
	} else {
		v.is_absent = true;
	}
	if (v.is_absent && !(f->flags & FIELD_OPTIONAL))
		fail("a value that must be there is not");
	return v;
}

static void take_event(struct loader *l, const struct event *ev)
{
	const struct schema *s = ev->schema;
	struct reel *r = l->reel;
	uint32_t *refs = keep(r, NULL, s->ref_count * sizeof(*refs));
	struct value *values = keep(r, NULL, s->own_count * sizeof(*values));

	for (int i = 0; i < s->ref_count; i++)
		refs[i] = entry_number(l, ev, i + 1);
	for (int i = 0; i < s->field_count; i++)
		if (!s->fields[i].ref)
			values[s->own_of[i]] = value_of(r, ev, i);
	grow((void **)&r->rows, &r->row_cap, r->row_count + 1, sizeof(*r->rows));
	r->rows[r->row_count++] = (struct row){s->id, ev->cpu, ev->ts_ns, refs, values};
}

static void take_clock(struct reel *r, const struct clock_reading *c)
{
	grow((void **)&r->clocks, &r->clock_cap, r->clock_count + 1, sizeof(*r->clocks));
	r->clocks[r->clock_count++] = *c;
}

/* False when nothing more of this item's kind is wanted. */
static bool take_item(struct loader *l, const struct item *item, size_t limit)
{
	struct error err;

	switch (item->kind) {
	case ITEM_SECTION:
		if (item->section->number > 0)
			return false;
		/* fallthrough */
	case ITEM_SCHEMA:
		walk_must(section_copy_news(&l->reel->names, item->section, &err), &err);
		break;
	case ITEM_EVENT:
		take_event(l, &item->event);
		return l->reel->row_count < limit;
	case ITEM_CLOCK:
		take_clock(l->reel, &item->clock);
		break;
	case ITEM_GAP:
		fail("the tape is damaged");
	default:
		break;
	}
	return true;
}

void reel_load(struct reel *r, const char *path, size_t limit)
{
	struct loader *l = calloc(1, sizeof(*l));
	struct source *source;
	struct cursor *cursor;
	struct item item;
	struct error err;
	int rc = 0;

	if (!l)
		fail("out of memory");
	*r = (struct reel){0};
	l->reel = r;
	walk_must(source_open(path, &source, &err), &err);
	walk_must(cursor_open(source, &cursor, &err), &err);
	while ((rc = cursor_next(cursor, &item, &err)) == 0)
		if (!take_item(l, &item, limit))
			break;
	walk_must(rc < 0 ? rc : 0, &err);
	if (r->row_count == 0)
		fail("there is no event on the tape");
	cursor_close(cursor);
	source_close(source);
	for (size_t i = 0; i <= SCHEMA_MAX; i++)
		free(l->known[i]);
	buf_release(&l->packed);
	free(l);
}

void reel_release(struct reel *r)
{
	struct reel_memory *next;

	for (; r->memory; r->memory = next) {
		next = r->memory->next;
		free(r->memory);
	}
	section_release(&r->names);
	free(r->rows);
	free(r->entries);
	free(r->clocks);
}

/* The writer owns its schemas, and numbers them in the order they come. */
static void declare_schema(const struct schema *s, struct writer *w)
{
	struct buf bytes = {0};
	struct schema *copy;
	struct error err;
	struct view in;
	uint32_t id;

	schema_encode(s, s->text, &bytes);
	in = view_of(bytes.data, bytes.len);
	walk_must(schema_decode(&in, &copy, &err), &err);
	walk_must(writer_schema(w, copy, &id, &err), &err);
	if (id != s->id)
		fail("a schema is missing on the tape");
	buf_release(&bytes);
}

static void declare_enumeration(const struct enumeration *e, struct writer *w)
{
	struct enumeration *copy;
	struct buf bytes = {0};
	struct error err;
	struct view in;
	uint16_t id;

	enumeration_encode(e, &bytes);
	in = view_of(bytes.data, bytes.len);
	walk_must(enumeration_decode(&in, &copy, &err), &err);
	walk_must(writer_enumeration(w, copy, &id, &err), &err);
	if (id != e->id)
		fail("an enumeration is missing on the tape");
	buf_release(&bytes);
}

void reel_declare(const struct reel *r, struct writer *w)
{
	struct error err;

	for (size_t i = 0; i < r->names.facts.count; i++)
		walk_must(writer_fact(w, r->names.facts.facts[i].key, r->names.facts.facts[i].value,
				      &err),
			  &err);
	for (size_t i = 0; i < r->names.enum_count; i++)
		if (r->names.enums[i])
			declare_enumeration(r->names.enums[i], w);
	for (size_t i = 0; i < r->names.schema_count; i++)
		if (r->names.schemas[i])
			declare_schema(r->names.schemas[i], w);
}
