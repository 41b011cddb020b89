/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* names.c -- event names, globs over them, and what a mistyped one meant. */
#include "record/names.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "format/bytes.h"

enum { NEAREST_MAX = 80 }; /* letters of a name worth comparing */

int name_list_add(struct name_list *l, const char *name, struct error *err)
{
	void *names = l->names;
	char *copy;

	if (l->count >= NAMES_MAX)
		return error_set(err, ERR_USAGE, "more than %d names", NAMES_MAX);
	if (!array_grow(&names, &l->cap, l->count + 1, sizeof(*l->names)))
		return error_nomem(err);
	l->names = names;
	copy = strdup(name);
	if (!copy)
		return error_nomem(err);
	l->names[l->count++] = copy;
	return OK;
}

void name_list_release(struct name_list *l)
{
	for (size_t i = 0; i < l->count; i++)
		free(l->names[i]);
	free(l->names);
	*l = (struct name_list){0};
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

void name_list_sort(struct name_list *l)
{
	size_t kept = 0;

	if (l->count == 0)
		return;
	qsort(l->names, l->count, sizeof(*l->names), compare);
	for (size_t i = 1; i < l->count; i++) {
		if (strcmp(l->names[kept], l->names[i]) == 0)
			free(l->names[i]);
		else
			l->names[++kept] = l->names[i];
	}
	l->count = kept + 1;
}

bool name_list_has(const struct name_list *sorted, const char *name)
{
	return sorted->count > 0 &&
	       bsearch(&name, sorted->names, sorted->count, sizeof(*sorted->names), compare);
}

/* The event's name when the glob or the wrong name says no group. */
static const char *comparable(const char *pattern, const char *name)
{
	const char *colon = strchr(name, ':');

	return colon && !strchr(pattern, ':') ? colon + 1 : name;
}

bool name_matches(const char *glob, const char *name)
{
	if (*glob == '!')
		glob++;
	return fnmatch(glob, comparable(glob, name), 0) == 0;
}

bool name_is_chosen(const struct name_list *globs, const char *name)
{
	bool is_chosen = false;

	for (size_t i = 0; i < globs->count; i++) {
		const char *glob = globs->names[i];

		if (*glob == '!' && name_matches(glob, name))
			return false;
		if (*glob != '!' && !is_chosen)
			is_chosen = name_matches(glob, name);
	}
	return is_chosen;
}

static unsigned min3(unsigned a, unsigned b, unsigned c)
{
	unsigned least = a < b ? a : b;

	return least < c ? least : c;
}

/* Letters to insert, delete or replace to make `b` of `a`. */
static unsigned edit_distance(const char *a, const char *b)
{
	unsigned row[NEAREST_MAX + 1];
	size_t a_len = strlen(a), b_len = strlen(b);

	if (a_len > NEAREST_MAX || b_len > NEAREST_MAX)
		return NEAREST_MAX;
	for (unsigned j = 0; j <= b_len; j++)
		row[j] = j;
	for (unsigned i = 1; i <= a_len; i++) {
		unsigned diagonal = row[0];

		row[0] = i;
		for (unsigned j = 1; j <= b_len; j++) {
			unsigned above = row[j];

			row[j] = min3(above + 1, row[j - 1] + 1, diagonal + (a[i - 1] != b[j - 1]));
			diagonal = above;
		}
	}
	return row[b_len];
}

const char *name_list_nearest(const struct name_list *l, const char *wrong)
{
	unsigned least = (unsigned)strnlen(wrong, NEAREST_MAX) / 3 + 1;
	const char *nearest = NULL;

	for (size_t i = 0; i < l->count; i++) {
		unsigned distance = edit_distance(wrong, comparable(wrong, l->names[i]));

		if (distance < least) {
			least = distance;
			nearest = l->names[i];
		}
	}
	return nearest;
}
