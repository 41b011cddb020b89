/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* memory_limit.c -- setrlimit(2) with sentences. */
#include "analyze/memory_limit.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/resource.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

/* A sanitizer reserves terabytes. */
#if defined(__SANITIZE_ADDRESS__)
#define IS_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define IS_SANITIZED 1
#endif
#endif
#ifndef IS_SANITIZED
#define IS_SANITIZED 0
#endif

/* The stack must be able to grow, or the end would be a signal: RLIMIT_AS counts it, Linux's
 * RLIMIT_DATA does not. Elsewhere RLIMIT_DATA knows of no mappings, hence of no malloc. */
#ifdef __linux__
enum { LIMITED = RLIMIT_DATA };
#else
enum { LIMITED = RLIMIT_AS };
#endif

struct unit {
	char letter;
	unsigned shift;
};

static const struct unit units[] = {{'G', 30}, {'M', 20}, {'K', 10}};

bool memory_limit_parse(const char *text, uint64_t *bytes)
{
	uint64_t v = 0;

	if (*text < '0' || *text > '9')
		return false;
	for (; *text >= '0' && *text <= '9'; text++) {
		v = v * 10 + (unsigned)(*text - '0');
		if (v > UINT64_C(1) << 33)
			return false;
	}
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (*text != units[i].letter && *text != units[i].letter + ('a' - 'A'))
			continue;
		v <<= units[i].shift;
		if (text[1] || v < MEMORY_LIMIT_LEAST)
			return false;
		*bytes = v;
		return true;
	}
	return false;
}

/* What the caller has set, in one way or another, is less: it will be what does not suffice. */
static bool is_exceeded(uint64_t bytes)
{
	struct rlimit space;

	return getrlimit(RLIMIT_AS, &space) == 0 && space.rlim_cur != RLIM_INFINITY &&
	       space.rlim_cur < bytes;
}

bool memory_limit_set(uint64_t bytes)
{
	struct rlimit limit;

	if (IS_SANITIZED || (rlim_t)bytes != bytes || getrlimit(LIMITED, &limit) < 0)
		return false;
	if ((limit.rlim_cur != RLIM_INFINITY && limit.rlim_cur < bytes) || is_exceeded(bytes))
		return false;
	limit.rlim_cur = (rlim_t)bytes;
	return setrlimit(LIMITED, &limit) == 0;
}

void memory_limit_keep(void)
{
#ifdef __GLIBC__
	enum { KEPT = 16 << 20, LARGE = 4 << 20 }; /* what is larger is given back at once */

	mallopt(M_TRIM_THRESHOLD, KEPT);
	mallopt(M_MMAP_THRESHOLD, LARGE);
#endif
}

/* The largest unit that divides it. */
static const struct unit *unit_of(uint64_t bytes)
{
	const struct unit *u = units;

	while (u->letter != 'K' && bytes & ((UINT64_C(1) << u->shift) - 1))
		u++;
	return u;
}

int memory_limit_explain(uint64_t bytes, const char *tape, const char *advice, struct error *err)
{
	const struct unit *u = unit_of(bytes);
	uint64_t n = bytes >> u->shift;

	return error_set(err, ERR_NOMEM,
			 "%.100s: needs more than %" PRIu64
			 " %ciB of memory: use --max-memory %" PRIu64 "%c%s%s",
			 tape, n, u->letter, 2 * n, u->letter, *advice ? ", or " : "", advice);
}
