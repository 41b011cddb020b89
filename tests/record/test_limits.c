/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "record/limits.h"

static void assert_refused(enum limit which, const char *arg, const char *sentence)
{
	struct limits l = {0};
	struct error err = {0};

	assert_int_equal(limits_set(&l, which, arg, &err), ERR_USAGE);
	assert_string_equal(err.text, sentence);
}

static void limits_take_what_their_options_say(void **state)
{
	struct limits l = {0};

	(void)state;
	assert_int_equal(limits_set(&l, LIMIT_MAX_SIZE, "1G", NULL), OK);
	assert_int_equal(limits_set(&l, LIMIT_ROTATE_SIZE, "256K", NULL), OK);
	assert_int_equal(limits_set(&l, LIMIT_ROTATE_TIME, "10m", NULL), OK);
	assert_int_equal(limits_set(&l, LIMIT_KEEP, "12", NULL), OK);
	assert_int_equal(l.max_bytes, 1 << 30);
	assert_int_equal(l.rotate_bytes, 256 << 10);
	assert_int_equal(l.rotate_ns, UINT64_C(600000000000));
	assert_int_equal(l.keep, 12);
	assert_int_equal(limits_set(&l, LIMIT_MIN_FREE, "10%", NULL), OK);
	assert_int_equal(l.min_free_percent, 10);
	assert_int_equal(limits_set(&l, LIMIT_MIN_FREE, "5G", NULL), OK);
	assert_int_equal(l.min_free_percent, 0);
	assert_int_equal(l.min_free_bytes, UINT64_C(5) << 30);
	assert_int_equal(limits_set(&l, LIMIT_MAX_CPU, "20%", NULL), OK);
	assert_int_equal(l.max_cpu_percent, 20);
	assert_int_equal(limits_check(&l, "a.tape", 0, NULL), OK);
}

static void limits_refuse_what_makes_no_sense(void **state)
{
	(void)state;
	assert_refused(LIMIT_MAX_SIZE, "much", "--max-size 'much': not a size such as 100M");
	assert_refused(LIMIT_MAX_SIZE, "255K", "--max-size '255K': must be at least 256K");
	assert_refused(LIMIT_ROTATE_SIZE, "0", "--rotate-size '0': must be at least 256K");
	assert_refused(LIMIT_MAX_MEMORY, "0", "--max-memory '0': not a size such as 100M");
	assert_refused(LIMIT_ROTATE_TIME, "soon",
		       "--rotate-time 'soon': not a time such as 30s, 10m or 1h");
	assert_refused(LIMIT_ROTATE_TIME, "0.9s", "--rotate-time '0.9s': must be at least 1s");
	assert_refused(LIMIT_MIN_FREE, "100%",
		       "--min-free-disk '100%': not a size such as 5G or a percentage up to 99%");
	assert_refused(LIMIT_MIN_FREE, "0",
		       "--min-free-disk '0': not a size such as 5G or a percentage up to 99%");
	assert_refused(LIMIT_MAX_CPU, "0", "--max-cpu '0': not a percentage from 1 to 10000");
	assert_refused(LIMIT_KEEP, "0", "--keep '0': not a number from 1 to 999999");
	assert_refused(LIMIT_KEEP, "all", "--keep 'all': not a number from 1 to 999999");
}

static void limits_that_make_pieces_need_a_file(void **state)
{
	struct limits l = {.max_bytes = 1 << 20};
	struct error err = {0};

	(void)state;
	assert_false(limits_rotate(&l));
	assert_int_equal(limits_check(&l, "-", 0, NULL), OK);
	l.keep = 3;
	assert_true(limits_rotate(&l));
	assert_int_equal(limits_check(&l, "-", 0, &err), ERR_USAGE);
	assert_string_equal(
		err.text, "--rotate-size, --rotate-time and --keep need a file: name one with -o");
}

static void limits_of_a_disk_need_one(void **state)
{
	const struct limits l = {.min_free_percent = 10};
	struct error err = {0};

	(void)state;
	assert_int_equal(limits_check(&l, "a.tape", 0, NULL), OK);
	assert_int_equal(limits_check(&l, "-", 0, &err), ERR_USAGE);
	assert_string_equal(err.text, "--min-free-disk needs a file: name one with -o");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(limits_take_what_their_options_say),
		cmocka_unit_test(limits_refuse_what_makes_no_sense),
		cmocka_unit_test(limits_that_make_pieces_need_a_file),
		cmocka_unit_test(limits_of_a_disk_need_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
