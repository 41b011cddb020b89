/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* translate.c -- wire records to rows. */
#include "record/translate.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct translator {
	const struct catalog *catalog;
	struct resolver *resolver;
	struct writer *writer;
	const struct own *own; /* lent; NULL = nothing is left out */
	struct value values[SCHEMA_MAX_FIELDS];
	uint64_t rows, strange, left_out;
	uint64_t *rows_of; /* [number] */
	uint64_t *cut_of;  /* [number] */
};

int translator_new(const struct catalog *c, struct resolver *r, struct writer *w,
		   struct translator **out, struct error *err)
{
	struct translator *t = calloc(1, sizeof(*t));

	if (!t)
		return error_nomem(err);
	t->catalog = c;
	t->resolver = r;
	t->writer = w;
	t->rows_of = calloc(WIRE_EVENT_MAX, sizeof(*t->rows_of));
	t->cut_of = calloc(WIRE_EVENT_MAX, sizeof(*t->cut_of));
	if (!t->rows_of || !t->cut_of) {
		translator_free(t);
		return error_nomem(err);
	}
	*out = t;
	return 0;
}

void translator_leave_out(struct translator *t, const struct own *own)
{
	t->own = own;
}

void translator_free(struct translator *t)
{
	if (!t)
		return;
	free(t->rows_of);
	free(t->cut_of);
	free(t);
}

static uint64_t load_signed(const uint8_t *p, unsigned size)
{
	int32_t s32;
	int16_t s16;
	int8_t s8;
	int64_t s64;

	switch (size) {
	case 8:
		memcpy(&s64, p, 8);
		return (uint64_t)s64;
	case 4:
		memcpy(&s32, p, 4);
		return (uint64_t)(int64_t)s32;
	case 2:
		memcpy(&s16, p, 2);
		return (uint64_t)(int64_t)s16;
	default:
		memcpy(&s8, p, 1);
		return (uint64_t)(int64_t)s8;
	}
}

static uint64_t load_unsigned(const uint8_t *p, unsigned size)
{
	uint64_t value = load_signed(p, size);

	return size == 8 ? value : value & ((UINT64_C(1) << 8 * size) - 1);
}

/* A text ends before its NUL, whatever lies behind. */
static bool load_dynamic(struct value *v, const uint8_t *p, bool is_text)
{
	struct wire_dynamic slot;

	memcpy(&slot, p, offsetof(struct wire_dynamic, data));
	if (slot.len > WIRE_DYNAMIC_BYTES)
		slot.len = 0;
	v->bytes = p + offsetof(struct wire_dynamic, data);
	v->len = is_text ? (uint32_t)strnlen((const char *)v->bytes, slot.len) : slot.len;
	return slot.full > slot.len && v->len == slot.len;
}

/* True if the value was cut. */
static bool load_value(struct value *v, const struct column_recipe *c, const uint8_t *record,
		       uint32_t flags)
{
	const uint8_t *p = record + c->at;

	v->is_absent = (flags & c->needs) != c->needs || c->from == COLUMN_ABSENT;
	if (v->is_absent)
		return false;
	switch (c->from) {
	case COLUMN_INT:
		v->num = c->is_signed ? load_signed(p, c->bytes) : load_unsigned(p, c->bytes);
		return false;
	case COLUMN_BYTES:
		v->bytes = p;
		v->len = c->bytes;
		return false;
	default:
		return load_dynamic(v, p, c->from == COLUMN_TEXT);
	}
}

static bool is_left_out(const struct translator *t, const struct recipe *recipe, const void *record)
{
	const struct wire_head *head = record;
	const uint8_t *p = record;

	for (unsigned i = 0; t->own && i < recipe->ref_count; i++) {
		const struct ref_recipe *ref = &recipe->refs[i];

		if ((head->flags & ref->needs) != ref->needs)
			continue;
		if (ref->from == FROM_SOCK &&
		    own_has_sock(t->own, (const void *)(p + ref->at), (const void *)(p + ref->at2)))
			return true;
		if (ref->from == FROM_FLOW && own_has_flow(t->own, (const void *)(p + ref->at)))
			return true;
	}
	return false;
}

static int add(struct translator *t, const struct recipe *recipe, const void *record, unsigned *cut,
	       struct error *err)
{
	const struct wire_head *head = record;
	uint32_t refs[SCHEMA_MAX_REFS];
	struct row row = {.schema = recipe->schema,
			  .cpu = head->cpu,
			  .ts_ns = head->ts_ns,
			  .refs = refs,
			  .values = t->values};

	TRY(resolver_find(t->resolver, recipe, record, refs, err));
	for (unsigned i = 0; i < recipe->column_count; i++)
		*cut += load_value(&t->values[i], &recipe->columns[i], record, head->flags);
	t->rows++;
	return writer_add(t->writer, &row, err);
}

int translator_add(struct translator *t, const void *record, size_t len, struct error *err)
{
	const struct wire_head *head = record;
	const struct catalog_event *e;
	unsigned cut = 0;

	e = len >= sizeof(*head) ? catalog_find(t->catalog, head->event) : NULL;
	if (!e || len < e->recipe.wire_bytes) {
		t->strange++;
		return 0;
	}
	if (is_left_out(t, &e->recipe, record)) {
		t->left_out++;
		return 0;
	}
	TRY(add(t, &e->recipe, record, &cut, err));
	t->rows_of[e->number]++;
	t->cut_of[e->number] += cut;
	return 0;
}

int translator_add_as(struct translator *t, const struct recipe *recipe, const void *record,
		      struct error *err)
{
	unsigned cut = 0;

	if (is_left_out(t, recipe, record))
		return 0;
	return add(t, recipe, record, &cut, err);
}

uint64_t translator_rows(const struct translator *t)
{
	return t->rows;
}

uint64_t translator_rows_of(const struct translator *t, uint16_t number)
{
	return number < WIRE_EVENT_MAX ? t->rows_of[number] : 0;
}

uint64_t translator_strange(const struct translator *t)
{
	return t->strange;
}

int translator_facts(const struct translator *t, struct writer *w, struct error *err)
{
	char text[200];

	if (t->own) {
		snprintf(text, sizeof(text), "%" PRIu64 " events of the connection that carried it",
			 t->left_out);
		TRY(writer_fact(w, "left_out", text, err));
	}
	for (size_t i = 0; i < catalog_count(t->catalog); i++) {
		const struct catalog_event *e = catalog_at(t->catalog, i);

		if (!t->cut_of[e->number])
			continue;
		snprintf(text, sizeof(text), "%.100s: %" PRIu64 " values longer than %d bytes",
			 e->full_name, t->cut_of[e->number], WIRE_DYNAMIC_BYTES);
		TRY(writer_fact(w, "cut", text, err));
	}
	return 0;
}
