/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* row_group.c -- where the values of a schema's rows lie. */
#include "format/row_group.h"

#include <stdlib.h>

void row_group_free(struct row_group *g)
{
	if (!g)
		return;
	buf_release(&g->rows);
	free(g->own_at);
	free(g->fields);
	free(g->string_columns);
	free(g->conditions);
	buf_release(&g->strings);
	free(g);
}

void row_group_clear(struct row_group *g)
{
	buf_clear(&g->rows);
	buf_clear(&g->strings);
	memset(g->absent, 0, sizeof(g->absent));
	g->count = 0;
}

static void find_fields(struct row_group *g)
{
	const struct schema *s = g->schema;

	g->values = 3u + s->ref_count + s->own_count;
	g->columns = (uint32_t)s->ref_count + s->own_count;
	for (unsigned i = 0; i < s->field_count; i++) {
		const struct field *f = &s->fields[i];
		uint16_t own = s->own_of[i];

		if (f->ref)
			continue;
		g->fields[own] = f;
		if (f->kind == FIELD_STRING)
			g->string_columns[g->string_count++] = own;
		else if (f->kind != FIELD_INT)
			g->blob_bytes += field_bytes(f);
		if (f->flags & FIELD_OPTIONAL) {
			g->absent_words = (s->own_count + 63u) / 64;
			g->values++;
			g->columns++;
		}
		if (f->key_ref) { /* its raw column */
			g->values++;
			g->columns++;
		}
	}
}

/* Without places values lie one behind the other. */
static void find_memory(struct row_group *g, const struct place *places)
{
	uint32_t first = UINT32_MAX, end = 0;

	for (unsigned i = 0; i < g->schema->own_count; i++) {
		uint32_t bytes = field_bytes(g->fields[i]), at = places ? places[i].at : end;

		if (bytes == 0) /* a string */
			continue;
		g->own_at[i] = at;
		first = at < first ? at : first;
		end = at + bytes > end ? at + bytes : end;
	}
	g->from = first < end ? first : 0;
	g->bytes = end - g->from;
}

static void plan_row(struct row_group *g)
{
	uint32_t strings_at = g->absent_words * 8;

	g->refs_at = strings_at + g->string_count * 8u;
	g->memory_at = g->refs_at + g->schema->ref_count * 4u;
	g->stride = (g->memory_at + g->bytes + 7) / 8 * 8;
	for (unsigned i = 0; i < g->schema->own_count; i++)
		g->own_at[i] += g->memory_at - g->from;
	for (unsigned i = 0; i < g->string_count; i++)
		g->own_at[g->string_columns[i]] = strings_at + 8 * i;
}

static struct condition *condition(struct row_group *g, uint16_t needs)
{
	for (unsigned i = 0; i < g->condition_count; i++)
		if (g->conditions[i].needs == needs)
			return &g->conditions[i];
	g->needs |= needs;
	g->conditions[g->condition_count].needs = needs;
	return &g->conditions[g->condition_count++];
}

static void plan_absence(struct row_group *g, const struct place *places)
{
	for (unsigned i = 0; i < g->schema->own_count; i++)
		if (places[i].needs && g->fields[i]->flags & FIELD_OPTIONAL)
			condition(g, places[i].needs)->values[i / 64] |= UINT64_C(1) << i % 64;
}

struct row_group *row_group_new(const struct schema *schema, const struct place *places)
{
	size_t columns = schema->own_count + 1u;
	struct row_group *g = calloc(1, sizeof(*g));

	if (!g)
		return NULL;
	g->schema = schema;
	g->fields = calloc(columns, sizeof(*g->fields));
	g->own_at = calloc(columns, sizeof(*g->own_at));
	g->string_columns = calloc(columns, sizeof(*g->string_columns));
	g->conditions = calloc(columns, sizeof(*g->conditions));
	if (!g->fields || !g->own_at || !g->string_columns || !g->conditions) {
		row_group_free(g);
		return NULL;
	}
	find_fields(g);
	find_memory(g, places);
	plan_row(g);
	if (places)
		plan_absence(g, places);
	g->is_plain = !places;
	return g;
}
