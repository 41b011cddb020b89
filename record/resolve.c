/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* resolve.c -- dictionary entries from wire records, with caches. */
#include "record/resolve.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "format/bytes.h"
#include "record/streams.h"

enum {
	AF_INET_FAMILY = 2,
	AF_INET6_FAMILY = 10,
	TCP_PROTO = 6,
	SLOT_BITS = 11,
	SLOTS = 1 << SLOT_BITS,
	KEY_BYTES = 56, /* the longest key: endpoints */
	CACHE_LINE = 64,
	SOCK_KEY_BYTES = offsetof(struct wire_sock, state),
	TASK_KEY_BYTES = offsetof(struct wire_head, event) - offsetof(struct wire_head, pid),
	SOCK_PORTS_AT = 28, /* in packed entries */
	SOCK_ADDRS_AT = 40,
	FLOW_PORTS_AT = 8,
	FLOW_ADDRS_AT = 12,
	SYMBOL_MAX_ENTRY = 8 + 2 + SYMBOL_MAX_NAME,
};

/* What the wire showed, and the id that came of it: one cache line. */
struct slot {
	uint32_t epoch; /* 0 = empty */
	uint32_t id;
	uint8_t key[KEY_BYTES];
};

/* What is seldom asked of a socket. */
struct sock_rest {
	struct wire_addrs6 addrs6; /* only of IPv6 */
	uint32_t stream;           /* that it sends */
};

/* Entries that are known by what is sent over IPv4; 0 = not yet. */
struct known {
	uint32_t flow; /* of TCP */
	uint32_t endpoints;
};

struct resolver {
	struct writer *writer;
	const uint32_t *dictionaries;
	struct symbols *symbols;
	struct streams *streams;
	struct stacks *stacks;          /* or NULL */
	uint32_t epoch;                 /* the writer's, as of the record at hand */
	struct slot *slots[DICT_COUNT]; /* [SLOTS] each */
	struct sock_rest *sock_rests;   /* [SLOTS] */
	struct known *known;            /* [stream], of known_epoch */
	size_t known_cap;
	uint32_t known_epoch;
};

_Static_assert(sizeof(struct slot) == CACHE_LINE, "slot");
_Static_assert((int)SOCK_KEY_BYTES <= (int)KEY_BYTES, "sock key");
_Static_assert(sizeof(struct wire_flow) <= KEY_BYTES, "flow key");
_Static_assert((int)ENDPOINTS_BYTES <= (int)KEY_BYTES, "endpoints key");

int resolver_new(struct writer *w, const uint32_t *dictionaries, struct symbols *symbols,
		 struct resolver **out, struct error *err)
{
	struct resolver *r = calloc(1, sizeof(*r));

	if (!r)
		return error_nomem(err);
	r->writer = w;
	r->dictionaries = dictionaries;
	r->symbols = symbols;
	r->streams = streams_new();
	r->sock_rests = calloc(SLOTS, sizeof(*r->sock_rests));
	if (!r->streams || !r->sock_rests) {
		resolver_free(r);
		return error_nomem(err);
	}
	for (int d = 0; d < DICT_COUNT; d++) {
		r->slots[d] = aligned_alloc(CACHE_LINE, SLOTS * sizeof(**r->slots));
		if (!r->slots[d]) {
			resolver_free(r);
			return error_nomem(err);
		}
		memset(r->slots[d], 0, SLOTS * sizeof(**r->slots));
	}
	*out = r;
	return 0;
}

void resolver_set_stacks(struct resolver *r, struct stacks *stacks)
{
	r->stacks = stacks;
}

void resolver_free(struct resolver *r)
{
	if (!r)
		return;
	for (int d = 0; d < DICT_COUNT; d++)
		free(r->slots[d]);
	streams_free(r->streams);
	free(r->sock_rests);
	free(r->known);
	free(r);
}

static uint64_t mix(uint64_t a, uint64_t b)
{
	return (a ^ (b << 32 | b >> 32)) * UINT64_C(0x9e3779b97f4a7c15);
}

static struct slot *slot_of(struct resolver *r, enum dictionary d, uint64_t hash)
{
	return &r->slots[d][hash >> (64 - SLOT_BITS)];
}

/* memcmp() for a length the compiler knows: a few words, compared without a call. */
static inline bool is_equal(const uint8_t *a, const uint8_t *b, size_t len)
{
	uint64_t x, y, differs = 0;
	uint32_t p, q;
	size_t i;

	for (i = 0; i + 8 <= len; i += 8) {
		memcpy(&x, a + i, 8);
		memcpy(&y, b + i, 8);
		differs |= x ^ y;
	}
	if (len % 8) {
		memcpy(&p, a + len - 4, 4);
		memcpy(&q, b + len - 4, 4);
		differs |= p ^ q;
	}
	return differs == 0;
}

/* `len` is a multiple of 4. */
static inline bool is_hit(const struct resolver *r, const struct slot *s, const void *key,
			  size_t len)
{
	return s->epoch == r->epoch && is_equal(s->key, key, len);
}

/* Remember the id under the key that was looked for. */
static int intern(struct resolver *r, enum dictionary d, struct slot *s, const void *packed,
		  size_t len, struct error *err)
{
	s->epoch = 0;
	TRY(writer_intern(r->writer, r->dictionaries[d], packed, len, &s->id, err));
	s->epoch = r->epoch;
	return 0;
}

static int find_task(struct resolver *r, const struct wire_head *h, uint32_t *id, struct error *err)
{
	struct slot *s = slot_of(r, DICT_TASK, mix(h->tid, h->pid));
	uint8_t packed[TASK_BYTES];

	if (!is_hit(r, s, &h->pid, TASK_KEY_BYTES)) {
		memcpy(s->key, &h->pid, TASK_KEY_BYTES);
		store_le(packed, 4, h->pid);
		store_le(packed + 4, 4, h->tid);
		memcpy(packed + 8, h->comm, WIRE_COMM);
		TRY(intern(r, DICT_TASK, s, packed, sizeof(packed), err));
	}
	*id = s->id;
	return 0;
}

/* IPv4 sockets show their addresses mapped into IPv6, like the kernel's events do. */
static void pack_addrs6(uint8_t out[32], uint16_t family, const uint8_t saddr[4],
			const uint8_t daddr[4], const struct wire_addrs6 *a6)
{
	memset(out, 0, 32);
	if (family == AF_INET6_FAMILY) {
		memcpy(out, a6->saddr, 16);
		memcpy(out + 16, a6->daddr, 16);
	} else if (family == AF_INET_FAMILY) {
		memset(out + 10, 0xff, 2);
		memcpy(out + 12, saddr, 4);
		memset(out + 26, 0xff, 2);
		memcpy(out + 28, daddr, 4);
	}
}

static void pack_sock(uint8_t out[SOCK_BYTES], const struct wire_sock *w,
		      const struct wire_addrs6 *a6)
{
	store_le(out + 4, 8, w->skaddr);
	store_le(out + 12, 8, w->cookie);
	store_le(out + 20, 4, w->netns);
	store_le(out + 24, 2, w->protocol);
	store_le(out + 26, 2, w->family);
	store_le(out + SOCK_PORTS_AT, 2, w->sport);
	store_le(out + SOCK_PORTS_AT + 2, 2, w->dport);
	memcpy(out + 32, w->saddr, 4);
	memcpy(out + 36, w->daddr, 4);
	pack_addrs6(out + SOCK_ADDRS_AT, w->family, w->saddr, w->daddr, a6);
}

/* The number of what a socket or packet sends, in the first 4 bytes of its entry. */
static int pack_stream(struct resolver *r, uint8_t *packed, size_t ports, size_t addrs,
		       uint32_t *number, struct error *err)
{
	struct stream sent;

	memcpy(sent.from.addr, packed + addrs, 16);
	memcpy(sent.from.port, packed + ports, 2);
	memcpy(sent.to.addr, packed + addrs + 16, 16);
	memcpy(sent.to.port, packed + ports + 2, 2);
	TRY(streams_find(r->streams, r->epoch, &sent, number, err));
	store_le(packed, 4, *number);
	return 0;
}

/* What is known by a stream in this epoch. NULL without memory. */
static struct known *known_by(struct resolver *r, uint32_t stream)
{
	void *known = r->known;

	if (!array_grow(&known, &r->known_cap, (size_t)stream + 1, sizeof(*r->known)))
		return NULL;
	r->known = known;
	if (r->known_epoch != r->epoch)
		memset(r->known, 0, r->known_cap * sizeof(*r->known));
	r->known_epoch = r->epoch;
	return &r->known[stream];
}

static struct slot *sock_slot(struct resolver *r, const struct wire_sock *w)
{
	return slot_of(r, DICT_SOCK, mix(w->skaddr, w->dport));
}

static struct sock_rest *sock_rest(struct resolver *r, const struct slot *s)
{
	return &r->sock_rests[s - r->slots[DICT_SOCK]];
}

static int find_sock(struct resolver *r, const struct wire_sock *w, const struct wire_addrs6 *a6,
		     uint32_t *id, struct error *err)
{
	struct slot *s = sock_slot(r, w);
	struct sock_rest *rest = sock_rest(r, s);
	uint8_t packed[SOCK_BYTES];
	bool is_v6 = w->family == AF_INET6_FAMILY;

	if (!is_hit(r, s, w, SOCK_KEY_BYTES) ||
	    (is_v6 && memcmp(&rest->addrs6, a6, sizeof(*a6)) != 0)) {
		memcpy(s->key, w, SOCK_KEY_BYTES);
		if (is_v6)
			rest->addrs6 = *a6;
		pack_sock(packed, w, a6);
		s->epoch = 0;
		TRY(pack_stream(r, packed, SOCK_PORTS_AT, SOCK_ADDRS_AT, &rest->stream, err));
		TRY(intern(r, DICT_SOCK, s, packed, sizeof(packed), err));
	}
	*id = s->id;
	return 0;
}

/* Requests are rare: no cache. */
static int find_request(struct resolver *r, const struct wire_synack *w, uint32_t *id,
			struct error *err)
{
	uint8_t packed[TUPLE_BYTES];

	store_le(packed, 2, w->family);
	store_le(packed + 2, 2, w->sport);
	store_le(packed + 4, 2, w->dport);
	memcpy(packed + 6, w->saddr, 4);
	memcpy(packed + 10, w->daddr, 4);
	pack_addrs6(packed + 14, w->family, w->saddr, w->daddr, &w->request6);
	return writer_intern(r->writer, r->dictionaries[DICT_TUPLE], packed, sizeof(packed), id,
			     err);
}

static int find_pair(struct resolver *r, const uint8_t pair[ENDPOINTS_BYTES], uint32_t *id,
		     struct error *err)
{
	struct slot *s;
	uint64_t a, b;

	memcpy(&a, pair, 8);
	memcpy(&b, pair + 28, 8);
	s = slot_of(r, DICT_ENDPOINTS, mix(a, b));
	if (!is_hit(r, s, pair, ENDPOINTS_BYTES)) {
		memcpy(s->key, pair, ENDPOINTS_BYTES);
		TRY(intern(r, DICT_ENDPOINTS, s, pair, ENDPOINTS_BYTES, err));
	}
	*id = s->id;
	return 0;
}

/* struct sockaddr_in or sockaddr_in6 in the host's layout. */
static void put_sockaddr(uint8_t out[28], uint16_t family, uint16_t port, const uint8_t v4[4],
			 const uint8_t v6[16])
{
	memset(out, 0, 28);
	if (family != AF_INET6_FAMILY)
		family = AF_INET_FAMILY;
	memcpy(out, &family, 2);
	out[2] = (uint8_t)(port >> 8);
	out[3] = (uint8_t)port;
	if (family == AF_INET6_FAMILY)
		memcpy(out + 8, v6, 16);
	else
		memcpy(out + 4, v4, 4);
}

static void pack_probe(uint8_t pair[ENDPOINTS_BYTES], const struct wire_tcp_probe *w)
{
	put_sockaddr(pair, w->sock.family, w->sock.sport, w->sock.saddr, w->pinet6_saddr);
	put_sockaddr(pair + 28, w->sock.family, w->sock.dport, w->sock.daddr, w->addrs6.daddr);
}

/* Over IPv4 the socket's stream says all. */
static int find_probe(struct resolver *r, const struct wire_tcp_probe *w, uint32_t *id,
		      struct error *err)
{
	struct slot *s = sock_slot(r, &w->sock);
	uint8_t pair[ENDPOINTS_BYTES];
	struct known *known;

	if (w->sock.family != AF_INET_FAMILY || !is_hit(r, s, &w->sock, SOCK_KEY_BYTES)) {
		pack_probe(pair, w);
		return find_pair(r, pair, id, err);
	}
	known = known_by(r, sock_rest(r, s)->stream);
	if (!known)
		return error_nomem(err);
	if (!known->endpoints) {
		pack_probe(pair, w);
		TRY(writer_intern(r->writer, r->dictionaries[DICT_ENDPOINTS], pair, sizeof(pair),
				  &known->endpoints, err));
	}
	*id = known->endpoints;
	return 0;
}

/* A packet of TCP over IPv4 has a new entry only if its stream is new. */
static int intern_flow(struct resolver *r, struct slot *s, const struct wire_flow *w,
		       struct error *err)
{
	bool is_usual = w->proto == TCP_PROTO && w->family == AF_INET_FAMILY;
	struct known *known;
	uint8_t packed[FLOW_BYTES];
	uint32_t stream;

	s->epoch = 0;
	store_le(packed + 4, 2, w->proto);
	store_le(packed + 6, 2, w->family);
	store_le(packed + FLOW_PORTS_AT, 2, w->sport);
	store_le(packed + FLOW_PORTS_AT + 2, 2, w->dport);
	memcpy(packed + FLOW_ADDRS_AT, w->saddr, 16);
	memcpy(packed + FLOW_ADDRS_AT + 16, w->daddr, 16);
	TRY(pack_stream(r, packed, FLOW_PORTS_AT, FLOW_ADDRS_AT, &stream, err));
	known = known_by(r, stream);
	if (!known)
		return error_nomem(err);
	if (!is_usual || !known->flow)
		TRY(intern(r, DICT_FLOW, s, packed, sizeof(packed), err));
	else
		s->id = known->flow;
	if (is_usual)
		known->flow = s->id;
	s->epoch = r->epoch;
	return 0;
}

static int find_flow(struct resolver *r, const struct wire_flow *w, uint32_t *id, struct error *err)
{
	uint64_t ports = (uint64_t)w->sport << 16 | w->dport, host;
	struct slot *s;

	memcpy(&host, w->daddr + 8, 8);
	s = slot_of(r, DICT_FLOW, mix(ports << 32 | ports, host));
	if (!is_hit(r, s, w, sizeof(*w))) {
		memcpy(s->key, w, sizeof(*w));
		TRY(intern_flow(r, s, w, err));
	}
	*id = s->id;
	return 0;
}

static size_t put_text(uint8_t *out, const char *text, size_t len)
{
	store_le(out, 2, len);
	memcpy(out + 2, text, len);
	return len + 2;
}

static int find_symbol(struct resolver *r, uint64_t address, uint32_t *id, struct error *err)
{
	struct slot *s = slot_of(r, DICT_SYMBOL, mix(address, 0));
	uint8_t packed[SYMBOL_MAX_ENTRY];
	char name[SYMBOL_MAX_NAME] = "";
	size_t len;

	if (!is_hit(r, s, &address, sizeof(address))) {
		memcpy(s->key, &address, sizeof(address));
		if (r->symbols)
			symbols_lookup(r->symbols, address, name, sizeof(name));
		store_le(packed, 8, address);
		len = 8 + put_text(packed + 8, name, strlen(name));
		TRY(intern(r, DICT_SYMBOL, s, packed, len, err));
	}
	*id = s->id;
	return 0;
}

static int find_device(struct resolver *r, const char name[WIRE_DEVICE], uint32_t *id,
		       struct error *err)
{
	uint8_t packed[2 + WIRE_DEVICE];
	struct slot *s;
	uint64_t first;
	size_t len;

	memcpy(&first, name, sizeof(first));
	s = slot_of(r, DICT_DEVICE, mix(first, 0));
	if (!is_hit(r, s, name, WIRE_DEVICE)) {
		memcpy(s->key, name, WIRE_DEVICE);
		len = put_text(packed, name, strnlen(name, WIRE_DEVICE));
		TRY(intern(r, DICT_DEVICE, s, packed, len, err));
	}
	*id = s->id;
	return 0;
}

static uint64_t load(const uint8_t *p, unsigned size)
{
	uint64_t u64;
	uint32_t u32;
	uint16_t u16;

	switch (size) {
	case 8:
		memcpy(&u64, p, 8);
		return u64;
	case 4:
		memcpy(&u32, p, 4);
		return u32;
	case 2:
		memcpy(&u16, p, 2);
		return u16;
	default:
		return *p;
	}
}

/* A generic event's socket or tuple, attribute by attribute; what it lacks is 0. */
static int find_fields(struct resolver *r, const struct ref_recipe *ref, const uint8_t *record,
		       uint32_t *id, struct error *err)
{
	const struct dictionary_attribute *a = dictionary_attributes(ref->dictionary);
	uint8_t packed[SOCK_BYTES] = {0};
	size_t at = 0;

	for (unsigned i = 0; a[i].name; at += a[i].size, i++) {
		const uint8_t *from = record + ref->fields[i];

		if (a[i].is_protocol && !ref->fields[i])
			store_le(packed + at, a[i].size, ref->protocol);
		else if (!ref->fields[i])
			continue;
		else if (a[i].kind == FIELD_INT)
			store_le(packed + at, a[i].size, load(from, a[i].size));
		else
			memcpy(packed + at, from, a[i].size);
	}
	return writer_intern(r->writer, r->dictionaries[ref->dictionary], packed, at, id, err);
}

/* FROM_PAIR: the two may lie apart. */
static int find_apart(struct resolver *r, const struct ref_recipe *ref, const uint8_t *record,
		      uint32_t *id, struct error *err)
{
	uint8_t pair[ENDPOINTS_BYTES];

	memcpy(pair, record + ref->at, 28);
	memcpy(pair + 28, record + ref->at2, 28);
	return find_pair(r, pair, id, err);
}

static int find_one(struct resolver *r, const struct ref_recipe *ref, const void *record,
		    uint32_t *id, struct error *err)
{
	const struct wire_head *head = record;
	const uint8_t *p = record;

	*id = 0;
	if ((head->flags & ref->needs) != ref->needs)
		return 0;
	switch (ref->from) {
	case FROM_HEAD:
		return find_task(r, head, id, err);
	case FROM_SOCK:
		return find_sock(r, (const void *)(p + ref->at), (const void *)(p + ref->at2), id,
				 err);
	case FROM_REQUEST:
		return find_request(r, record, id, err);
	case FROM_PROBE:
		return find_probe(r, record, id, err);
	case FROM_PAIR:
		return find_apart(r, ref, p, id, err);
	case FROM_FLOW:
		return find_flow(r, (const void *)(p + ref->at), id, err);
	case FROM_ADDRESS:
		return find_symbol(r, load(p + ref->at, 8), id, err);
	case FROM_DEVICE:
		return find_device(r, (const void *)(p + ref->at), id, err);
	case FROM_STACK:
		return r->stacks ? stacks_find(r->stacks, head->stack,
					       ref->at ? load(p + ref->at, 8) : 0, id, err)
				 : 0;
	default:
		return find_fields(r, ref, p, id, err);
	}
}

int resolver_find(struct resolver *r, const struct recipe *recipe, const void *record,
		  uint32_t *ids, struct error *err)
{
	r->epoch = writer_epoch(r->writer);
	for (unsigned i = 0; i < recipe->ref_count; i++)
		TRY(find_one(r, &recipe->refs[i], record, &ids[i], err));
	return 0;
}
