/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* event_columns.c -- names of fields, resolved once for each schema. */
#include "analyze/event_columns.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyze/event_cells.h"
#include "analyze/nearest.h"
#include "analyze/pick.h"
#include "analyze/predicate.h"

enum { NAME_BYTES = 2 * SCHEMA_MAX_NAME + 2 };

struct schema_columns {
	int *fields; /* by column behind the fixed ones, -1 = none; NULL = not resolved; owned */
	char *name;  /* "tcp:tcp_probe"; owned */
};

static size_t named_count(const struct event_columns *c)
{
	return c->table.column_count - c->fixed;
}

static void forget_schemas(struct event_columns *c)
{
	for (size_t i = 0; i < c->schema_count; i++) {
		free(c->schemas[i].fields);
		free(c->schemas[i].name);
		c->schemas[i] = (struct schema_columns){0};
	}
	c->schema_count = 0;
}

void event_columns_release(struct event_columns *c)
{
	forget_schemas(c);
	free(c->schemas);
	free(c->columns);
	*c = (struct event_columns){0};
}

/* ---- names ---- */

/* "extra.seq" is the recorder's, "fields.seq" the kernel's. */
static int find_field(const struct schema *s, const char *name)
{
	bool wants_extra = strncmp(name, "extra.", 6) == 0;
	bool wants_own = strncmp(name, "fields.", 7) == 0;

	if (!wants_extra && !wants_own)
		return schema_find(s, name);
	name = strchr(name, '.') + 1;
	for (int i = 0; i < s->field_count; i++)
		if (strcmp(s->fields[i].name, name) == 0 &&
		    ((s->fields[i].flags & FIELD_EXTRA) != 0) == wants_extra)
			return i;
	return -1;
}

static const struct schema *event_schema(const struct section *s, size_t i)
{
	return s->schemas[i] && s->schemas[i]->kind == SCHEMA_EVENT ? s->schemas[i] : NULL;
}

static bool has_field(const struct section *s, const char *name)
{
	for (size_t i = 0; i < s->schema_count; i++)
		if (event_schema(s, i) && find_field(s->schemas[i], name) >= 0)
			return true;
	return false;
}

static int unknown_field(const struct event_columns *c, const struct section *s, const char *name,
			 struct error *err)
{
	struct nearest n = nearest_to(name);

	for (size_t i = 0; i < c->fixed; i++)
		if (c->columns[i].key)
			nearest_offer(&n, c->columns[i].key);
	for (size_t i = 0; i < s->schema_count; i++)
		for (int f = 0; event_schema(s, i) && f < s->schemas[i]->field_count; f++)
			nearest_offer(&n, s->schemas[i]->fields[f].name);
	return error_set(err, ERR_USAGE,
			 "no event on this tape has a field %.60s%s%.60s%s; tcptape info --events "
			 "lists them",
			 name, n.best ? "; did you mean " : "", n.best ? n.best : "",
			 n.best ? "?" : "");
}

static bool has_column(const struct event_columns *c, const char *name)
{
	for (size_t i = c->fixed; i < c->table.column_count; i++)
		if (strcmp(c->columns[i].key, name) == 0)
			return true;
	return false;
}

/* A column for the field, unless replay has one of that name. */
static int add_name(struct event_columns *c, const struct section *s, const char *name,
		    bool may_lack, struct error *err)
{
	const struct table fixed = {c->table.name, c->columns, c->fixed};

	if (pick_has(&fixed, name) || has_column(c, name))
		return 0;
	if (s && !has_field(s, name))
		return may_lack ? 0 : unknown_field(c, s, name, err);
	c->columns[c->table.column_count++] = (struct column){.key = name,
							      .align = ALIGN_BY_VALUE,
							      .is_hidden = true};
	return 0;
}

static int add_names(struct event_columns *c, const struct query *q, const struct section *s,
		     struct error *err)
{
	for (size_t i = 0; q->where && i < predicate_name_count(q->where); i++)
		TRY(add_name(c, s, predicate_name(q->where, i), predicate_may_lack(q->where, i),
			     err));
	for (size_t i = 0; i < q->group_count; i++)
		TRY(add_name(c, s, q->groups[i], false, err));
	if (q->group_count) /* what follows are columns of the count */
		return 0;
	for (size_t i = 0; i < q->sort_count; i++)
		TRY(add_name(c, s, q->sort[i].name, false, err));
	for (size_t i = 0; i < q->field_count; i++)
		TRY(add_name(c, s, q->fields[i], false, err));
	return 0;
}

/* ---- words ---- */

/* Is the word a name of the field's enumeration in one of the schemas? True also where the field
 * may hold other texts. */
static bool has_word(const struct section *s, const char *name, const char *word, struct nearest *n)
{
	bool is_known = false, is_enumerated = false;

	for (size_t i = 0; i < s->schema_count; i++) {
		int f = event_schema(s, i) ? find_field(s->schemas[i], name) : -1;
		const struct field *field = f < 0 ? NULL : &s->schemas[i]->fields[f];
		const struct enumeration *e = field ? section_enum(s, field->enum_id) : NULL;

		if (field && (!e || field->flags & FIELD_BITS))
			return true;
		is_enumerated |= e != NULL;
		for (size_t k = 0; e && k < e->count; k++) {
			is_known |= strcmp(e->values[k].name, word) == 0;
			nearest_offer(n, e->values[k].name);
		}
	}
	return is_known || !is_enumerated;
}

/* The full name of an event; one without its group is near. */
static bool has_event(const struct section *s, const char *word, char near[NAME_BYTES],
		      struct nearest *n)
{
	char full[NAME_BYTES];

	for (size_t i = 0; i < s->schema_count; i++) {
		if (!event_schema(s, i))
			continue;
		snprintf(full, sizeof(full), "%s:%s", s->schemas[i]->group, s->schemas[i]->name);
		if (strcmp(full, word) == 0)
			return true;
		nearest_offer(n, full);
		if (strcmp(s->schemas[i]->name, word) == 0) {
			n->best = full;
			n->distance = 0;
		}
		if (n->best == full)
			n->best = memcpy(near, full, sizeof(full));
	}
	return false;
}

/* A word that can never be there is a slip, and would be answered with nothing. */
static int check_words(const struct predicate *p, const struct section *s, struct error *err)
{
	for (size_t i = 0; i < predicate_name_count(p); i++) {
		const char *name = predicate_name(p, i), *word;
		bool is_event = strcmp(name, "event") == 0;
		char near[NAME_BYTES];

		for (size_t at = 0; (word = predicate_word(p, i, &at));) {
			struct nearest n = nearest_to(word);

			if (is_event ? has_event(s, word, near, &n) : has_word(s, name, word, &n))
				continue;
			return error_set(err, ERR_USAGE, "--where: %.60s is never %.60s%s%.80s%s",
					 name, word, n.best ? "; did you mean " : "",
					 n.best ? n.best : "", n.best ? "?" : "");
		}
	}
	return 0;
}

int event_columns_init(struct event_columns *c, const struct table *fixed, const struct query *q,
		       const struct section *s, struct error *err)
{
	size_t most = fixed->column_count + 2 * QUERY_COLUMNS + QUERY_KEYS + PREDICATE_NAMES;

	c->columns = calloc(most, sizeof(*c->columns));
	if (!c->columns)
		return error_nomem(err);
	memcpy(c->columns, fixed->columns, fixed->column_count * sizeof(*c->columns));
	c->fixed = fixed->column_count;
	c->table = (struct table){fixed->name, c->columns, fixed->column_count};
	if (!q)
		return 0;
	TRY(add_names(c, q, s, err));
	return q->where && s ? check_words(q->where, s, err) : 0;
}

/* ---- events ---- */

static bool resolve(const struct event_columns *c, const struct schema *s,
		    struct schema_columns *out)
{
	size_t count = named_count(c), room = strlen(s->group) + strlen(s->name) + 2;

	out->fields = calloc(count + 1, sizeof(*out->fields));
	out->name = malloc(room);
	if (!out->fields || !out->name)
		return false;
	snprintf(out->name, room, "%s:%s", s->group, s->name);
	for (size_t i = 0; i < count; i++)
		out->fields[i] = find_field(s, c->columns[c->fixed + i].key);
	return true;
}

/* What is known of the event's schema; NULL without memory. */
static const struct schema_columns *columns_of(struct event_columns *c, const struct schema *schema,
					       const struct section *s)
{
	void *schemas = c->schemas;

	if (c->salt != s->salt || c->number != s->number)
		forget_schemas(c);
	c->salt = s->salt;
	c->number = s->number;
	if (!array_grow(&schemas, &c->schema_cap, schema->id, sizeof(*c->schemas)))
		return NULL;
	c->schemas = schemas;
	if (c->schema_count < schema->id)
		c->schema_count = schema->id;
	if (!c->schemas[schema->id - 1].fields && !resolve(c, schema, &c->schemas[schema->id - 1]))
		return NULL;
	return &c->schemas[schema->id - 1];
}

int event_columns_fill(struct event_columns *c, const struct event *ev, const struct section *s,
		       struct arena *a, struct cell *cells, const char **name, struct error *err)
{
	const struct schema_columns *known = columns_of(c, ev->schema, s);

	if (!known)
		return error_nomem(err);
	*name = known->name;
	for (size_t i = 0; i < named_count(c); i++)
		cells[c->fixed + i] = known->fields[i] < 0 ? cell_null()
							   : event_cell(ev, known->fields[i], s, a);
	return 0;
}
