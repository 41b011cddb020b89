/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* typed_recipe.c -- the schema and recipe of an event that has a program of its own. */
#include "record/recipe.h"

#include <stddef.h>
#include <string.h>

#include "record/making.h"

/* What one side sends the other gets: such values share a space. Other values have a space
 * each, by what the socket sends. */
static void set_key(const struct making *m, const struct typed_field *t, struct field *f)
{
	static const uint8_t sent_as[] = {
		[KEY_RECEIVED] = KEY_SENT,
		[KEY_LENGTH_GOT] = KEY_LENGTH,
		[KEY_RCV_WND] = KEY_SND_WND,
		[KEY_BYTES_RECEIVED] = KEY_BYTES_ACKED,
	};
	uint8_t sent = t->key < sizeof(sent_as) ? sent_as[t->key] : 0;
	bool is_packet = m->ref_of[DICT_FLOW];

	f->key_ref = m->ref_of[is_packet ? DICT_FLOW : DICT_SOCK];
	f->key_attribute = is_packet ? FLOW_STREAM : SOCK_STREAM;
	if (sent)
		f->flags |= FIELD_FLIP;
	f->key_space = sent ? sent : t->key;
	if (t->flags & TYPED_SUM)
		f->flags |= FIELD_SUM;
	if (t->flags & TYPED_FULL)
		f->flags |= FIELD_FULL;
}

static int add_typed(struct making *m, const struct typed_event *e, const struct typed_field *t,
		     struct field *f, struct error *err)
{
	const struct place place = {
		.at = t->offset + (t->flags & TYPED_IN_PACKET ? e->packet : 0),
		.needs = t->needs,
	};

	if (t->to == DICT_SYMBOL)
		m->symbol_field = t->name;
	if (t->to != TO_OWN)
		return making_add_bound(m, f, t->to, t->attribute, err);
	if (t->needs)
		f->flags |= FIELD_OPTIONAL;
	if (t->key)
		set_key(m, t, f);
	return making_add_column(m, f, &place, err);
}

static int typed_names(struct making *m, const struct typed_field *t, struct field *f,
		       struct error *err)
{
	struct legend *l = m->tools->legend;
	const struct dictionary_attribute *a;

	if (t->to != TO_OWN) {
		a = &dictionary_attributes(t->to)[t->attribute];
		if (a->is_family)
			return legend_family(l, &f->enum_id, err);
		return a->is_protocol ? legend_protocol(l, &f->enum_id, err) : 0;
	}
	switch (t->legend) {
	case LEGEND_TCP_FLAGS:
		f->flags |= FIELD_BITS;
		return legend_tcp_flags(l, &f->enum_id, err);
	case LEGEND_TCP_STATE:
		return legend_tcp_state(l, &f->enum_id, err);
	case LEGEND_TCP_CA_STATE:
		return legend_kernel(l, "tcp_ca_state", &f->enum_id, err);
	default:
		return 0;
	}
}

/* A field as the table describes it. */
static int add_from_table(struct making *m, const struct typed_event *e,
			  const struct typed_field *t, struct error *err)
{
	struct field f = {.name = (char *)t->name,
			  .type = (char *)t->type,
			  .kind = FIELD_BYTES,
			  .role = t->role,
			  .elem_size = 1,
			  .count = t->size};

	if (making_is_integer(t->size) && t->role != ROLE_TEXT) {
		f.kind = FIELD_INT;
		f.elem_size = (uint8_t)t->size;
		f.count = 1;
	}
	if (t->flags & TYPED_SIGNED)
		f.flags |= FIELD_SIGNED;
	if (t->flags & TYPED_EXTRA)
		f.flags |= FIELD_EXTRA;
	TRY(typed_names(m, t, &f, err));
	return add_typed(m, e, t, &f, err);
}

/* Everything the format file has, in its order. */
static int add_from_format(struct making *m, const struct typed_event *e,
			   const struct tracefmt *fmt, struct error *err)
{
	char type[MAKING_MAX_TYPE];
	struct field f;

	for (size_t i = 0; i < fmt->field_count; i++) {
		const struct tracefmt_field *k = &fmt->fields[i];
		const struct typed_field *t;

		if (k->is_common)
			continue;
		t = typed_field_find(e, k->name, k->size);
		if (!t)
			return error_set(err, ERR_CORRUPT, "%s: field %s is new", e->name, k->name);
		TRY(making_field_of(m, k, type, &f, err));
		TRY(add_typed(m, e, t, &f, err));
	}
	return 0;
}

/* Everything the table has, but no name twice. */
static int add_whole_table(struct making *m, const struct typed_event *e, struct error *err)
{
	const struct typed_field *t;

	for (size_t i = 0; (t = typed_field_at(e, i)); i++)
		if (!(t->flags & (TYPED_EXTRA | TYPED_ALIAS)) &&
		    schema_find(m->schema, t->name) < 0)
			TRY(add_from_table(m, e, t, err));
	return 0;
}

/* Which dictionaries the fields lie in. */
static void find_used(const struct typed_event *e, const struct tracefmt *fmt,
		      bool is_used[DICT_COUNT + 1])
{
	const struct typed_field *t;

	is_used[DICT_TASK] = true;
	is_used[DICT_SOCK] = e->sock;
	is_used[DICT_FLOW] = e->packet;
	if (!fmt) {
		for (size_t i = 0; (t = typed_field_at(e, i)); i++)
			is_used[t->to] = true;
		return;
	}
	for (size_t i = 0; i < fmt->field_count; i++) {
		t = typed_field_find(e, fmt->fields[i].name, fmt->fields[i].size);
		if (t)
			is_used[t->to] = true;
	}
}

static int add_typed_refs(struct making *m, const struct typed_event *e, const struct tracefmt *fmt,
			  struct error *err)
{
	bool is_reset = e->number == WIRE_TCP_SEND_RESET, is_used[DICT_COUNT + 1] = {false};
	struct ref_recipe refs[DICT_COUNT] = {
		[DICT_TASK] = {.from = FROM_HEAD, .needs = e->task_needs},
		[DICT_SOCK] = {.from = FROM_SOCK,
			       .at = e->sock,
			       .at2 = e->addrs6,
			       .needs = e->sock_needs},
		[DICT_TUPLE] = {.from = FROM_REQUEST},
		[DICT_ENDPOINTS] = {.from = is_reset ? FROM_PAIR : FROM_PROBE,
				    .at = offsetof(struct wire_send_reset, saddr),
				    .at2 = offsetof(struct wire_send_reset, daddr)},
		[DICT_FLOW] = {.from = FROM_FLOW,
			       .at = e->packet + offsetof(struct wire_packet, flow),
			       .needs = WIRE_HAS_FLOW},
		[DICT_SYMBOL] = {.from = FROM_ADDRESS, .at = e->symbol},
		[DICT_DEVICE] = {.from = FROM_DEVICE, .at = e->device},
	};

	find_used(e, fmt, is_used);
	for (int d = 0; d < DICT_COUNT; d++) {
		refs[d].dictionary = (uint8_t)d;
		if (is_used[d])
			TRY(making_add_ref(m, &refs[d], err));
	}
	return 0;
}

static int add_typed_extras(struct making *m, const struct typed_event *e, struct error *err)
{
	const struct typed_field *t;

	for (size_t i = 0; (t = typed_field_at(e, i)); i++) {
		if (!(t->flags & TYPED_EXTRA))
			continue;
		if (t->to == DICT_SYMBOL)
			TRY(making_add_symbol_name(m, err));
		else
			TRY(add_from_table(m, e, t, err));
	}
	return 0;
}

/* 1-based index of a field; 0 if it is not there. */
static uint8_t number_of(const struct schema *s, const char *name)
{
	int index = name ? schema_find(s, name) : -1;

	return index >= 0 && index < UINT8_MAX ? (uint8_t)(index + 1) : 0;
}

/* All fields are there: some may lie behind those they tell about. */
static void set_companions(struct schema *s, const struct typed_event *e)
{
	const struct typed_field *t;

	for (size_t i = 0; (t = typed_field_at(e, i)); i++) {
		uint8_t number = t->near || t->start ? number_of(s, t->name) : 0;

		if (!number || s->fields[number - 1].ref)
			continue;
		s->fields[number - 1].near = number_of(s, t->near);
		s->fields[number - 1].start = number_of(s, t->start);
	}
}

/* Without the parts at its end that only some have. */
static uint16_t least_bytes(const struct typed_event *e)
{
	if (e->sock_needs)
		return e->sock;
	return e->addrs6 ? e->addrs6 : e->wire_bytes;
}

static int make_typed(struct making *m, const struct typed_event *e, const struct tracefmt *fmt,
		      struct error *err)
{
	m->recipe->wire_bytes = least_bytes(e);
	TRY(add_typed_refs(m, e, fmt, err));
	TRY(fmt ? add_from_format(m, e, fmt, err) : add_whole_table(m, e, err));
	TRY(add_typed_extras(m, e, err));
	set_companions(m->schema, e);
	return making_add_stack(m, 0, err);
}

int recipe_typed(const struct recipe_tools *t, const struct typed_event *e,
		 const struct tracefmt *fmt, const char *text, struct recipe *out,
		 struct error *err)
{
	struct making m = {.tools = t, .recipe = out};

	*out = (struct recipe){0};
	TRY(making_begin(&m, e->group, e->name, text, err));
	if (!text)
		m.schema->flags |= SCHEMA_OWN;
	return making_end(&m, make_typed(&m, e, fmt, err), err);
}
