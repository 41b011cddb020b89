/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* filter.c -- parsing, and the two forms that come of it. */
#include "record/filter.h"

#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "record/places.h"
#include "record/span.h"

/* A value of a list; `arg` is the whole list, for sentences. */
struct listed {
	struct span s;
	const char *arg;
};

static const char *const names[FILTER_KINDS] = {"port",   "addr", "sample", "netns",
						"cgroup", "pid",  "comm"};

/* "443" or "8000-8010". */
static bool parse_range(struct span s, struct port_range *range)
{
	struct span first = span_take(&s, '-');
	uint32_t low, high;

	if (!span_number(first, UINT16_MAX, &low))
		return false;
	high = low;
	if (first.end != s.end && !span_number(s, UINT16_MAX, &high))
		return false;
	range->first = (uint16_t)low;
	range->last = (uint16_t)high;
	return low > 0 && low <= high;
}

static int add_port(struct filter *f, const struct listed *v, size_t at, struct error *err)
{
	if (parse_range(v->s, &f->ports[at]))
		return 0;
	return error_set(err, ERR_USAGE, "--port '%.40s': not a port or range from 1 to 65535",
			 v->arg);
}

static void map_ip4(uint8_t addr[16])
{
	memmove(addr + 12, addr, 4);
	memset(addr, 0, 10);
	memset(addr + 10, 0xff, 2);
}

static void cut_prefix(struct filter_addr *a)
{
	for (unsigned bit = a->bits; bit < 128; bit++)
		a->addr[bit / 8] &= (uint8_t) ~(0x80u >> bit % 8);
}

/* "10.0.0.0/8", "2001:db8::/32", or one address. */
static bool parse_cidr(struct span s, struct filter_addr *a)
{
	struct span addr = span_take(&s, '/');
	char text[INET6_ADDRSTRLEN];
	uint32_t bits, most;
	bool is_ip4;

	if (span_len(addr) >= sizeof(text))
		return false;
	memcpy(text, addr.p, span_len(addr));
	text[span_len(addr)] = '\0';
	is_ip4 = inet_pton(AF_INET, text, a->addr) == 1;
	if (!is_ip4 && inet_pton(AF_INET6, text, a->addr) != 1)
		return false;
	most = is_ip4 ? 32 : 128;
	bits = most;
	if (addr.end != s.end && !span_number(s, most, &bits))
		return false;
	if (is_ip4)
		map_ip4(a->addr);
	a->bits = bits + 128 - most;
	cut_prefix(a);
	return true;
}

static int add_addr(struct filter *f, const struct listed *v, size_t at, struct error *err)
{
	if (parse_cidr(v->s, &f->addrs[at]))
		return 0;
	return error_set(err, ERR_USAGE,
			 "--addr '%.60s': not an address or network such as 10.0.0.0/8 or fe80::1",
			 v->arg);
}

static int add_sample(struct filter *f, const struct listed *v, size_t at, struct error *err)
{
	struct span s = v->s;
	uint32_t of;

	if (at == 0 && span_skip(&s, "1/") && span_number(s, 1000000000, &of) && of > 0) {
		f->sample = of;
		return 0;
	}
	return error_set(err, ERR_USAGE,
			 "--sample '%.40s': write 1/N for one of N connections, once", v->arg);
}

static int add_pid(struct filter *f, const struct listed *v, size_t at, struct error *err)
{
	if (!span_number(v->s, INT32_MAX, &f->pids[at]) || f->pids[at] == 0)
		return error_set(err, ERR_USAGE, "--pid '%.40s': not the number of a process",
				 v->arg);
	if (kill((pid_t)f->pids[at], 0) && errno == ESRCH)
		return error_set(err, ERR_USAGE, "--pid %" PRIu32 ": there is no such process",
				 f->pids[at]);
	return 0;
}

static int add_comm(struct filter *f, const struct listed *v, size_t at, struct error *err)
{
	size_t len = span_len(v->s);

	if (len == 0)
		return error_set(err, ERR_USAGE, "--comm '%.40s': empty name of a process", v->arg);
	if (len >= WIRE_COMM)
		return error_set(err, ERR_USAGE,
				 "--comm '%.*s': %zu characters; of names of processes the kernel "
				 "keeps the first %d",
				 (int)(len < 40 ? len : 40), v->s.p, len, WIRE_COMM - 1);
	memcpy(f->comms[at], v->s.p, len);
	return 0;
}

static int add_place(struct filter *f, enum filter_kind kind, const struct listed *v, size_t at,
		     struct error *err)
{
	struct filter_place *place = kind == FILTER_NETNS ? &f->netns[at] : &f->cgroups[at];
	size_t len = span_len(v->s);

	if (len == 0 || len >= sizeof(place->name))
		return error_set(err, ERR_USAGE, "--%s '%.40s': %s name", names[kind], v->arg,
				 len ? "too long a" : "empty");
	memcpy(place->name, v->s.p, len);
	if (kind == FILTER_NETNS)
		return places_netns(place->name, &place->id, err);
	return places_cgroup(place->name, &place->id, err);
}

static int add_one(struct filter *f, enum filter_kind kind, const struct listed *v,
		   struct error *err)
{
	size_t at = f->counts[kind];
	size_t most = kind == FILTER_PORT ? FILTER_MAX_PORTS : WIRE_KIND_MAX;

	if (at == most)
		return error_set(err, ERR_USAGE, "--%s: more than %zu %s", names[kind], most,
				 kind == FILTER_PORT ? "ports or ranges" : "values");
	switch (kind) {
	case FILTER_PORT:
		return add_port(f, v, at, err);
	case FILTER_ADDR:
		return add_addr(f, v, at, err);
	case FILTER_SAMPLE:
		return add_sample(f, v, at, err);
	case FILTER_PID:
		return add_pid(f, v, at, err);
	case FILTER_COMM:
		return add_comm(f, v, at, err);
	default:
		return add_place(f, kind, v, at, err);
	}
}

int filter_add(struct filter *f, enum filter_kind kind, const char *arg, struct error *err)
{
	struct span s = span_of(arg, strlen(arg));

	do {
		struct listed v = {.s = span_take(&s, ','), .arg = arg};

		TRY(add_one(f, kind, &v, err));
		f->counts[kind]++;
	} while (s.p < s.end || (s.p > arg && s.p[-1] == ','));
	return 0;
}

uint32_t filter_kinds(const struct filter *f)
{
	uint32_t kinds = 0;

	for (unsigned i = 0; i < FILTER_KINDS; i++) /* enum wire_kind is in the same order */
		if (f->counts[i])
			kinds |= 1u << i;
	return kinds;
}

bool filter_is_open(const struct filter *f)
{
	return filter_kinds(f) == 0;
}

bool filter_has_task(const struct filter *f)
{
	return filter_kinds(f) & (WIRE_BY_PID | WIRE_BY_COMM | WIRE_BY_CGROUP);
}

bool filter_is_blind(const struct filter *f)
{
	return !filter_is_open(f) && !filter_has_task(f);
}

static void fill_tasks(const struct filter *f, struct wire_tasks *t)
{
	t->kinds = filter_kinds(f);
	t->pid_count = (uint32_t)f->counts[FILTER_PID];
	t->comm_count = (uint32_t)f->counts[FILTER_COMM];
	t->cgroup_count = (uint32_t)f->counts[FILTER_CGROUP];
	memcpy(t->pids, f->pids, sizeof(t->pids));
	memcpy(t->comms, f->comms, sizeof(t->comms));
	for (size_t i = 0; i < t->cgroup_count; i++)
		t->cgroups[i] = f->cgroups[i].id;
}

static void fill_prefix(const struct filter_addr *a, struct wire_prefix *p)
{
	uint8_t mask[16] = {0};

	for (unsigned bit = 0; bit < a->bits; bit++)
		mask[bit / 8] |= (uint8_t)(0x80u >> bit % 8);
	memcpy(p->mask, mask, sizeof(mask));
	memcpy(p->addr, a->addr, sizeof(a->addr));
}

static void fill_ports(const struct filter *f, struct wire_selection *out)
{
	out->ports[0] = 1; /* not known */
	out->port_first = UINT16_MAX;
	for (size_t i = 0; i < f->counts[FILTER_PORT]; i++) {
		const struct port_range *r = &f->ports[i];

		if (r->first < out->port_first)
			out->port_first = r->first;
		if (r->last > out->port_last)
			out->port_last = r->last;
		for (uint32_t p = r->first; p <= r->last; p++)
			out->ports[p / 8] |= (uint8_t)(1u << p % 8);
	}
}

void filter_fill(const struct filter *f, struct wire_selection *out)
{
	memset(out, 0, sizeof(*out));
	fill_tasks(f, &out->tasks);
	fill_ports(f, out);
	out->addr_count = (uint32_t)f->counts[FILTER_ADDR];
	for (size_t i = 0; i < out->addr_count; i++)
		fill_prefix(&f->addrs[i], &out->addrs[i]);
	out->netns_count = (uint32_t)f->counts[FILTER_NETNS];
	for (size_t i = 0; i < out->netns_count; i++)
		out->netns[i] = (uint32_t)f->netns[i].id;
	out->sample_max = f->sample ? UINT32_MAX / f->sample : 0;
}

static void put_addr(const struct filter_addr *a, char *text, size_t size)
{
	char addr[INET6_ADDRSTRLEN] = "";
	static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
	bool is_ip4 = a->bits >= 96 && memcmp(a->addr, mapped, sizeof(mapped)) == 0;

	inet_ntop(is_ip4 ? AF_INET : AF_INET6, is_ip4 ? a->addr + 12 : a->addr, addr, sizeof(addr));
	snprintf(text, size, "addr %s/%u", addr, is_ip4 ? a->bits - 96 : a->bits);
}

static void put_ports(const struct port_range *r, char *text, size_t size)
{
	if (r->first == r->last)
		snprintf(text, size, "port %u", r->first);
	else
		snprintf(text, size, "port %u-%u", r->first, r->last);
}

static void put_value(const struct filter *f, struct filter_line *l)
{
	size_t i = l->index;

	switch (l->kind) {
	case FILTER_PORT:
		return put_ports(&f->ports[i], l->text, sizeof(l->text));
	case FILTER_ADDR:
		return put_addr(&f->addrs[i], l->text, sizeof(l->text));
	case FILTER_SAMPLE:
		snprintf(l->text, sizeof(l->text), "sample 1/%" PRIu32, f->sample);
		return;
	case FILTER_PID:
		snprintf(l->text, sizeof(l->text), "pid %" PRIu32, f->pids[i]);
		return;
	case FILTER_COMM:
		snprintf(l->text, sizeof(l->text), "comm %s", f->comms[i]);
		return;
	default:
		snprintf(l->text, sizeof(l->text), "%s %.80s (%" PRIu64 ")", names[l->kind],
			 l->kind == FILTER_NETNS ? f->netns[i].name : f->cgroups[i].name,
			 l->kind == FILTER_NETNS ? f->netns[i].id : f->cgroups[i].id);
	}
}

bool filter_next(const struct filter *f, size_t *at, struct filter_line *out)
{
	size_t left = *at;

	for (unsigned kind = 0; kind < FILTER_KINDS; kind++) {
		if (left < f->counts[kind]) {
			out->kind = (enum filter_kind)kind;
			out->index = left;
			put_value(f, out);
			++*at;
			return true;
		}
		left -= f->counts[kind];
	}
	return false;
}

int filter_facts(const struct filter *f, struct writer *w, struct error *err)
{
	struct filter_line line;

	for (size_t at = 0; filter_next(f, &at, &line);)
		TRY(writer_fact(w, "filter", line.text, err));
	return 0;
}
