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
	struct view strings[SCHEMA_MAX_FIELDS];
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

/* A text ends before its NUL, whatever lies behind. True if the value was cut. */
static bool load_string(const struct string_recipe *recipe, const uint8_t *record, struct view *out)
{
	const uint8_t *p = record + recipe->at, *data = p + offsetof(struct wire_dynamic, data);
	struct wire_dynamic slot;
	size_t len;

	*out = view_of(NULL, 0);
	if (!recipe->at)
		return false;
	memcpy(&slot, p, offsetof(struct wire_dynamic, data));
	if (slot.len > WIRE_DYNAMIC_BYTES)
		slot.len = 0;
	len = recipe->is_text ? strnlen((const char *)data, slot.len) : slot.len;
	*out = view_of(data, len);
	return slot.full > slot.len && len == slot.len;
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
	struct raw_row row = {.schema = recipe->schema,
			      .cpu = head->cpu,
			      .ts_ns = head->ts_ns,
			      .flags = head->flags,
			      .refs = refs,
			      .memory = record,
			      .strings = t->strings};

	TRY(resolver_find(t->resolver, recipe, record, refs, err));
	for (unsigned i = 0; i < recipe->string_count; i++)
		*cut += load_string(&recipe->strings[i], record, &t->strings[i]);
	t->rows++;
	return writer_add_raw(t->writer, &row, err);
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
	const struct wire_head *head = record;
	unsigned cut = 0;

	if (is_left_out(t, recipe, record))
		return 0;
	TRY(add(t, recipe, record, &cut, err));
	if (head->event < WIRE_EVENT_MAX)
		t->rows_of[head->event]++;
	return 0;
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
