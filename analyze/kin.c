/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* kin.c -- a first look at every entry that rows refer to, and what follows from it. */
#include "analyze/kin.h"

#include <stdlib.h>
#include <string.h>

#include "analyze/binding.h"
#include "analyze/sock_facts.h"
#include "analyze/spans.h"
#include "format/dict.h"

/* Beyond so many sockets most blocks refer to one of them. */
enum { SOCKETS_MAX = 1 << 18 };
#define TAKEN UINT64_MAX

struct kin {
	struct selection selection; /* ports and addresses only */
	struct keys cookies;        /* of sockets that fit at some time */
	struct keys skaddrs;        /* of those without a cookie */
	uint8_t ports[65536 / 8];   /* local ones of their connections */
};

/* The first look. */
struct look {
	struct kin *kin;
	const struct spans *spans;
	struct kin_reader reader;
	struct keys
		halves; /* kernel address -> cookie of a socket that has no ports yet, or TAKEN */
	struct binding binding;
	bool is_in_section;
	bool is_possible;
	bool is_starved;
};

void kin_free(struct kin *k)
{
	if (!k)
		return;
	keys_release(&k->cookies);
	keys_release(&k->skaddrs);
	free(k);
}

void kin_release(struct kin_reader *r)
{
	keys_release(&r->seen);
}

void kin_begin_section(struct kin_reader *r)
{
	r->schema = NULL;
	keys_clear(&r->seen);
}

/* ---- what an entry says ---- */

static const int16_t *attributes(struct kin_reader *r, const struct schema *dict)
{
	_Static_assert(SOCK_ATTRIBUTE_COUNT <= sizeof(r->index) / sizeof(r->index[0]), "index");
	if (r->schema != dict)
		binding_sock_names(dict, r->index);
	r->schema = dict;
	return r->index;
}

/* An address of any of the sizes in use; a socket address has its port with it. */
static bool read_end(const struct dict_set *dicts, uint32_t dict, uint32_t id, int16_t attribute,
		     struct endpoint *out)
{
	struct view v;

	if (attribute < 0 || !dict_set_attribute(dicts, dict, id, attribute, &v))
		return false;
	if (view_len(v) == 4)
		address_set_ipv4(out->addr, v.p);
	else if (view_len(v) == 16)
		memcpy(out->addr, v.p, 16);
	else
		return endpoint_from_sockaddr(v.p, view_len(v), out);
	return true;
}

static void read_port(const struct dict_set *dicts, uint32_t dict, uint32_t id, int16_t attribute,
		      uint16_t *out)
{
	uint64_t v;

	if (attribute >= 0 && dict_set_int(dicts, dict, id, attribute, &v))
		*out = (uint16_t)v;
}

/* Of a dictionary that is not that of sockets. */
static void read_tuple(const int16_t *index, const struct dict_set *dicts, uint32_t dict,
		       uint32_t id, struct tuple *out)
{
	*out = (struct tuple){0};
	if (!read_end(dicts, dict, id, index[SOCK_SADDR_V6], &out->local))
		read_end(dicts, dict, id, index[SOCK_SADDR], &out->local);
	if (!read_end(dicts, dict, id, index[SOCK_DADDR_V6], &out->remote))
		read_end(dicts, dict, id, index[SOCK_DADDR], &out->remote);
	read_port(dicts, dict, id, index[SOCK_SPORT], &out->local.port);
	read_port(dicts, dict, id, index[SOCK_DPORT], &out->remote.port);
}

static bool fits(const struct kin *k, const struct tuple *t)
{
	const struct selection_subject subject = {
		.lport = t->local.port,
		.rport = t->remote.port,
		.laddr = t->local.addr,
		.raddr = t->remote.addr,
	};

	return selection_has(&k->selection, &subject);
}

static bool is_listening(const struct tuple *t)
{
	return t->local.port && !t->remote.port;
}

/* ---- reading ---- */

static bool is_of_kin(const struct kin *k, const struct sock_facts *f)
{
	return keys_find(&k->cookies, f->cookie, NULL) ||
	       (!f->cookie && keys_find(&k->skaddrs, f->skaddr, NULL)) || fits(k, &f->tuple);
}

/* Of the listener only its beginning matters: what it is, and whose. */
static bool is_new_listener(struct kin_reader *r, const struct sock_facts *f)
{
	uint16_t port = f->tuple.local.port;
	uint64_t key = f->cookie ? f->cookie : f->skaddr;

	if (!is_listening(&f->tuple) || !(r->kin->ports[port / 8] >> (port % 8) & 1) ||
	    keys_find(&r->seen, key, NULL))
		return false;
	keys_set(&r->seen, key, 0); /* without memory it is read again */
	return true;
}

static bool wants(void *arg, const struct schema *dict, const struct dict_set *dicts, uint32_t id)
{
	struct kin_reader *r = arg;
	const int16_t *index = attributes(r, dict);
	struct sock_facts facts;
	struct tuple tuple;

	if (index[SOCK_SKADDR] >= 0 || index[SOCK_COOKIE] >= 0)
		return sock_facts_of_entry(index, dicts, dict->id, id, &facts) &&
		       (is_of_kin(r->kin, &facts) || is_new_listener(r, &facts));
	read_tuple(index, dicts, dict->id, id, &tuple);
	return fits(r->kin, &tuple);
}

void kin_limit(struct kin_reader *r, const struct kin *k, struct cursor *c)
{
	r->kin = k;
	cursor_limit_entries(c, wants, r);
}

/* ---- the first look ---- */

/* Kernels before 6.15 give the child of a listener another cookie when it is established, and
 * its ports: what it was before is the last entry with the same kernel address. */
static bool take_half(struct look *k, const struct sock_facts *f, bool is_kin)
{
	uint64_t cookie;

	if (!keys_find(&k->halves, f->skaddr, &cookie) || cookie == TAKEN)
		return true;
	keys_set(&k->halves, f->skaddr, TAKEN); /* replaces: needs no memory */
	if (!is_kin || cookie == f->cookie)
		return true;
	return cookie ? keys_set(&k->kin->cookies, cookie, 0)
		      : keys_set(&k->kin->skaddrs, f->skaddr, 0);
}

static bool take_sock(struct look *k, const struct sock_facts *f)
{
	uint16_t port = f->tuple.local.port;
	bool is_kin = fits(k->kin, &f->tuple);

	if (tuple_is_complete(&f->tuple) ? !take_half(k, f, is_kin)
					 : !keys_set(&k->halves, f->skaddr, f->cookie))
		return false;
	if (!is_kin)
		return true;
	k->kin->ports[port / 8] |= (uint8_t)(1u << (port % 8));
	return f->cookie ? keys_set(&k->kin->cookies, f->cookie, 0)
			 : keys_set(&k->kin->skaddrs, f->skaddr, 0);
}

/* Looks, and wants nothing. */
static bool look_at(void *arg, const struct schema *dict, const struct dict_set *dicts, uint32_t id)
{
	struct look *k = arg;
	const int16_t *index = attributes(&k->reader, dict);
	struct sock_facts facts;

	if ((index[SOCK_SKADDR] >= 0 || index[SOCK_COOKIE] >= 0) &&
	    sock_facts_of_entry(index, dicts, dict->id, id, &facts) && !take_sock(k, &facts))
		k->is_starved = true;
	return false;
}

static bool is_own_column(const struct schema *s, int field)
{
	return field >= 0 && s->fields[field].ref == 0;
}

/* Events that tell of sockets in columns of their own are not found by entries. */
static bool hides_sockets(const struct binding *b, const struct schema *s)
{
	const struct bound *e = &b->events[s->id - 1];

	return (!e->sock_ref && (is_own_column(s, e->sock_field[SOCK_SKADDR]) ||
				 is_own_column(s, e->sock_field[SOCK_COOKIE]))) ||
	       is_own_column(s, e->field[BOUND_SADDR]) || is_own_column(s, e->field[BOUND_DADDR]);
}

static int look_at_names(struct look *k, const struct section *section, struct error *err)
{
	const struct span *span = spans_find(k->spans, section->number);

	TRY(binding_update(&k->binding, section, err));
	for (size_t i = 0; i < section->schema_count; i++) {
		const struct schema *s = section->schemas[i];

		if (s && s->kind == SCHEMA_EVENT && s->id == i + 1 && span &&
		    span->schema_bits >> (s->id & 63) & 1 && hides_sockets(&k->binding, s))
			k->is_possible = false;
	}
	return 0;
}

static void leave_section(struct look *k)
{
	if (k->is_in_section && !k->binding.has_kind[EVENT_STATE])
		k->is_possible = false;
}

static int enter_section(struct look *k, const struct section *section, struct error *err)
{
	leave_section(k);
	k->is_in_section = true;
	kin_begin_section(&k->reader);
	keys_clear(&k->halves);
	binding_reset(&k->binding);
	return look_at_names(k, section, err);
}

static int take_item(struct look *k, const struct item *item, struct error *err)
{
	switch (item->kind) {
	case ITEM_SECTION:
		return enter_section(k, item->section, err);
	case ITEM_SCHEMA:
		return look_at_names(k, item->section, err);
	case ITEM_EVENT: /* its block does not tell what it refers to */
	case ITEM_LOSS:
	case ITEM_GAP:
		k->is_possible = false;
		break;
	case ITEM_CLOCK:
	case ITEM_END:
		break;
	}
	return 0;
}

static int look_through(struct look *k, struct cursor *c, struct error *err)
{
	struct item item;
	int rc = 0;

	k->is_possible = true;
	cursor_limit_entries(c, look_at, k);
	while (k->is_possible && (rc = cursor_next(c, &item, err)) == 0) {
		TRY(take_item(k, &item, err));
		if (k->is_starved)
			return error_nomem(err);
		if (k->kin->cookies.count + k->kin->skaddrs.count > SOCKETS_MAX)
			k->is_possible = false;
	}
	leave_section(k);
	if (rc < 0)
		return rc;
	return k->is_possible ? 0 : END;
}

int kin_find(struct source *source, const struct spans *spans, const struct selection *selection,
	     struct kin **out, struct error *err)
{
	struct look k = {.kin = calloc(1, sizeof(*k.kin)), .spans = spans};
	struct cursor *cursor = NULL;
	int rc = k.kin ? cursor_open(source, &cursor, err) : error_nomem(err);

	if (rc == 0) {
		k.kin->selection = (struct selection){
			.ports = selection->ports,
			.port_count = selection->port_count,
			.ranges = selection->ranges,
			.range_count = selection->range_count,
		};
		rc = look_through(&k, cursor, err);
	}
	cursor_close(cursor);
	kin_release(&k.reader);
	keys_release(&k.halves);
	binding_release(&k.binding);
	if (rc)
		kin_free(k.kin);
	else
		*out = k.kin;
	return rc;
}
