/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* btf_enums.c -- remembers which of the kernel's types are enums, and searches those. */
#include "record/btf_enums.h"

#include <bpf/btf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "format/bytes.h"

enum { TRACEPOINT_NAME_MAX = 128 };

struct btf_enums {
	struct btf *btf;
	uint32_t *ids; /* types that are enums; owned */
	size_t count;
	size_t cap;
	char trouble[160]; /* "" = none */
};

/* One enumerator. */
struct enumerator {
	const char *name; /* lent by the BTF */
	int64_t value;
};

static int collect(struct btf_enums *b, struct error *err)
{
	uint32_t type_count = btf__type_cnt(b->btf);

	for (uint32_t id = 1; id < type_count; id++) {
		void *ids = b->ids;

		if (!btf_is_any_enum(btf__type_by_id(b->btf, id)))
			continue;
		if (!array_grow(&ids, &b->cap, b->count + 1, sizeof(*b->ids)))
			return error_nomem(err);
		b->ids = ids;
		b->ids[b->count++] = id;
	}
	return OK;
}

/* Without types there are still the format files. */
static struct btf *load(struct btf_enums *b)
{
	struct btf *btf = btf__load_vmlinux_btf();

	if (btf)
		return btf;
	snprintf(b->trouble, sizeof(b->trouble),
		 "cannot read the kernel's types (BTF) from /sys/kernel/btf/vmlinux: %s",
		 strerror(errno));
	return btf__new_empty();
}

int btf_enums_open(struct btf_enums **out, struct error *err)
{
	struct btf_enums *b = calloc(1, sizeof(*b));
	int rc;

	if (!b)
		return error_nomem(err);
	errno = 0;
	b->btf = load(b);
	rc = b->btf ? collect(b, err) : error_nomem(err);
	if (rc == OK)
		*out = b;
	else
		btf_enums_close(b);
	return rc;
}

const char *btf_enums_trouble(const struct btf_enums *b)
{
	return b->trouble[0] ? b->trouble : NULL;
}

void btf_enums_close(struct btf_enums *b)
{
	if (!b)
		return;
	btf__free(b->btf);
	free(b->ids);
	free(b);
}

const struct btf *btf_enums_btf(const struct btf_enums *b)
{
	return b->btf;
}

static struct enumerator enumerator_at(const struct btf *btf, const struct btf_type *type,
				       unsigned i)
{
	struct enumerator e;

	if (btf_is_enum64(type)) {
		const struct btf_enum64 *e64 = btf_enum64(type) + i;

		e.name = btf__name_by_offset(btf, e64->name_off);
		e.value = (int64_t)btf_enum64_value(e64);
	} else {
		const struct btf_enum *e32 = btf_enum(type) + i;

		e.name = btf__name_by_offset(btf, e32->name_off);
		e.value = btf_kflag(type) ? e32->val : (int64_t)(uint32_t)e32->val;
	}
	if (!e.name)
		e.name = "";
	return e;
}

static bool find_in(const struct btf *btf, const struct btf_type *type, const char *name,
		    int64_t *value)
{
	for (unsigned i = 0; i < btf_vlen(type); i++) {
		struct enumerator e = enumerator_at(btf, type, i);

		if (strcmp(e.name, name) == 0) {
			*value = e.value;
			return true;
		}
	}
	return false;
}

/* The enum that has the enumerator, or NULL. */
static const struct btf_type *find_owner(const struct btf_enums *b, const char *enumerator,
					 int64_t *value)
{
	for (size_t i = 0; i < b->count; i++) {
		const struct btf_type *type = btf__type_by_id(b->btf, b->ids[i]);

		if (find_in(b->btf, type, enumerator, value))
			return type;
	}
	return NULL;
}

bool btf_enums_value(const struct btf_enums *b, const char *enumerator, int64_t *out)
{
	return find_owner(b, enumerator, out) != NULL;
}

static const char *stripped(const char *name, const char *strip)
{
	size_t len = strip ? strlen(strip) : 0;

	return len > 0 && strncmp(name, strip, len) == 0 && name[len] ? name + len : name;
}

static int list(const struct btf *btf, const struct btf_type *type, const char *name,
		const char *strip, struct enumeration **out, struct error *err)
{
	struct enumeration *e = enumeration_new(name);
	int rc = OK;

	if (!e)
		return error_nomem(err);
	for (unsigned i = 0; rc == OK && i < btf_vlen(type); i++) {
		struct enumerator one = enumerator_at(btf, type, i);

		rc = enumeration_add(e, (uint64_t)one.value, stripped(one.name, strip), err);
	}
	if (rc == OK)
		*out = e;
	else
		enumeration_free(e);
	return rc;
}

int btf_enums_list(const struct btf_enums *b, const char *enum_name, const char *strip,
		   struct enumeration **out, struct error *err)
{
	for (size_t i = 0; i < b->count; i++) {
		const struct btf_type *type = btf__type_by_id(b->btf, b->ids[i]);
		const char *name = btf__name_by_offset(b->btf, type->name_off);

		/* A forward declaration is an enum without enumerators. */
		if (name && strcmp(name, enum_name) == 0 && btf_vlen(type) > 0)
			return list(b->btf, type, enum_name, strip, out, err);
	}
	return END;
}

int btf_enums_list_around(const struct btf_enums *b, const char *enumerator, const char *name,
			  const char *strip, struct enumeration **out, struct error *err)
{
	int64_t value;
	const struct btf_type *type = find_owner(b, enumerator, &value);

	return type ? list(b->btf, type, name, strip, out, err) : END;
}

/* Type of `typedef void (*btf_trace_NAME)(void *, ...)`, or NULL. */
static const struct btf_type *find_tracepoint(const struct btf_enums *b, const char *name)
{
	char full[TRACEPOINT_NAME_MAX];
	int32_t id;

	if ((size_t)snprintf(full, sizeof(full), "btf_trace_%s", name) >= sizeof(full))
		return NULL;
	id = btf__find_by_name_kind(b->btf, full, BTF_KIND_TYPEDEF);
	return id > 0 ? btf__type_by_id(b->btf, (uint32_t)id) : NULL;
}

bool btf_enums_has_tracepoint(const struct btf_enums *b, const char *name)
{
	return find_tracepoint(b, name) != NULL;
}

int btf_enums_tracepoint_args(const struct btf_enums *b, const char *name)
{
	const struct btf_type *type = find_tracepoint(b, name);

	if (type)
		type = btf__type_by_id(b->btf, type->type);
	if (!type || !btf_is_ptr(type))
		return -1;
	type = btf__type_by_id(b->btf, type->type);
	if (!type || !btf_is_func_proto(type) || btf_vlen(type) == 0)
		return -1;
	return btf_vlen(type) - 1; /* without the `void *` of the caller's data */
}

bool btf_enums_has_function(const struct btf_enums *b, const char *name)
{
	return btf__find_by_name_kind(b->btf, name, BTF_KIND_FUNC) > 0;
}

bool btf_enums_has_struct(const struct btf_enums *b, const char *name)
{
	return btf__find_by_name_kind(b->btf, name, BTF_KIND_STRUCT) > 0;
}
