/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * check.c -- the table of checks, in the order in which a recording meets them, but memory
 * before what takes much of it.
 */
#include "record/check.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "record/attach.h"
#include "record/check_events.h"
#include "record/check_host.h"
#include "record/check_memory.h"
#include "record/check_output.h"
#include "record/check_rights.h"

struct check_row {
	const char *name;
	void (*look)(struct checkup *u, struct check *c);
};

static const struct check_row table[] = {
	{"kernel", check_kernel},     {"privileges", check_privileges},
	{"sysctl", check_sysctl},     {"container", check_container},
	{"lockdown", check_lockdown}, {"command", check_command},
	{"BTF", check_btf},           {"tracefs", check_tracefs},
	{"events", check_events},     {"descriptors", check_descriptors},
	{"output", check_output},     {"disk", check_disk},
	{"bpf", check_bpf},           {"memlock", check_memlock},
	{"buffer", check_buffer},     {"programs", check_programs},
	{"JIT", check_jit},           {"clock", check_clock},
	{"symbols", check_symbols},
};

const struct check *check_next(struct checkup *u)
{
	attach_silence();
	while (u->next < sizeof(table) / sizeof(table[0])) {
		const struct check_row *row = &table[u->next++];
		struct check *c = &u->rows[u->row_count];

		*c = (struct check){.name = row->name};
		row->look(u, c);
		if (c->finding[0] == '\0')
			continue;
		u->row_count++;
		return c;
	}
	return NULL;
}

void check_release(struct checkup *u)
{
	catalog_close(u->catalog);
	tracefs_close(u->tracefs);
	btf_enums_close(u->btf);
	u->catalog = NULL;
	u->tracefs = NULL;
	u->btf = NULL;
}

int check_verdict(const struct checkup *u, struct error *err)
{
	for (size_t i = 0; i < u->row_count; i++)
		if (u->rows[i].state == CHECK_FAILS)
			return error_set(err, (enum status)u->rows[i].status,
					 "a recording would fail: %s", u->rows[i].finding);
	return OK;
}

static void fill(struct check *c, enum check_state state, const char *fmt, va_list ap)
{
	c->state = state;
	vsnprintf(c->finding, sizeof(c->finding), fmt, ap);
}

void check_ok(struct check *c, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fill(c, CHECK_OK, fmt, ap);
	va_end(ap);
}

void check_warn(struct check *c, const char *advice, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fill(c, CHECK_WARN, fmt, ap);
	va_end(ap);
	snprintf(c->advice, sizeof(c->advice), "%s", advice);
}

void check_fail(struct check *c, enum status status, const char *advice, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fill(c, CHECK_FAILS, fmt, ap);
	va_end(ap);
	c->status = (int)status;
	snprintf(c->advice, sizeof(c->advice), "%s", advice);
}

static FILE *open_below(const struct checkup *u, const char *path)
{
	char full[4096];

	snprintf(full, sizeof(full), "%s%s", u->root, path);
	return fopen(full, "re");
}

bool check_line(const struct checkup *u, const char *path, char value[CHECK_VALUE])
{
	FILE *f = open_below(u, path);
	bool is_read;

	if (!f)
		return false;
	is_read = fgets(value, CHECK_VALUE, f) != NULL;
	fclose(f);
	if (!is_read)
		return false;
	value[strcspn(value, "\n")] = '\0';
	return value[0] != '\0';
}

bool check_keyed(const struct checkup *u, const char *path, const char *key,
		 char value[CHECK_VALUE])
{
	FILE *f = open_below(u, path);
	size_t len = strlen(key);
	char line[CHECK_VALUE];
	bool is_found = false;

	if (!f)
		return false;
	while (!is_found && fgets(line, sizeof(line), f))
		is_found = strncmp(line, key, len) == 0 && line[len] == ':';
	fclose(f);
	if (!is_found)
		return false;
	line[strcspn(line, "\n")] = '\0';
	len += 1 + strspn(line + len + 1, " \t");
	memmove(value, line + len, strlen(line + len) + 1);
	return true;
}

unsigned check_kernel_version(const struct checkup *u)
{
	char release[CHECK_VALUE];
	unsigned major, minor;

	if (!check_line(u, "/proc/sys/kernel/osrelease", release) ||
	    sscanf(release, "%3u.%3u", &major, &minor) != 2 || minor > 255)
		return 0;
	return major << 8 | minor;
}

bool check_is_real(const struct checkup *u)
{
	return u->root[0] == '\0';
}
