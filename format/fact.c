/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* fact.c -- two strings each. */
#include "format/fact.h"

#include <stdlib.h>
#include <string.h>

static char *copy_view(struct view v)
{
	size_t len = view_len(v);
	char *text = malloc(len + 1);

	if (!text)
		return NULL;
	if (len)
		memcpy(text, v.p, len);
	text[len] = '\0';
	return text;
}

int fact_list_add(struct fact_list *l, struct view key, struct view value, struct error *err)
{
	struct fact fact = {0};
	void *facts = l->facts;

	if (l->count >= FACTS_MAX)
		return error_set(err, ERR_CORRUPT, "more than %d facts", FACTS_MAX);
	if (!array_grow(&facts, &l->cap, l->count + 1, sizeof(*l->facts)))
		return error_nomem(err);
	l->facts = facts;
	fact.key = copy_view(key);
	fact.value = copy_view(value);
	if (!fact.key || !fact.value) {
		free(fact.key);
		free(fact.value);
		return error_nomem(err);
	}
	l->facts[l->count++] = fact;
	return 0;
}

void fact_list_release(struct fact_list *l)
{
	for (size_t i = 0; i < l->count; i++) {
		free(l->facts[i].key);
		free(l->facts[i].value);
	}
	free(l->facts);
	*l = (struct fact_list){0};
}

const char *fact_list_find(const struct fact_list *l, const char *key)
{
	for (size_t i = 0; i < l->count; i++)
		if (strcmp(l->facts[i].key, key) == 0)
			return l->facts[i].value;
	return NULL;
}

void fact_encode(const char *key, const char *value, struct buf *out)
{
	put_string(out, key, strlen(key));
	put_string(out, value, strlen(value));
}

int facts_decode(struct view *in, struct fact_list *l, struct error *err)
{
	struct view key, value;

	while (view_len(*in) > 0) {
		if (!take_string(in, &key) || !take_string(in, &value))
			return error_set(err, ERR_CORRUPT, "a fact is cut short");
		if (view_len(key) > FACT_MAX_KEY || view_len(value) > FACT_MAX_VALUE)
			return error_set(err, ERR_CORRUPT, "a fact is longer than %d bytes",
					 FACT_MAX_VALUE);
		TRY(fact_list_add(l, key, value, err));
	}
	return 0;
}
