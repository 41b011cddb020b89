/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * sock_facts.c -- reading a socket's identity and normalising its addresses.
 */
#include "analyze/sock_facts.h"

#include <string.h>

#include "format/dict.h"

/* Where the attributes are: in a dictionary's entry, or in the event itself. */
struct origin {
	struct dict_entry entry; /* if it has entries */
	const struct event *ev;
	const int16_t *index; /* [enum sock_attribute] */
};

/* All that are integers; 0 where the origin does not tell. */
static void origin_ints(const struct origin *o, uint64_t out[SOCK_ATTRIBUTE_COUNT])
{
	if (o->entry.entries) {
		dict_entry_ints(&o->entry, o->index, SOCK_SADDR, out);
		return;
	}
	for (int a = 0; a < SOCK_SADDR; a++)
		if (!event_int(o->ev, o->index[a], &out[a]))
			out[a] = 0;
}

static bool origin_view(const struct origin *o, int index, struct view *out)
{
	if (o->entry.entries)
		return dict_entry_attribute(&o->entry, index, out);
	return event_bytes(o->ev, index, out);
}

static bool origin_bytes(const struct origin *o, enum sock_attribute a, size_t len,
			 const uint8_t **out)
{
	struct view v;

	if (o->index[a] < 0 || !origin_view(o, o->index[a], &v) || view_len(v) < len)
		return false;
	*out = v.p;
	return true;
}

/* The v6 field is right for both families: of an AF_INET6 socket the v4 field is junk,
 * of an AF_INET one the v6 field is the same address mapped. */
static void read_address(const struct origin *o, enum sock_attribute v6, enum sock_attribute v4,
			 uint8_t addr[16])
{
	const uint8_t *p;

	if (origin_bytes(o, v6, 16, &p))
		memcpy(addr, p, 16);
	else if (origin_bytes(o, v4, 4, &p))
		address_set_ipv4(addr, p);
}

static bool read_facts(const struct origin *o, struct sock_facts *out)
{
	uint64_t number[SOCK_ATTRIBUTE_COUNT];

	memset(out, 0, sizeof(*out));
	origin_ints(o, number);
	out->skaddr = number[SOCK_SKADDR];
	out->cookie = number[SOCK_COOKIE];
	if (!out->skaddr && !out->cookie)
		return false;
	out->netns = (uint32_t)number[SOCK_NETNS];
	out->protocol = (uint16_t)number[SOCK_PROTOCOL];
	out->tuple.local.port = (uint16_t)number[SOCK_SPORT];
	out->tuple.remote.port = (uint16_t)number[SOCK_DPORT];
	read_address(o, SOCK_SADDR_V6, SOCK_SADDR, out->tuple.local.addr);
	read_address(o, SOCK_DADDR_V6, SOCK_DADDR, out->tuple.remote.addr);
	out->is_ipv6 = number[SOCK_FAMILY] == 10; /* AF_INET6 on Linux */
	return true;
}

bool sock_facts_read(const struct binding *b, const struct bound *e, const struct event *ev,
		     struct sock_facts *out)
{
	struct origin o = {.ev = ev, .index = e->sock_field};
	uint32_t id = e->sock_ref ? event_ref(ev, e->sock_ref) : 0;

	if (id)
		return sock_facts_of_entry(b->sock, event_dicts(ev),
					   ev->schema->refs[e->sock_ref - 1], id, out);
	return e->has_own_sock && read_facts(&o, out);
}

bool sock_facts_of_entry(const int16_t index[SOCK_ATTRIBUTE_COUNT], const struct dict_set *dicts,
			 uint32_t dict, uint32_t id, struct sock_facts *out)
{
	struct origin o = {.index = index};

	return dict_set_find(dicts, dict, id, &o.entry) && read_facts(&o, out);
}

void sock_facts_request(const struct bound *e, const struct event *ev, struct tuple *out)
{
	const struct origin o = {.ev = ev, .index = e->sock_field};
	struct sock_facts f;

	if (read_facts(&o, &f) && f.tuple.remote.port)
		*out = f.tuple;
}
