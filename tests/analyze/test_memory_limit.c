/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_memory_limit.c -- sizes, the sentence, and a limit that holds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <cmocka.h>

#include "analyze/memory_limit.h"

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

static void check_size(const char *text, uint64_t want)
{
	uint64_t bytes = 7;

	assert_int_equal(memory_limit_parse(text, &bytes), want != 0);
	assert_int_equal(bytes, want ? want : 7);
}

static void sizes_have_a_unit_and_are_at_least_1_mib(void **state)
{
	(void)state;
	check_size("1M", 1 << 20);
	check_size("1024K", 1 << 20);
	check_size("1023K", 0);
	check_size("3g", UINT64_C(3) << 30);
	check_size("8589934592G", UINT64_C(1) << 63);
	check_size("8589934593G", 0);
	check_size("99999999999999999999G", 0);
	check_size("", 0);
	check_size("M", 0);
	check_size("1", 0);
	check_size("1T", 0);
	check_size("1MB", 0);
}

static void check_sentence(uint64_t bytes, const char *advice, const char *want)
{
	struct error err = {0};

	assert_int_equal(memory_limit_explain(bytes, "a.tape", advice, &err), ERR_NOMEM);
	assert_int_equal(err.status, ERR_NOMEM);
	assert_string_equal(err.text, want);
}

static void the_sentence_names_tape_limit_and_ways_out(void **state)
{
	(void)state;
	check_sentence(MEMORY_LIMIT_DEFAULT, "",
		       "a.tape: needs more than 1 GiB of memory: use --max-memory 2G");
	check_sentence(
		1536 << 20, "sleep",
		"a.tape: needs more than 1536 MiB of memory: use --max-memory 3072M, or sleep");
	check_sentence(1025 << 10, "",
		       "a.tape: needs more than 1025 KiB of memory: use --max-memory 2050K");
}

static void what_goes_beyond_is_refused_and_a_lower_limit_stays(void **state)
{
	struct rlimit old;
	void *volatile within,
		*volatile beyond; /* or clang allocates nothing and calls it success */
	bool is_set, is_raised;

	(void)state;
	if (getenv("RUNNER"))
		skip(); /* emulators of programs take no limits */
	assert_int_equal(getrlimit(RLIMIT_DATA, &old), 0);
	is_set = memory_limit_set(64 << 20);
	is_raised = memory_limit_set(128 << 20);
	within = malloc(16 << 20);
	beyond = malloc(65 << 20);
	free(within);
	free(beyond);
	assert_int_equal(setrlimit(RLIMIT_DATA, &old), 0);
	assert_non_null(within);
	assert_false(is_raised);
	if (is_set)
		assert_null(beyond);
	assert_int_equal(is_set, !IS_SANITIZED);
}

/* Fresh pages that `bytes` take. */
static long pages_of(size_t bytes)
{
	struct rusage before, after;
	char *volatile p;

	getrusage(RUSAGE_SELF, &before);
	p = malloc(bytes);
	assert_non_null(p);
	memset(p, 1, bytes);
	free(p);
	getrusage(RUSAGE_SELF, &after);
	return after.ru_minflt - before.ru_minflt;
}

static void what_is_kept_is_fresh_once(void **state)
{
	(void)state;
	memory_limit_keep();
#ifdef __GLIBC__
	if (IS_SANITIZED || getenv("RUNNER"))
		skip();
	pages_of(3 << 20);
	assert_true(pages_of(3 << 20) < 16);
#else
	skip();
#endif
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sizes_have_a_unit_and_are_at_least_1_mib),
		cmocka_unit_test(the_sentence_names_tape_limit_and_ways_out),
		cmocka_unit_test(what_goes_beyond_is_refused_and_a_lower_limit_stays),
		cmocka_unit_test(what_is_kept_is_fresh_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
