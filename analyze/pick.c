/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* pick.c -- names to columns. */
#include "analyze/pick.h"

#include <stdio.h>
#include <string.h>

#include "analyze/nearest.h"

static const char *const unit_endings[] = {"_ns", "_us", "_bytes"};

/* Length of the key without its unit. */
static size_t bare_length(const char *key)
{
	size_t len = strlen(key);

	for (size_t i = 0; i < sizeof(unit_endings) / sizeof(unit_endings[0]); i++) {
		size_t end = strlen(unit_endings[i]);

		if (len > end && strcmp(key + len - end, unit_endings[i]) == 0)
			return len - end;
	}
	return len;
}

static int find_key(const struct table *t, const char *name, size_t len)
{
	for (size_t i = 0; i < t->column_count; i++) {
		const char *key = t->columns[i].key;

		if (key && strlen(key) == len && memcmp(key, name, len) == 0)
			return (int)i;
	}
	return -1;
}

/* "tx" is tx_bytes. */
static int find_bare(const struct table *t, const char *name)
{
	size_t len = strlen(name);

	for (size_t i = 0; i < t->column_count; i++) {
		const char *key = t->columns[i].key;

		if (key && bare_length(key) == len && memcmp(key, name, len) == 0)
			return (int)i;
	}
	return -1;
}

static int find_title(const struct table *t, const char *name)
{
	for (size_t i = 0; i < t->column_count; i++)
		if (t->columns[i].title && *name && strcmp(t->columns[i].title, name) == 0)
			return (int)i;
	return -1;
}

int pick_find(const struct table *t, const char *name)
{
	int i = find_key(t, name, strlen(name));

	if (i < 0)
		i = find_title(t, name);
	if (i >= 0 && !t->columns[i].key)
		i = t->columns[i].made_of ? find_key(t, t->columns[i].made_of,
						     strcspn(t->columns[i].made_of, ","))
					  : -1;
	return i >= 0 ? i : find_bare(t, name);
}

bool pick_has(const struct table *t, const char *name)
{
	return pick_find(t, name) >= 0 || find_title(t, name) >= 0;
}

/* With its unit and without. */
static void offer_key(struct nearest *n, const char *key)
{
	char bare[64];

	snprintf(bare, sizeof(bare), "%.*s", (int)bare_length(key), key);
	nearest_offer(n, bare);
	if (n->best == bare)
		n->best = key;
	nearest_offer(n, key);
}

int pick_unknown(const struct table *t, const char *option, const char *name, struct error *err)
{
	struct nearest n = nearest_to(name);

	for (size_t i = 0; i < t->column_count; i++)
		if (t->columns[i].key)
			offer_key(&n, t->columns[i].key);
	for (size_t i = 0; i < t->column_count; i++)
		if (t->columns[i].title && t->columns[i].title[0])
			nearest_offer(&n, t->columns[i].title);
	return error_set(err, ERR_USAGE, "--%s: %s has no column %.60s%s%.60s%s", option, t->name,
			 name, n.best ? "; did you mean " : "", n.best ? n.best : "",
			 n.best ? "?" : "");
}

bool pick_can(const struct table *t)
{
	for (size_t i = 0; i < t->column_count; i++)
		if (t->columns[i].key)
			return true;
	return false;
}

/* ---- pick ---- */

static bool has_column(const struct pick *p, size_t i)
{
	for (size_t at = 0; at < p->table.column_count; at++)
		if (p->from[at] == i)
			return true;
	return false;
}

/* A key stands once in a JSON object, whatever was asked for. */
static int add_column(struct pick *p, const struct table *t, size_t i, const char *option,
		      struct error *err)
{
	struct column *c = &p->columns[p->table.column_count];

	if (has_column(p, i))
		return 0;
	if (p->table.column_count == PICK_MAX)
		return error_set(err, ERR_USAGE, "--%s: more than %d columns", option, PICK_MAX);
	*c = t->columns[i];
	c->is_hidden = false;
	if (!c->title || !c->title[0]) {
		c->title = c->key ? c->key : "";
		c->align = ALIGN_BY_VALUE;
	}
	p->from[p->table.column_count++] = i;
	p->table.columns = p->columns;
	p->table.name = t->name;
	return 0;
}

/* The keys that a column of text is made of. */
static int add_parts(struct pick *p, const struct table *t, const char *parts, const char *option,
		     struct error *err)
{
	while (*parts) {
		size_t len = strcspn(parts, ",");
		int i = find_key(t, parts, len);

		if (i >= 0)
			TRY(add_column(p, t, (size_t)i, option, err));
		parts += len + (parts[len] == ',');
	}
	return 0;
}

int pick_add(struct pick *p, const struct table *t, const char *option, const char *name,
	     bool is_text, struct error *err)
{
	int i = find_key(t, name, strlen(name)), title = i < 0 ? find_title(t, name) : -1;

	if (title >= 0 && (is_text || t->columns[title].key))
		i = title;
	else if (title >= 0 && t->columns[title].made_of)
		return add_parts(p, t, t->columns[title].made_of, option, err);
	if (i < 0)
		i = find_bare(t, name);
	return i < 0 ? pick_unknown(t, option, name, err)
		     : add_column(p, t, (size_t)i, option, err);
}

void pick_cells(const struct pick *p, const struct cell *cells, struct cell *out)
{
	for (size_t i = 0; i < p->table.column_count; i++)
		out[i] = cells[p->from[i]];
}
