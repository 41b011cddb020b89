/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* legend.c -- enumerations of a tape, each written once. */
#include "record/legend.h"

#include <stdlib.h>
#include <string.h>

struct legend {
	struct writer *writer;
	const struct btf_enums *btf;
	const struct enumeration **known; /* [id - 1]; the writer's */
	size_t count, cap;
};

struct number_name {
	uint64_t value;
	const char *name;
};

int legend_new(struct writer *w, const struct btf_enums *btf, struct legend **out,
	       struct error *err)
{
	struct legend *l = calloc(1, sizeof(*l));

	if (!l)
		return error_nomem(err);
	l->writer = w;
	l->btf = btf;
	*out = l;
	return 0;
}

void legend_free(struct legend *l)
{
	if (!l)
		return;
	free(l->known);
	free(l);
}

static bool is_same(const struct enumeration *a, const struct enumeration *b)
{
	if (a->count != b->count || strcmp(a->name, b->name) != 0)
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (a->values[i].value != b->values[i].value ||
		    strcmp(a->values[i].name, b->values[i].name) != 0)
			return false;
	return true;
}

/* Takes *e in any case. */
static int add(struct legend *l, struct enumeration *e, uint16_t *id, struct error *err)
{
	void *known = l->known;
	int rc;

	*id = 0;
	for (size_t i = 0; i < l->count; i++)
		if (is_same(l->known[i], e))
			*id = (uint16_t)(i + 1);
	if (*id || e->count == 0 || l->count == ENUM_MAX) {
		enumeration_free(e);
		return 0;
	}
	if (!array_grow(&known, &l->cap, l->count + 1, sizeof(*l->known))) {
		enumeration_free(e);
		return error_nomem(err);
	}
	l->known = known;
	rc = writer_enumeration(l->writer, e, id, err);
	if (rc) {
		enumeration_free(e);
		return rc;
	}
	l->known[l->count++] = e;
	return 0;
}

static int add_table(struct legend *l, const char *name, const struct number_name *table,
		     size_t count, uint16_t *id, struct error *err)
{
	struct enumeration *e = enumeration_new(name);
	int rc = 0;

	if (!e)
		return error_nomem(err);
	for (size_t i = 0; i < count && !rc; i++)
		rc = enumeration_add(e, table[i].value, table[i].name, err);
	if (rc) {
		enumeration_free(e);
		return rc;
	}
	return add(l, e, id, err);
}

/* "enum sk_rst_reason" is called sk_rst_reason, others after the field. */
static const char *enumeration_title(const struct tracefmt_field *f)
{
	return strncmp(f->type, "enum ", 5) == 0 ? f->type + 5 : f->name;
}

static bool symbol_value(const struct legend *l, const struct tracefmt_symbol *s, int64_t *out)
{
	if (s->is_number) {
		*out = s->value;
		return true;
	}
	return l->btf && btf_enums_value(l->btf, s->value_text, out);
}

/* Values are compared as they are stored: 64 bits if signed, the field's width if not. */
static uint64_t as_stored(const struct tracefmt_field *f, int64_t value)
{
	if (f->is_signed || f->elem_size >= 8)
		return (uint64_t)value;
	return (uint64_t)value & ((UINT64_C(1) << 8 * f->elem_size) - 1);
}

int legend_field(struct legend *l, const struct tracefmt_field *f, uint16_t *id, struct error *err)
{
	struct enumeration *e;
	int64_t value;
	int rc = 0;

	*id = 0;
	if (f->symbol_count == 0 || f->count != 1)
		return 0;
	e = enumeration_new(enumeration_title(f));
	if (!e)
		return error_nomem(err);
	for (size_t i = 0; i < f->symbol_count && !rc; i++)
		if (symbol_value(l, &f->symbols[i], &value))
			rc = enumeration_add(e, as_stored(f, value), f->symbols[i].name, err);
	if (rc == ERR_NOMEM) {
		enumeration_free(e);
		return rc;
	}
	return add(l, e, id, err);
}

int legend_kernel(struct legend *l, const char *name, uint16_t *id, struct error *err)
{
	struct enumeration *e = NULL;
	int rc;

	*id = 0;
	if (!l->btf)
		return 0;
	rc = btf_enums_list(l->btf, name, NULL, &e, err);
	if (rc == END)
		return 0;
	return rc ? rc : add(l, e, id, err);
}

int legend_family(struct legend *l, uint16_t *id, struct error *err)
{
	static const struct number_name names[] = {{2, "AF_INET"}, {10, "AF_INET6"}};

	return add_table(l, "family", names, sizeof(names) / sizeof(names[0]), id, err);
}

int legend_protocol(struct legend *l, uint16_t *id, struct error *err)
{
	static const struct number_name names[] = {
		{1, "IPPROTO_ICMP"},    {6, "IPPROTO_TCP"},     {17, "IPPROTO_UDP"},
		{33, "IPPROTO_DCCP"},   {58, "IPPROTO_ICMPV6"}, {132, "IPPROTO_SCTP"},
		{262, "IPPROTO_MPTCP"},
	};

	return add_table(l, "protocol", names, sizeof(names) / sizeof(names[0]), id, err);
}

int legend_tcp_state(struct legend *l, uint16_t *id, struct error *err)
{
	static const struct number_name names[] = {
		{1, "TCP_ESTABLISHED"}, {2, "TCP_SYN_SENT"},   {3, "TCP_SYN_RECV"},
		{4, "TCP_FIN_WAIT1"},   {5, "TCP_FIN_WAIT2"},  {6, "TCP_TIME_WAIT"},
		{7, "TCP_CLOSE"},       {8, "TCP_CLOSE_WAIT"}, {9, "TCP_LAST_ACK"},
		{10, "TCP_LISTEN"},     {11, "TCP_CLOSING"},   {12, "TCP_NEW_SYN_RECV"},
	};

	return add_table(l, "state", names, sizeof(names) / sizeof(names[0]), id, err);
}

int legend_tcp_flags(struct legend *l, uint16_t *id, struct error *err)
{
	static const struct number_name names[] = {
		{1, "FIN"},  {2, "SYN"},  {4, "RST"},  {8, "PSH"},
		{16, "ACK"}, {32, "URG"}, {64, "ECE"}, {128, "CWR"},
	};

	return add_table(l, "tcp_flags", names, sizeof(names) / sizeof(names[0]), id, err);
}
