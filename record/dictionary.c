/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* dictionary.c -- the attributes of each dictionary, and their schemas. */
#include "record/dictionary.h"

static const struct dictionary_attribute task[] = {
	{.name = "pid", .type = "u32", .kind = FIELD_INT, .size = 4},
	{.name = "tid", .type = "u32", .kind = FIELD_INT, .size = 4},
	{.name = "comm", .type = "char[16]", .kind = FIELD_BYTES, .role = ROLE_TEXT, .size = 16},
	{0},
};

static const struct dictionary_attribute sock[] = {
	{.name = "stream", .type = "u32", .kind = FIELD_INT, .size = 4, .is_stream = 1},
	{.name = "skaddr",
	 .type = "const void *",
	 .kind = FIELD_INT,
	 .role = ROLE_POINTER,
	 .size = 8},
	{.name = "cookie", .type = "u64", .kind = FIELD_INT, .size = 8},
	{.name = "netns", .type = "u32", .kind = FIELD_INT, .size = 4},
	{.name = "protocol", .type = "u16", .kind = FIELD_INT, .size = 2, .is_protocol = 1},
	{.name = "family", .type = "u16", .kind = FIELD_INT, .size = 2, .is_family = 1},
	{.name = "sport", .type = "u16", .kind = FIELD_INT, .size = 2, .is_from = 1},
	{.name = "dport", .type = "u16", .kind = FIELD_INT, .size = 2, .is_to = 1},
	{.name = "saddr", .type = "u8[4]", .kind = FIELD_BYTES, .role = ROLE_IPV4, .size = 4},
	{.name = "daddr", .type = "u8[4]", .kind = FIELD_BYTES, .role = ROLE_IPV4, .size = 4},
	{.name = "saddr_v6", .type = "u8[16]", .kind = FIELD_BYTES, .role = ROLE_IPV6, .size = 16},
	{.name = "daddr_v6", .type = "u8[16]", .kind = FIELD_BYTES, .role = ROLE_IPV6, .size = 16},
	{0},
};

static const struct dictionary_attribute tuple[] = {
	{.name = "family", .type = "u16", .kind = FIELD_INT, .size = 2, .is_family = 1},
	{.name = "sport", .type = "u16", .kind = FIELD_INT, .size = 2},
	{.name = "dport", .type = "u16", .kind = FIELD_INT, .size = 2},
	{.name = "saddr", .type = "u8[4]", .kind = FIELD_BYTES, .role = ROLE_IPV4, .size = 4},
	{.name = "daddr", .type = "u8[4]", .kind = FIELD_BYTES, .role = ROLE_IPV4, .size = 4},
	{.name = "saddr_v6", .type = "u8[16]", .kind = FIELD_BYTES, .role = ROLE_IPV6, .size = 16},
	{.name = "daddr_v6", .type = "u8[16]", .kind = FIELD_BYTES, .role = ROLE_IPV6, .size = 16},
	{0},
};

static const struct dictionary_attribute endpoints[] = {
	{.name = "saddr", .type = "u8[28]", .kind = FIELD_BYTES, .role = ROLE_SOCKADDR, .size = 28},
	{.name = "daddr", .type = "u8[28]", .kind = FIELD_BYTES, .role = ROLE_SOCKADDR, .size = 28},
	{0},
};

static const struct dictionary_attribute flow[] = {
	{.name = "stream", .type = "u32", .kind = FIELD_INT, .size = 4, .is_stream = 1},
	{.name = "proto", .type = "u16", .kind = FIELD_INT, .size = 2, .is_protocol = 1},
	{.name = "family", .type = "u16", .kind = FIELD_INT, .size = 2, .is_family = 1},
	{.name = "sport", .type = "u16", .kind = FIELD_INT, .size = 2, .is_from = 1},
	{.name = "dport", .type = "u16", .kind = FIELD_INT, .size = 2, .is_to = 1},
	{.name = "saddr", .type = "u8[16]", .kind = FIELD_BYTES, .role = ROLE_ADDR, .size = 16},
	{.name = "daddr", .type = "u8[16]", .kind = FIELD_BYTES, .role = ROLE_ADDR, .size = 16},
	{0},
};

static const struct dictionary_attribute symbol[] = {
	{.name = "address", .type = "void *", .kind = FIELD_INT, .role = ROLE_POINTER, .size = 8},
	{.name = "name", .type = "string", .kind = FIELD_STRING, .role = ROLE_TEXT},
	{0},
};

static const struct dictionary_attribute device[] = {
	{.name = "name", .type = "string", .kind = FIELD_STRING, .role = ROLE_TEXT},
	{0},
};

static const struct dictionary_attribute stack[] = {
	{.name = "frames", .type = "string", .kind = FIELD_STRING, .role = ROLE_TEXT},
	{0},
};

static const struct {
	const char *name;
	const struct dictionary_attribute *attributes;
} dictionaries[DICT_COUNT] = {
	[DICT_TASK] = {"task", task},       [DICT_SOCK] = {"sock", sock},
	[DICT_TUPLE] = {"tuple", tuple},    [DICT_ENDPOINTS] = {"endpoints", endpoints},
	[DICT_FLOW] = {"flow", flow},       [DICT_SYMBOL] = {"symbol", symbol},
	[DICT_DEVICE] = {"device", device}, [DICT_STACK] = {"stack", stack},
};

const struct dictionary_attribute *dictionary_attributes(enum dictionary d)
{
	return dictionaries[d].attributes;
}

size_t dictionary_offset(enum dictionary d, unsigned index)
{
	size_t offset = 0;

	for (unsigned i = 0; i < index; i++)
		offset += dictionaries[d].attributes[i].size;
	return offset;
}

static int add_attribute(struct schema *s, const struct dictionary_attribute *a,
			 struct legend *legend, struct error *err)
{
	struct field f = {.name = (char *)a->name,
			  .type = (char *)a->type,
			  .kind = a->kind,
			  .role = a->role,
			  .elem_size = 1,
			  .count = a->size};
	int rc = 0;

	if (a->kind == FIELD_INT) {
		f.elem_size = a->size;
		f.count = 1;
	}
	if (a->is_stream)
		f.flags |= FIELD_ID;
	if (a->is_from || a->is_to)
		f.key_ref = 1; /* by the stream, attribute 0 */
	if (a->is_to)
		f.flags |= FIELD_FLIP;
	if (a->is_family)
		rc = legend_family(legend, &f.enum_id, err);
	else if (a->is_protocol)
		rc = legend_protocol(legend, &f.enum_id, err);
	if (rc)
		return rc;
	rc = schema_add_field(s, &f, err);
	return rc < 0 ? rc : 0;
}

static int register_one(struct writer *w, enum dictionary d, struct legend *legend, uint32_t *id,
			struct error *err)
{
	const struct dictionary_attribute *a = dictionaries[d].attributes;
	struct schema *s = schema_new(SCHEMA_DICT, "", dictionaries[d].name, "");
	int rc = 0;

	if (!s)
		return error_nomem(err);
	for (; a->name && !rc; a++)
		rc = add_attribute(s, a, legend, err);
	if (!rc)
		rc = writer_schema(w, s, id, err);
	if (rc)
		schema_free(s);
	return rc;
}

int dictionary_register(struct writer *w, struct legend *legend, bool has_stacks,
			uint32_t ids[DICT_COUNT], struct error *err)
{
	ids[DICT_STACK] = 0;
	for (int d = 0; d < (has_stacks ? DICT_COUNT : DICT_STACK); d++)
		TRY(register_one(w, d, legend, &ids[d], err));
	return 0;
}
