/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * shaper.c -- where, then groups, then sort, then limit, then fields. What a row becomes
 * after --count-by is a row of another table, to which the rest applies.
 */
#include "analyze/shaper.h"

#include <stdlib.h>
#include <string.h>

#include "analyze/pick.h"
#include "analyze/predicate.h"
#include "analyze/row_groups.h"
#include "analyze/sorter.h"

struct shaper {
	const struct query *query; /* lent */
	bool is_text;
	const struct table *source;
	bool is_passing;               /* the table has no keys: nothing is asked of it */
	size_t names[PREDICATE_NAMES]; /* of --where: columns of source */
	struct cell values[PREDICATE_NAMES];
	struct pick group; /* with --count-by: its columns, then "count" */
	struct row_groups groups;
	const struct table *counted; /* source, or group.table */
	size_t sort_count;
	size_t sort[SORTER_KEYS]; /* columns of counted */
	bool is_descending[SORTER_KEYS];
	struct sorter *sorter; /* owned; NULL = rows do not wait */
	struct pick shown;     /* if fields are given, or columns are hidden */
	bool has_shown;
	struct cell *cells; /* owned; scratch of a row */
	struct arena arena;
	struct shaper_counts counts;
	uint64_t given; /* rows, on this tape */
};

enum { SCRATCH = PICK_MAX + 1 };

struct shaper *shaper_new(const struct query *query, bool is_text)
{
	struct shaper *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->query = query;
	s->is_text = is_text;
	s->cells = calloc(SCRATCH, sizeof(*s->cells));
	if (!s->cells) {
		shaper_free(s);
		return NULL;
	}
	return s;
}

void shaper_free(struct shaper *s)
{
	if (!s)
		return;
	row_groups_release(&s->groups);
	sorter_free(s->sorter);
	arena_release(&s->arena);
	free(s->cells);
	free(s);
}

/* ---- names to columns ---- */

static int bind_where(struct shaper *s, struct error *err)
{
	struct predicate *p = s->query->where;
	size_t count = p ? predicate_name_count(p) : 0;

	for (size_t i = 0; i < count; i++) {
		int column = pick_find(s->source, predicate_name(p, i));

		if (column < 0 && !predicate_may_lack(p, i))
			return pick_unknown(s->source, "where", predicate_name(p, i), err);
		s->names[i] = column < 0 ? SIZE_MAX : (size_t)column;
		TRY(predicate_bind(p, i, column < 0 ? NULL : &s->source->columns[column], err));
	}
	return 0;
}

static int bind_groups(struct shaper *s, struct error *err)
{
	static const struct column count = {.key = "count", .title = "count", .align = ALIGN_RIGHT};

	s->counted = s->source;
	if (!s->query->group_count)
		return 0;
	for (size_t i = 0; i < s->query->group_count; i++)
		TRY(pick_add(&s->group, s->source, "count-by", s->query->groups[i], s->is_text,
			     err));
	s->groups.cell_count = s->group.table.column_count;
	s->group.columns[s->group.table.column_count] = count;
	s->group.table.column_count++;
	s->group.table.name = "this count";
	s->counted = &s->group.table;
	return 0;
}

/* The most frequent first, then in order of what is counted by. */
static void sort_groups(struct shaper *s)
{
	size_t count = s->groups.cell_count;

	s->sort[0] = count;
	s->is_descending[0] = true;
	s->sort_count = 1;
	for (size_t i = 0; i < count && s->sort_count < SORTER_KEYS; i++)
		s->sort[s->sort_count++] = i;
}

static int bind_sort(struct shaper *s, struct error *err)
{
	const struct query *q = s->query;

	if (!q->sort_count && q->group_count)
		sort_groups(s);
	for (size_t i = 0; i < q->sort_count && i < SORTER_KEYS; i++) {
		int column = pick_find(s->counted, q->sort[i].name);

		if (column < 0)
			return pick_unknown(s->counted, "sort", q->sort[i].name, err);
		s->sort[i] = (size_t)column;
		s->is_descending[i] = q->sort[i].is_descending;
		s->sort_count++;
	}
	return 0;
}

static bool has_hidden(const struct table *t)
{
	for (size_t i = 0; i < t->column_count; i++)
		if (t->columns[i].is_hidden)
			return true;
	return false;
}

/* Without --fields, all that is not hidden, as it is. */
static int pick_visible(struct shaper *s, struct error *err)
{
	struct pick *p = &s->shown;

	p->table = (struct table){s->counted->name, p->columns, 0};
	for (size_t i = 0; i < s->counted->column_count; i++) {
		if (s->counted->columns[i].is_hidden)
			continue;
		if (p->table.column_count == PICK_MAX)
			return error_set(err, ERR_USAGE, "more than %d columns", PICK_MAX);
		p->columns[p->table.column_count] = s->counted->columns[i];
		p->from[p->table.column_count++] = i;
	}
	return 0;
}

static int bind_fields(struct shaper *s, struct error *err)
{
	const struct query *q = s->query;

	s->has_shown = q->field_count || has_hidden(s->counted);
	if (s->has_shown && !q->field_count)
		return pick_visible(s, err);
	for (size_t i = 0; i < q->field_count; i++)
		TRY(pick_add(&s->shown, s->counted, "fields", q->fields[i], s->is_text, err));
	return 0;
}

static int bind_all(struct shaper *s, const struct table *t, struct error *err)
{
	s->source = t;
	s->group.table.column_count = 0;
	s->shown.table.column_count = 0;
	s->sort_count = 0;
	TRY(bind_where(s, err));
	TRY(bind_groups(s, err));
	TRY(bind_sort(s, err));
	return bind_fields(s, err);
}

static const struct table *shown_table(const struct shaper *s)
{
	return s->has_shown ? &s->shown.table : s->counted;
}

/* --limit counts rows of the whole tape. */
static uint64_t rows_left(const struct shaper *s)
{
	return s->query->limit > s->given ? s->query->limit - s->given : 0;
}

static int start_sorter(struct shaper *s, struct error *err)
{
	sorter_free(s->sorter);
	s->sorter = NULL;
	if (!s->sort_count)
		return 0;
	s->sorter = sorter_new(s->is_descending, s->sort_count, shown_table(s)->column_count,
			       rows_left(s));
	return s->sorter ? 0 : error_nomem(err);
}

int shaper_begin(struct shaper *s, const struct table *t, const struct table **shown,
		 struct error *err)
{
	s->counts = (struct shaper_counts){0};
	row_groups_release(&s->groups);
	s->is_passing = !pick_can(t);
	if (s->is_passing) {
		*shown = t;
		return 0;
	}
	TRY(bind_all(s, t, err));
	TRY(start_sorter(s, err));
	*shown = shown_table(s);
	return 0;
}

/* ---- rows ---- */

static bool passes(struct shaper *s, const struct cell *cells, uint64_t origin_ns)
{
	const struct predicate *p = s->query->where;

	for (size_t i = 0; i < predicate_name_count(p); i++)
		s->values[i] = s->names[i] == SIZE_MAX ? cell_null() : cells[s->names[i]];
	return predicate_has(p, s->values, origin_ns);
}

bool shaper_refuses(struct shaper *s, const struct cell *cells, uint64_t origin_ns)
{
	return !s->is_passing && s->query->where && !passes(s, cells, origin_ns);
}

/* Have it wait for its turn. */
static int sort_row(struct shaper *s, const struct cell *cells, struct error *err)
{
	struct cell keys[SORTER_KEYS];
	const struct cell *shown = cells;

	for (size_t i = 0; i < s->sort_count; i++)
		keys[i] = cells[s->sort[i]];
	if (s->has_shown) {
		pick_cells(&s->shown, cells, s->cells);
		shown = s->cells;
	}
	TRY(sorter_add(s->sorter, keys, shown, err));
	return END;
}

static int count_row(struct shaper *s, const struct cell *cells, struct error *err)
{
	for (size_t i = 0; i < s->groups.cell_count; i++)
		s->cells[i] = cells[s->group.from[i]];
	return row_groups_add(&s->groups, s->cells) ? END : error_nomem(err);
}

int shaper_take(struct shaper *s, const struct cell *cells, uint64_t origin_ns,
		const struct cell **shown, struct error *err)
{
	*shown = cells;
	if (s->is_passing)
		return 0;
	s->counts.rows++;
	if (s->query->where && !passes(s, cells, origin_ns))
		return END;
	s->counts.passed++;
	if (s->query->group_count)
		return count_row(s, cells, err);
	if (s->sorter)
		return rows_left(s) || !s->query->limit ? sort_row(s, cells, err) : END;
	if (s->query->limit && !rows_left(s))
		return END;
	s->given++;
	if (s->has_shown) {
		pick_cells(&s->shown, cells, s->cells);
		*shown = s->cells;
	}
	return 0;
}

/* Give the groups to the sorter, as rows. */
static int sort_groups_now(struct shaper *s, struct error *err)
{
	struct cell cells[PICK_MAX + 1];
	uint64_t rows;
	size_t at = 0;

	while (row_groups_next(&s->groups, &at, cells, &rows, &s->arena)) {
		int rc;

		cells[s->groups.cell_count] = cell_uint(rows);
		rc = sort_row(s, cells, err);
		if (rc < 0)
			return rc;
		arena_reset(&s->arena);
	}
	if (s->arena.is_failed)
		return error_nomem(err);
	s->counts.uncounted = s->groups.rest;
	row_groups_release(&s->groups);
	return 0;
}

int shaper_next(struct shaper *s, const struct cell **shown, struct error *err)
{
	if (s->is_passing || !s->sorter || (s->query->limit && !rows_left(s)))
		return END;
	if (s->groups.count)
		TRY(sort_groups_now(s, err));
	TRY(sorter_next(s->sorter, shown, err));
	s->given++;
	return 0;
}

void shaper_discard(struct shaper *s)
{
	row_groups_release(&s->groups);
	sorter_free(s->sorter);
	s->sorter = NULL;
}

/* ---- questions ---- */

static bool has_column(const size_t *columns, size_t count, size_t column)
{
	for (size_t i = 0; i < count; i++)
		if (columns[i] == column)
			return true;
	return false;
}

static bool is_visible(const struct column *c, bool is_text)
{
	return !c->is_hidden && (is_text ? c->title != NULL : c->key != NULL);
}

bool shaper_needs(const struct shaper *s, size_t column)
{
	const struct query *q = s->query;

	if (s->is_passing)
		return true;
	if (q->where && has_column(s->names, predicate_name_count(q->where), column))
		return true;
	if (q->group_count)
		return has_column(s->group.from, s->groups.cell_count, column);
	if (has_column(s->sort, s->sort_count, column))
		return true;
	if (q->field_count)
		return has_column(s->shown.from, s->shown.table.column_count, column);
	return is_visible(&s->source->columns[column], s->is_text);
}

bool shaper_keeps(const struct shaper *s)
{
	return s->sorter && !s->is_passing;
}

bool shaper_is_full(const struct shaper *s)
{
	return s->query->limit && !rows_left(s);
}

void shaper_restart(struct shaper *s)
{
	s->given = 0;
}

struct shaper_counts shaper_counts(const struct shaper *s)
{
	return s->counts;
}
