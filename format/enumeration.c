/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* enumeration.c -- sorted value/name lists and their encoding. */
#include "format/enumeration.h"

#include <stdlib.h>
#include <string.h>

static char *copy_name(const char *p, size_t len)
{
	char *name = malloc(len + 1);

	if (!name)
		return NULL;
	if (len)
		memcpy(name, p, len);
	name[len] = '\0';
	return name;
}

struct enumeration *enumeration_new(const char *name)
{
	struct enumeration *e = calloc(1, sizeof(*e));

	if (!e)
		return NULL;
	e->name = copy_name(name, strlen(name));
	if (!e->name) {
		free(e);
		return NULL;
	}
	return e;
}

void enumeration_free(struct enumeration *e)
{
	if (!e)
		return;
	for (size_t i = 0; i < e->count; i++)
		free(e->values[i].name);
	free(e->values);
	free(e->name);
	free(e);
}

/* Position of the first value >= `value`. */
static size_t lower_bound(const struct enumeration *e, uint64_t value)
{
	size_t lo = 0, hi = e->count;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (e->values[mid].value < value)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

int enumeration_add(struct enumeration *e, uint64_t value, const char *name, struct error *err)
{
	size_t at = lower_bound(e, value);
	void *values = e->values;
	char *copy;

	if (at < e->count && e->values[at].value == value)
		return 0;
	if (strlen(name) > ENUM_MAX_NAME)
		return error_set(err, ERR_CORRUPT, "enumeration %s: a name of more than %d bytes",
				 e->name, ENUM_MAX_NAME);
	if (e->count >= ENUM_MAX_VALUES)
		return error_set(err, ERR_CORRUPT, "enumeration %s: more than %d values", e->name,
				 ENUM_MAX_VALUES);
	copy = copy_name(name, strlen(name));
	if (!copy || !array_grow(&values, &e->cap, e->count + 1, sizeof(*e->values))) {
		free(copy);
		return error_nomem(err);
	}
	e->values = values;
	memmove(e->values + at + 1, e->values + at, (e->count - at) * sizeof(*e->values));
	e->values[at] = (struct enum_value){.value = value, .name = copy};
	e->count++;
	return 0;
}

const char *enumeration_name(const struct enumeration *e, uint64_t value)
{
	size_t at = lower_bound(e, value);

	return at < e->count && e->values[at].value == value ? e->values[at].name : NULL;
}

void enumeration_encode(const struct enumeration *e, struct buf *out)
{
	put_varint(out, e->id);
	put_string(out, e->name, strlen(e->name));
	put_varint(out, e->count);
	for (size_t i = 0; i < e->count; i++) {
		put_varint(out, e->values[i].value);
		put_string(out, e->values[i].name, strlen(e->values[i].name));
	}
}

/* A name of at most ENUM_MAX_NAME bytes without NUL, copied into `name`. */
static bool take_name(struct view *in, char name[ENUM_MAX_NAME + 1])
{
	struct view text;
	size_t len;

	if (!take_string(in, &text))
		return false;
	len = view_len(text);
	if (len > ENUM_MAX_NAME || memchr(text.p, '\0', len))
		return false;
	memcpy(name, text.p, len);
	name[len] = '\0';
	return true;
}

static int take_values(struct view *in, struct enumeration *e, struct error *err)
{
	char name[ENUM_MAX_NAME + 1];
	uint64_t count, value;

	if (!take_varint(in, &count) || count > ENUM_MAX_VALUES)
		return error_set(err, ERR_CORRUPT, "enumeration %s: bad count", e->name);
	for (uint64_t i = 0; i < count; i++) {
		if (!take_varint(in, &value) || !take_name(in, name))
			return error_set(err, ERR_CORRUPT, "enumeration %s is cut short", e->name);
		if (i > 0 && value <= e->values[e->count - 1].value)
			return error_set(err, ERR_CORRUPT, "enumeration %s does not ascend",
					 e->name);
		TRY(enumeration_add(e, value, name, err));
	}
	return 0;
}

int enumeration_decode(struct view *in, struct enumeration **out, struct error *err)
{
	char name[ENUM_MAX_NAME + 1];
	struct enumeration *e;
	uint64_t id;
	int rc;

	if (!take_varint(in, &id) || id == 0 || id > ENUM_MAX || !take_name(in, name))
		return error_set(err, ERR_CORRUPT,
				 "an enumeration is cut short or beyond its limits");
	e = enumeration_new(name);
	if (!e)
		return error_nomem(err);
	e->id = (uint16_t)id;
	rc = take_values(in, e, err);
	if (rc) {
		enumeration_free(e);
		return rc;
	}
	*out = e;
	return 0;
}
