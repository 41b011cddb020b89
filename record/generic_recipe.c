/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * generic_recipe.c -- the schema and recipe of an event whose raw entry is copied. Values
 * that identify someone still go to dictionaries: addresses by their names and sizes,
 * code locations because the kernel prints them as such.
 */
#include "record/recipe.h"

#include <stddef.h>
#include <string.h>

#include "record/making.h"

/* Field names that mean an attribute of `sock` or `tuple` in every event that has them
 * in these sizes. */
static const struct {
	const char *name;
	uint8_t sock;
	int8_t tuple; /* -1 = none */
} meanings[] = {
	{"skaddr", SOCK_SKADDR, -1},
	{"sk", SOCK_SKADDR, -1},
	{"sock_cookie", SOCK_COOKIE, -1},
	{"protocol", SOCK_PROTOCOL, -1},
	{"family", SOCK_FAMILY, TUPLE_FAMILY},
	{"sport", SOCK_SPORT, TUPLE_SPORT},
	{"dport", SOCK_DPORT, TUPLE_DPORT},
	{"saddr", SOCK_SADDR, TUPLE_SADDR},
	{"daddr", SOCK_DADDR, TUPLE_DADDR},
	{"saddr_v6", SOCK_SADDR6, TUPLE_SADDR6},
	{"daddr_v6", SOCK_DADDR6, TUPLE_DADDR6},
};

/* Where each field goes, by index in the format. */
struct binding {
	uint8_t to[TRACEFMT_MAX_FIELDS]; /* enum dictionary, or TO_OWN */
	uint8_t attribute[TRACEFMT_MAX_FIELDS];
};

static uint16_t entry_at(uint32_t offset)
{
	return (uint16_t)(sizeof(struct wire_head) + offset - WIRE_COMMON_BYTES);
}

static bool has_field(const struct tracefmt *fmt, const char *name, uint32_t size)
{
	const struct tracefmt_field *f = tracefmt_find(fmt, name);

	return f && f->size == size && !f->is_data_loc && !f->is_rel_loc;
}

static bool has_pair(const struct tracefmt *fmt)
{
	return has_field(fmt, "saddr", 28) && has_field(fmt, "daddr", 28);
}

static bool has_tuple(const struct tracefmt *fmt)
{
	return has_field(fmt, "saddr", 4) && has_field(fmt, "daddr", 4);
}

/* A request's addresses are not those of the socket the event names. */
static bool is_request(const struct tracefmt *fmt)
{
	return has_field(fmt, "req", 8);
}

/* An event that says which socket and gives its addresses, or that is known to. */
static bool has_sock(const struct tracefmt *fmt, const struct typed_event *e)
{
	if (!has_field(fmt, "skaddr", 8) && !has_field(fmt, "sk", 8))
		return false;
	return (e && e->sock) || has_tuple(fmt);
}

static void bind_meaning(struct binding *b, size_t i, const struct tracefmt_field *f, bool is_sock,
			 bool is_tuple)
{
	for (size_t k = 0; k < sizeof(meanings) / sizeof(meanings[0]); k++) {
		uint8_t sock = meanings[k].sock;

		if (strcmp(meanings[k].name, f->name) != 0 ||
		    f->size != dictionary_attributes(DICT_SOCK)[sock].size)
			continue;
		if (is_tuple && meanings[k].tuple >= 0) {
			b->to[i] = DICT_TUPLE;
			b->attribute[i] = (uint8_t)meanings[k].tuple;
		} else if (is_sock) {
			b->to[i] = DICT_SOCK;
			b->attribute[i] = sock;
		}
	}
}

static void bind_fields(struct binding *b, const struct tracefmt *fmt, const struct typed_event *e)
{
	bool is_sock = has_sock(fmt, e), is_pair = has_pair(fmt), has_symbol = false;
	bool is_tuple = has_tuple(fmt) && (!is_sock || is_request(fmt));

	for (size_t i = 0; i < fmt->field_count; i++) {
		const struct tracefmt_field *f = &fmt->fields[i];

		b->to[i] = TO_OWN;
		bind_meaning(b, i, f, is_sock, is_tuple);
		if (is_pair && f->size == 28 && strcmp(f->name + 1, "addr") == 0) {
			b->to[i] = DICT_ENDPOINTS;
			b->attribute[i] = f->name[0] == 's' ? ENDPOINTS_SADDR : ENDPOINTS_DADDR;
		}
		if (f->print == PRINT_SYMBOL && f->size == 8 && !has_symbol) {
			has_symbol = true;
			b->to[i] = DICT_SYMBOL;
			b->attribute[i] = SYMBOL_ADDRESS;
		}
	}
}

/* Add what the field needs to the ref that gathers it. */
static void gather(struct ref_recipe *ref, const struct tracefmt_field *f, unsigned attribute)
{
	uint16_t at = entry_at(f->offset);

	switch (ref->from) {
	case FROM_FIELDS:
		ref->fields[attribute] = at;
		break;
	case FROM_PAIR:
		if (attribute == ENDPOINTS_SADDR)
			ref->at = at;
		else
			ref->at2 = at;
		break;
	default:
		ref->at = at;
	}
}

static int add_generic_refs(struct making *m, const struct binding *b, const struct tracefmt *fmt,
			    struct error *err)
{
	bool is_tcp = strcmp(m->schema->group, "tcp") == 0, is_used[DICT_COUNT + 1] = {false};
	struct ref_recipe refs[DICT_COUNT] = {
		[DICT_TASK] = {.from = FROM_HEAD},
		[DICT_SOCK] = {.from = FROM_FIELDS, .protocol = is_tcp ? 6 : 0},
		[DICT_TUPLE] = {.from = FROM_FIELDS},
		[DICT_ENDPOINTS] = {.from = FROM_PAIR},
		[DICT_SYMBOL] = {.from = FROM_ADDRESS},
	};

	is_used[DICT_TASK] = true;
	for (size_t i = 0; i < fmt->field_count; i++) {
		is_used[b->to[i]] = true;
		if (b->to[i] != TO_OWN)
			gather(&refs[b->to[i]], &fmt->fields[i], b->attribute[i]);
	}
	for (int d = 0; d < DICT_COUNT; d++) {
		refs[d].dictionary = (uint8_t)d;
		if (is_used[d])
			TRY(making_add_ref(m, &refs[d], err));
	}
	return 0;
}

/* Data elsewhere gets the next slot; absent when there is none left. */
static int add_dynamic_field(struct making *m, const struct tracefmt_field *f,
			     struct generic_layout *layout, struct field *out, struct error *err)
{
	struct string_recipe string = {.is_text = f->is_string};
	uint32_t n = layout->dynamic_count;

	if (n == WIRE_DYNAMIC_MAX) {
		out->flags |= FIELD_OPTIONAL;
	} else {
		string.at = (uint16_t)(sizeof(struct wire_head) + layout->fixed_bytes +
				       n * sizeof(struct wire_dynamic));
		layout->dynamic[n] = (struct wire_dynamic_field){.offset = (uint16_t)f->offset,
								 .is_relative = f->is_rel_loc};
		layout->dynamic_count++;
	}
	return making_add_string(m, out, &string, err);
}

static int add_generic_field(struct making *m, const struct tracefmt_field *f,
			     struct generic_layout *layout, struct field *out, struct error *err)
{
	const struct place place = {.at = entry_at(f->offset)};

	if (out->kind == FIELD_STRING)
		return add_dynamic_field(m, f, layout, out, err);
	return making_add_column(m, out, &place, err);
}

static int add_generic_fields(struct making *m, const struct binding *b, const struct tracefmt *fmt,
			      struct generic_layout *layout, struct error *err)
{
	char type[MAKING_MAX_TYPE];
	struct field f;

	for (size_t i = 0; i < fmt->field_count; i++) {
		const struct tracefmt_field *k = &fmt->fields[i];

		if (k->is_common || k->size == 0)
			continue;
		TRY(making_field_of(m, k, type, &f, err));
		if (b->to[i] == DICT_SYMBOL)
			m->symbol_field = k->name;
		if (b->to[i] == TO_OWN)
			TRY(add_generic_field(m, k, layout, &f, err));
		else
			TRY(making_add_bound(m, &f, b->to[i], b->attribute[i], err));
	}
	return making_add_symbol_name(m, err);
}

static int make_generic(struct making *m, const struct typed_event *e, const struct tracefmt *fmt,
			struct generic_layout *layout, struct error *err)
{
	struct binding b;

	m->schema->flags |= SCHEMA_GENERIC;
	bind_fields(&b, fmt, e);
	TRY(add_generic_refs(m, &b, fmt, err));
	TRY(add_generic_fields(m, &b, fmt, layout, err));
	layout->record_bytes = (uint32_t)(sizeof(struct wire_head) + layout->fixed_bytes +
					  layout->dynamic_count * sizeof(struct wire_dynamic));
	if (m->tools->has_stack)
		layout->record_bytes += sizeof(uint64_t);
	m->recipe->wire_bytes = (uint16_t)layout->record_bytes;
	return making_add_stack(m, (uint16_t)(layout->record_bytes - sizeof(uint64_t)), err);
}

int recipe_generic(const struct recipe_tools *t, const char *group, const struct typed_event *e,
		   const struct tracefmt *fmt, const char *text, struct generic_layout *layout,
		   struct recipe *out, struct error *err)
{
	struct making m = {.tools = t, .recipe = out};

	*out = (struct recipe){0};
	*layout = (struct generic_layout){0};
	if (fmt->size < WIRE_COMMON_BYTES || fmt->size > WIRE_ENTRY_MAX)
		return error_set(err, ERR_UNSUPPORTED, "its entry of %u bytes is beyond %d",
				 fmt->size, WIRE_ENTRY_MAX);
	layout->fixed_bytes = (fmt->size - WIRE_COMMON_BYTES + 7) & ~7u;
	TRY(making_begin(&m, group, fmt->name, text, err));
	return making_end(&m, make_generic(&m, e, fmt, layout, err), err);
}
