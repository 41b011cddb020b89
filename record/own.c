/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* own.c -- four words of a variable, and four comparisons an event. */
#include "record/own.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bpf/wire.h"
#include "record/span.h"

enum {
	MAX_ENVIRONMENT = 1 << 20, /* bytes read of a process's */
	MAX_ANCESTORS = 32,
};

static const char variable[] = "SSH_CONNECTION=";

/* A zone ("%eth0") is not part of the address. */
static bool parse_addr(struct span s, uint8_t out[16])
{
	char text[INET6_ADDRSTRLEN];
	struct span addr = span_take(&s, '%');

	if (span_len(addr) >= sizeof(text))
		return false;
	memcpy(text, addr.p, span_len(addr));
	text[span_len(addr)] = '\0';
	if (inet_pton(AF_INET6, text, out) == 1)
		return true;
	memset(out, 0, 10);
	memset(out + 10, 0xff, 2);
	return inet_pton(AF_INET, text, out + 12) == 1;
}

static bool parse_end(struct span *s, struct own_end *end)
{
	uint32_t port;

	if (!parse_addr(span_take(s, ' '), end->addr) ||
	    !span_number(span_take(s, ' '), UINT16_MAX, &port) || port == 0)
		return false;
	end->port = (uint16_t)port;
	return true;
}

bool own_parse(const char *text, struct own *out)
{
	struct span s = span_of(text, strlen(text));
	struct own o = {.is_known = true};

	if (!parse_end(&s, &o.ends[0]) || !parse_end(&s, &o.ends[1]) || s.p < s.end)
		return false;
	*out = o;
	return true;
}

static size_t read_file(int pid, const char *name, char *out, size_t size)
{
	char path[64];
	size_t len = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
	f = fopen(path, "re");
	if (f) {
		len = fread(out, 1, size - 1, f);
		fclose(f);
	}
	out[len] = '\0';
	return len;
}

/* 0 if it cannot be told. The command's name may hold anything, but ends at the last ')'. */
static int parent_of(int pid)
{
	char stat[512], *end;
	int parent;

	read_file(pid, "stat", stat, sizeof(stat));
	end = strrchr(stat, ')');
	return end && sscanf(end, ") %*c %10d", &parent) == 1 ? parent : 0;
}

static bool is_in_environment(const char *text, size_t len, struct own *out)
{
	for (const char *p = text; p < text + len; p += strlen(p) + 1)
		if (strncmp(p, variable, sizeof(variable) - 1) == 0)
			return own_parse(p + sizeof(variable) - 1, out);
	return false;
}

struct own own_find(void)
{
	const char *text = getenv("SSH_CONNECTION");
	char *environment = malloc(MAX_ENVIRONMENT);
	int pid = getppid();
	struct own o = {0};

	if (text)
		own_parse(text, &o);
	for (int i = 0; environment && !o.is_known && pid > 1 && i < MAX_ANCESTORS; i++) {
		is_in_environment(environment,
				  read_file(pid, "environ", environment, MAX_ENVIRONMENT), &o);
		pid = parent_of(pid);
	}
	free(environment);
	return o;
}

struct own own_of(const struct record_options *opt)
{
	const struct own nothing = {0};

	return strcmp(opt->output, "-") == 0 && !opt->includes_own ? own_find() : nothing;
}

static bool is_end(const struct own_end *e, uint16_t port, const uint8_t addr[16])
{
	return e->port == port && memcmp(e->addr, addr, 16) == 0;
}

/* In either direction: both ends may be on this host. */
static bool is_between(const struct own *o, const uint16_t ports[2], const uint8_t a[16],
		       const uint8_t b[16])
{
	const struct own_end *e = o->ends;

	return (is_end(&e[0], ports[0], a) && is_end(&e[1], ports[1], b)) ||
	       (is_end(&e[1], ports[0], a) && is_end(&e[0], ports[1], b));
}

static bool has_ports(const struct own *o, uint16_t a, uint16_t b)
{
	uint16_t p = o->ends[0].port, q = o->ends[1].port;

	return (a == p && b == q) || (a == q && b == p);
}

static void map_addr(uint8_t out[16], const uint8_t v4[4])
{
	memset(out, 0, 10);
	memset(out + 10, 0xff, 2);
	memcpy(out + 12, v4, 4);
}

bool own_has_sock(const struct own *o, const struct wire_sock *w, const struct wire_addrs6 *a6)
{
	uint8_t saddr[16], daddr[16];

	if (!has_ports(o, w->sport, w->dport))
		return false;
	if (w->family == AF_INET6)
		return is_between(o, (uint16_t[]){w->sport, w->dport}, a6->saddr, a6->daddr);
	map_addr(saddr, w->saddr);
	map_addr(daddr, w->daddr);
	return is_between(o, (uint16_t[]){w->sport, w->dport}, saddr, daddr);
}

bool own_has_flow(const struct own *o, const struct wire_flow *w)
{
	return has_ports(o, w->sport, w->dport) &&
	       is_between(o, (uint16_t[]){w->sport, w->dport}, w->saddr, w->daddr);
}

static int print_end(const struct own_end *e, char *out, size_t size)
{
	char addr[INET6_ADDRSTRLEN] = "?";
	static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};

	if (memcmp(e->addr, mapped, sizeof(mapped)) == 0)
		inet_ntop(AF_INET, e->addr + 12, addr, sizeof(addr));
	else
		inet_ntop(AF_INET6, e->addr, addr, sizeof(addr));
	return snprintf(out, size, "%s port %u", addr, e->port);
}

void own_text(const struct own *o, char *out, size_t size)
{
	char a[64], b[64];

	print_end(&o->ends[0], a, sizeof(a));
	print_end(&o->ends[1], b, sizeof(b));
	snprintf(out, size, "%s and %s", a, b);
}
