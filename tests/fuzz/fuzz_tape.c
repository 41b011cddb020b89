// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* fuzz_tape.c -- any bytes as a tape, through the public interface: whatever can be asked is. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "format/tcptape.h"

/* A text of enumerated bits may be long: few values are enough. */
enum { ENOUGH_EVENTS = 50000, ENOUGH_VALUES = 20000, ENOUGH_NAMES = 5000 };

struct pass {
	struct tcptape *t;
	uint64_t events, values, names;
	uint64_t old_schema, old_field; /* handles, perhaps of an earlier section */
	uint64_t sum;                   /* of every byte, so that all are touched */
};

static void check(bool is_kept)
{
	if (!is_kept)
		abort();
}

static void read_bytes(struct pass *p, const void *data, size_t len)
{
	const uint8_t *bytes = data;

	for (size_t i = 0; i < len; i++)
		p->sum += bytes[i];
}

static void read_text(struct pass *p, const char *text)
{
	check(text);
	read_bytes(p, text, strlen(text));
}

/* A short buffer gets the beginning of what a longer one gets. */
static int read_value_text(struct pass *p, uint64_t field)
{
	char text[300], begin[7];
	int len = tcptape_value_text(p->t, field, text, sizeof(text));

	check(tcptape_value_text(p->t, field, begin, sizeof(begin)) == len);
	check(tcptape_value_text(p->t, field, NULL, 0) == len);
	check(strncmp(text, begin, sizeof(begin) - 1) == 0);
	check(len >= (int)sizeof(text) || strlen(text) == (len < 0 ? 0 : (size_t)len));
	return len;
}

static void read_value(struct pass *p, uint64_t field)
{
	bool exists = tcptape_value_exists(p->t, field), has_text, has_bytes, is_number;
	const void *data;
	uint64_t number;
	int64_t signed_number;
	size_t len;

	is_number = tcptape_value_u64(p->t, field, &number);
	check(tcptape_value_i64(p->t, field, &signed_number) == is_number);
	check(!is_number || (uint64_t)signed_number == number);
	has_bytes = tcptape_value_bytes(p->t, field, &data, &len);
	if (has_bytes)
		read_bytes(p, data, len);
	check(exists == (is_number || has_bytes) && !(is_number && has_bytes));
	has_text = read_value_text(p, field) >= 0;
	check(exists || !has_text);
	check(has_text || !is_number);
	p->values++;
}

static void read_event(struct pass *p)
{
	uint64_t schema = tcptape_event_schema(p->t);
	unsigned count = tcptape_schema_fields(p->t, schema);

	check(tcptape_schema_id(p->t, schema) > 0);
	p->events++;
	p->sum += tcptape_event_ns(p->t) + tcptape_event_cpu(p->t);
	for (unsigned i = 0; i < count && p->values < ENOUGH_VALUES; i++)
		read_value(p, tcptape_field_at(p->t, schema, i));
	read_value(p, p->old_field);
	check(!tcptape_value_exists(p->t, schema) && !tcptape_value_exists(p->t, 0));
}

static void read_field(struct pass *p, uint64_t schema, uint64_t field)
{
	const char *name;
	uint64_t value;

	check(field);
	p->sum += tcptape_field_kind(p->t, field);
	read_text(p, tcptape_field_name(p->t, field));
	read_text(p, tcptape_field_type(p->t, field));
	check(tcptape_field_find(p->t, schema, tcptape_field_name(p->t, field)));
	p->sum += tcptape_field_role(p->t, field) + tcptape_field_flags(p->t, field);
	p->sum += tcptape_field_size(p->t, field) * tcptape_field_count(p->t, field);
	for (size_t i = 0; (name = tcptape_enum_at(p->t, field, i, &value)); i++) {
		check(tcptape_enum_name(p->t, field, value) == name);
		p->names++;
	}
}

static void read_schema(struct pass *p, uint64_t schema)
{
	unsigned count = tcptape_schema_fields(p->t, schema);

	read_text(p, tcptape_schema_group(p->t, schema));
	read_text(p, tcptape_schema_name(p->t, schema));
	read_text(p, tcptape_schema_format(p->t, schema));
	check(tcptape_schema_find(p->t, NULL, tcptape_schema_name(p->t, schema)));
	for (unsigned i = 0; i < count && p->names < ENOUGH_NAMES; i++, p->names++) {
		p->old_field = tcptape_field_at(p->t, schema, i);
		read_field(p, schema, p->old_field);
	}
	check(!tcptape_field_at(p->t, schema, count));
	p->old_schema = schema;
}

static void read_names(struct pass *p)
{
	const char *key, *value;

	check(!tcptape_schema_name(p->t, p->old_schema) || tcptape_schema_id(p->t, p->old_schema));
	for (uint64_t s = 0; (s = tcptape_schema_next(p->t, s)) && p->names < ENOUGH_NAMES;)
		read_schema(p, s);
	for (size_t i = 0; tcptape_fact_at(p->t, i, &key, &value) && p->names < ENOUGH_NAMES; i++) {
		read_text(p, value);
		check(tcptape_fact(p->t, key));
		p->names++;
	}
}

static void read_item(struct pass *p, int kind)
{
	check((kind == TCPTAPE_LOSS) == (tcptape_item_loss(p->t) != NULL));
	check((kind == TCPTAPE_CLOCK) == (tcptape_item_clock(p->t) != NULL));
	check((kind == TCPTAPE_GAP) == (tcptape_item_gap(p->t) != NULL));
	check((kind == TCPTAPE_SECTION_END) == (tcptape_item_end(p->t) != NULL));
	check((kind == TCPTAPE_EVENT) == (tcptape_event_schema(p->t) != 0));
	if (kind == TCPTAPE_EVENT)
		read_event(p);
	else if (kind == TCPTAPE_SECTION || kind == TCPTAPE_NAMES)
		read_names(p);
	else if (kind == TCPTAPE_GAP)
		read_text(p, tcptape_item_gap(p->t)->reason);
	else if (kind == TCPTAPE_SECTION_END)
		read_text(p, tcptape_item_end(p->t)->reason);
	else if (kind == TCPTAPE_LOSS)
		tcptape_schema_name(p->t, tcptape_item_loss(p->t)->schema);
	else
		check(tcptape_item_clock(p->t));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct tcptape_error err = {0};
	struct pass p = {0};
	int kind;

	if (tcptape_open_memory(data, size, &p.t, &err)) {
		check(err.status < 0 && err.text[0]);
		return 0;
	}
	while ((kind = tcptape_next(p.t, &err)) > 0 && p.events < ENOUGH_EVENTS)
		read_item(&p, kind);
	check(tcptape_health_now(p.t)->events >= p.events);
	read_text(&p, tcptape_health_now(p.t)->first_problem);
	if (kind <= 0) {
		check(tcptape_next(p.t, &err) == kind && !tcptape_event_schema(p.t));
		check(kind == 0 || err.text[0]);
		read_names(&p);
		read_value(&p, p.old_field);
	}
	tcptape_close(p.t);
	return 0;
}
