/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * symbols.c -- one sorted array of 16 bytes a function; names lie one after the other
 * in one buffer, module names once each.
 */
#include "record/symbols.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "format/bytes.h"

#define KALLSYMS "/proc/kallsyms"

enum {
	MAX_OFFSET = 1 << 20, /* further behind a symbol lies no code of its function */
	MAX_SYMBOLS = 1 << 22,
};

struct symbol {
	uint64_t address;
	uint32_t name;   /* offset in names */
	uint32_t module; /* offset in names; 0 = the kernel itself */
};

struct symbols {
	char *path;
	bool is_loaded;
	char problem[200]; /* "" = none */
	struct symbol *entries;
	size_t count;
	size_t cap;
	struct buf names; /* NUL-terminated, the first one is "" */
	uint32_t last_module;
};

int symbols_open_at(const char *path, struct symbols **out, struct error *err)
{
	struct symbols *s = calloc(1, sizeof(*s));

	if (!s)
		return error_nomem(err);
	s->path = strdup(path);
	if (!s->path) {
		free(s);
		return error_nomem(err);
	}
	*out = s;
	return OK;
}

int symbols_open(struct symbols **out, struct error *err)
{
	return symbols_open_at(KALLSYMS, out, err);
}

static void forget_all(struct symbols *s)
{
	free(s->entries);
	s->entries = NULL;
	s->count = s->cap = 0;
	buf_release(&s->names);
}

void symbols_close(struct symbols *s)
{
	if (!s)
		return;
	forget_all(s);
	free(s->path);
	free(s);
}

static uint32_t add_name(struct symbols *s, const char *name)
{
	size_t at = s->names.len;

	put_bytes(&s->names, name, strlen(name) + 1);
	return (uint32_t)at;
}

/* Modules' symbols come together: only the last module needs to be compared. */
static uint32_t add_module(struct symbols *s, const char *module)
{
	if (s->last_module == 0 ||
	    strcmp((const char *)s->names.data + s->last_module, module) != 0)
		s->last_module = add_name(s, module);
	return s->last_module;
}

/* A function that an address can lie in; not the padding before one. */
static bool is_function(char type, const char *name)
{
	return strchr("tTwW", type) && strncmp(name, "__pfx_", 6) != 0 &&
	       strncmp(name, "__cfi_", 6) != 0;
}

static bool add_entry(struct symbols *s, uint64_t address, const char *name, const char *module)
{
	void *entries = s->entries;

	if (s->count >= MAX_SYMBOLS ||
	    !array_grow(&entries, &s->cap, s->count + 1, sizeof(*s->entries)))
		return false;
	s->entries = entries;
	s->entries[s->count].address = address;
	s->entries[s->count].name = add_name(s, name);
	s->entries[s->count].module = module ? add_module(s, module) : 0;
	if (s->names.is_failed || s->names.len > UINT32_MAX)
		return false;
	s->count++;
	return true;
}

/* "ffffffff81a00000 T tcp_v4_rcv\t[module]\n"; other lines are passed over. */
static bool add_line(struct symbols *s, char *line)
{
	char *end, *name, *module;
	uint64_t address = strtoull(line, &end, 16);

	if (end == line || end[0] != ' ' || end[1] == '\0' || end[2] != ' ')
		return true;
	name = end + 3;
	name[strcspn(name, "\n")] = '\0';
	module = strchr(name, '\t');
	if (module)
		*module++ = '\0';
	if (address == 0 || *name == '\0' || !is_function(end[1], name))
		return true;
	return add_entry(s, address, name, module);
}

/* By address, and aliases in the order of the file, which begins with the best. */
static int compare(const void *a, const void *b)
{
	const struct symbol *x = a, *y = b;

	if (x->address != y->address)
		return x->address < y->address ? -1 : 1;
	return x->name < y->name ? -1 : x->name > y->name;
}

/* Give back what growing by doubling left over. */
static void shrink(struct symbols *s)
{
	void *entries = realloc(s->entries, s->count * sizeof(*s->entries));
	void *names = realloc(s->names.data, s->names.len);

	if (entries) {
		s->entries = entries;
		s->cap = s->count;
	}
	if (names) {
		s->names.data = names;
		s->names.cap = s->names.len;
	}
}

static bool read_lines(struct symbols *s, FILE *f)
{
	size_t size = 0;
	char *line = NULL;
	bool is_ok = true;

	add_name(s, "");
	while (is_ok && getline(&line, &size, f) > 0)
		is_ok = add_line(s, line);
	free(line);
	return is_ok;
}

static void set_problem(struct symbols *s, const char *problem)
{
	snprintf(s->problem, sizeof(s->problem), "%.*s: %s", 80, s->path, problem);
	forget_all(s);
}

static void load(struct symbols *s)
{
	FILE *f = fopen(s->path, "re");

	s->is_loaded = true;
	if (!f) {
		set_problem(s, strerror(errno));
		return;
	}
	if (!read_lines(s, f))
		set_problem(s, "more symbols than fit into memory");
	else if (s->count == 0)
		set_problem(s, "shows no addresses: that takes CAP_SYSLOG and sysctl "
			       "kernel.kptr_restrict below 2");
	fclose(f);
	if (s->count == 0)
		return;
	qsort(s->entries, s->count, sizeof(*s->entries), compare);
	shrink(s);
}

const char *symbols_problem(struct symbols *s)
{
	if (!s->is_loaded)
		load(s);
	return s->problem[0] ? s->problem : NULL;
}

size_t symbols_bytes(const struct symbols *s)
{
	return sizeof(*s) + s->cap * sizeof(*s->entries) + s->names.cap;
}

/* The first entry of the greatest address that is not above `address`, or NULL. */
static const struct symbol *find(const struct symbols *s, uint64_t address)
{
	size_t lo = 0, hi = s->count;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (s->entries[mid].address <= address)
			lo = mid + 1;
		else
			hi = mid;
	}
	while (lo > 1 && s->entries[lo - 2].address == s->entries[lo - 1].address)
		lo--;
	return lo > 0 ? &s->entries[lo - 1] : NULL;
}

bool symbols_lookup(struct symbols *s, uint64_t address, char *out, size_t size)
{
	const struct symbol *entry;
	const char *name, *module;
	char offset[24] = "";

	out[0] = '\0';
	entry = symbols_problem(s) ? NULL : find(s, address);
	if (!entry || address - entry->address >= MAX_OFFSET)
		return false;
	name = (const char *)s->names.data + entry->name;
	module = (const char *)s->names.data + entry->module;
	if (address > entry->address)
		snprintf(offset, sizeof(offset), "+0x%llx",
			 (unsigned long long)(address - entry->address));
	snprintf(out, size, "%s%s%s%s", name, offset, *module ? " " : "", module);
	return true;
}
