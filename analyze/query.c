/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* query.c -- lists of names, a number, an expression. */
#include "analyze/query.h"

#include <string.h>

#include "analyze/pick.h"
#include "analyze/literal.h"
#include "analyze/predicate.h"

/* Names between commas; those of options given twice are added. */
static int take_names(struct query *q, const char *option, const char *value, const char **names,
		      size_t *count, size_t most, struct error *err)
{
	char *word = arena_copy(&q->words, value), *comma;

	if (!word)
		return error_nomem(err);
	for (; word; word = comma ? comma + 1 : NULL) {
		comma = strchr(word, ',');
		if (comma)
			*comma = '\0';
		if (*word == '\0')
			return error_set(err, ERR_USAGE,
					 "--%s %.80s: a name is missing; columns are a,b,c", option,
					 value);
		if (*count == most)
			return error_set(err, ERR_USAGE, "--%s: more than %zu columns", option,
					 most);
		names[(*count)++] = word;
	}
	return 0;
}

int query_take_count_by(struct query *q, const char *value, struct error *err)
{
	return take_names(q, "count-by", value, q->groups, &q->group_count, QUERY_COLUMNS, err);
}

int query_take_fields(struct query *q, const char *value, struct error *err)
{
	return take_names(q, "fields", value, q->fields, &q->field_count, QUERY_COLUMNS, err);
}

/* "-duration,conn" */
int query_take_sort(struct query *q, const char *value, struct error *err)
{
	const char *names[QUERY_KEYS];
	size_t count = 0;

	TRY(take_names(q, "sort", value, names, &count, QUERY_KEYS - q->sort_count, err));
	for (size_t i = 0; i < count; i++) {
		bool is_descending = names[i][0] == '-';

		q->sort[q->sort_count++] = (struct sort_key){names[i] + is_descending,
							     is_descending};
	}
	return 0;
}

int query_take_limit(struct query *q, const char *value, struct error *err)
{
	struct literal l = literal_of(value, false);

	if (!l.has_number || l.unit != UNIT_NONE || l.number.is_negative || !l.number.size)
		return error_set(err, ERR_USAGE, "--limit %.40s: a number of rows, above 0", value);
	q->limit = l.number.size;
	return 0;
}

int query_take_where(struct query *q, const char *value, struct error *err)
{
	if (q->where)
		return error_set(err, ERR_USAGE, "--where is given twice; join them with &&");
	return predicate_parse(value, &q->where, err);
}

struct checked {
	const struct table *const *tables;
	size_t count;
};

static int check_name(const struct checked *c, const char *option, const char *name,
		      struct error *err)
{
	for (size_t i = 0; i < c->count && c->tables[i]; i++)
		if (pick_has(c->tables[i], name))
			return 0;
	return pick_unknown(c->tables[0], option, name, err);
}

static int check_where(const struct checked *c, const struct predicate *p, struct error *err)
{
	for (size_t i = 0; p && i < predicate_name_count(p); i++)
		if (!predicate_may_lack(p, i))
			TRY(check_name(c, "where", predicate_name(p, i), err));
	return 0;
}

int query_check(const struct query *q, const struct table *const *tables, size_t count,
		struct error *err)
{
	struct checked c = {tables, count};

	if (!count || !tables[0])
		return 0;
	TRY(check_where(&c, q->where, err));
	for (size_t i = 0; i < q->group_count; i++)
		TRY(check_name(&c, "count-by", q->groups[i], err));
	if (q->group_count)
		return 0;
	for (size_t i = 0; i < q->sort_count; i++)
		TRY(check_name(&c, "sort", q->sort[i].name, err));
	for (size_t i = 0; i < q->field_count; i++)
		TRY(check_name(&c, "fields", q->fields[i], err));
	return 0;
}

void query_release(struct query *q)
{
	predicate_free(q->where);
	arena_release(&q->words);
	*q = (struct query){0};
}
