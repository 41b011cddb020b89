/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* limits.c -- one function for each kind of value. */
#include "record/limits.h"

#include <string.h>

#include "record/memory.h"
#include "record/quantity.h"

enum {
	MIN_BYTES = 256 << 10, /* a tape's names and settings alone take some 50 KiB */
	MAX_KEEP = 999999,
	MAX_FREE_PERCENT = 99,
	MAX_CPU_PERCENT = 10000, /* a hundred cores: no limit at all */
};

static struct span whole(const char *arg)
{
	return span_of(arg, strlen(arg));
}

static int set_bytes(uint64_t *to, const char *name, const char *arg, struct error *err)
{
	uint64_t bytes;

	if (!quantity_bytes(whole(arg), &bytes))
		return error_set(err, ERR_USAGE, "--%s '%.40s': not a size such as 100M", name,
				 arg);
	if (bytes < MIN_BYTES)
		return error_set(err, ERR_USAGE, "--%s '%.40s': must be at least 256K", name, arg);
	*to = bytes;
	return OK;
}

/* How much is too little is for memory_check() to say. */
static int set_memory(struct limits *l, const char *arg, struct error *err)
{
	if (quantity_bytes(whole(arg), &l->max_memory_bytes) && l->max_memory_bytes > 0)
		return OK;
	return error_set(err, ERR_USAGE, "--max-memory '%.40s': not a size such as 100M", arg);
}

static int set_rotate_time(struct limits *l, const char *arg, struct error *err)
{
	if (!quantity_time(whole(arg), &l->rotate_ns))
		return error_set(err, ERR_USAGE,
				 "--rotate-time '%.40s': not a time such as 30s, 10m or 1h", arg);
	if (l->rotate_ns < 1000000000)
		return error_set(err, ERR_USAGE, "--rotate-time '%.40s': must be at least 1s", arg);
	return OK;
}

static int set_keep(struct limits *l, const char *arg, struct error *err)
{
	if (span_number(whole(arg), MAX_KEEP, &l->keep) && l->keep > 0)
		return OK;
	return error_set(err, ERR_USAGE, "--keep '%.40s': not a number from 1 to %d", arg,
			 MAX_KEEP);
}

static int set_max_cpu(struct limits *l, const char *arg, struct error *err)
{
	if (quantity_percent(whole(arg), MAX_CPU_PERCENT, &l->max_cpu_percent))
		return OK;
	return error_set(err, ERR_USAGE, "--max-cpu '%.40s': not a percentage from 1 to %d", arg,
			 MAX_CPU_PERCENT);
}

static int set_min_free(struct limits *l, const char *arg, struct error *err)
{
	size_t len = strlen(arg);

	l->min_free_bytes = l->min_free_percent = 0;
	if (len && arg[len - 1] == '%') {
		if (quantity_percent(whole(arg), MAX_FREE_PERCENT, &l->min_free_percent))
			return OK;
	} else if (quantity_bytes(whole(arg), &l->min_free_bytes) && l->min_free_bytes) {
		return OK;
	}
	return error_set(err, ERR_USAGE,
			 "--min-free-disk '%.40s': not a size such as 5G or a percentage up to "
			 "%d%%",
			 arg, MAX_FREE_PERCENT);
}

int limits_set(struct limits *l, enum limit which, const char *arg, struct error *err)
{
	switch (which) {
	case LIMIT_MAX_SIZE:
		return set_bytes(&l->max_bytes, "max-size", arg, err);
	case LIMIT_ROTATE_SIZE:
		return set_bytes(&l->rotate_bytes, "rotate-size", arg, err);
	case LIMIT_ROTATE_TIME:
		return set_rotate_time(l, arg, err);
	case LIMIT_MIN_FREE:
		return set_min_free(l, arg, err);
	case LIMIT_MAX_MEMORY:
		return set_memory(l, arg, err);
	case LIMIT_MAX_CPU:
		return set_max_cpu(l, arg, err);
	default:
		return set_keep(l, arg, err);
	}
}

bool limits_rotate(const struct limits *l)
{
	return l->rotate_bytes || l->rotate_ns || l->keep;
}

int limits_check(const struct limits *l, const char *output, uint64_t buffer_bytes,
		 struct error *err)
{
	if (limits_rotate(l) && strcmp(output, "-") == 0)
		return error_set(err, ERR_USAGE,
				 "--rotate-size, --rotate-time and --keep need a file: name one "
				 "with -o");
	if ((l->min_free_bytes || l->min_free_percent) && strcmp(output, "-") == 0)
		return error_set(err, ERR_USAGE, "--min-free-disk needs a file: name one with -o");
	return memory_check(l->max_memory_bytes, buffer_bytes, err);
}
