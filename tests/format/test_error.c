/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_error.c -- a status and a sentence. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "format/error.h"

static int two_steps(int first, int *steps)
{
	*steps = 1;
	TRY(first);
	*steps = 2;
	return 0;
}

static void a_failure_returns_its_status_and_says_a_sentence(void **state)
{
	struct error err = {.offset = 9, .sys_errno = 9};

	(void)state;
	assert_int_equal(error_set(&err, ERR_CORRUPT, "%d rows, limit is %d", 7, 5), ERR_CORRUPT);
	assert_int_equal(err.status, ERR_CORRUPT);
	assert_int_equal(err.sys_errno, 0);
	assert_int_equal(err.offset, 0);
	assert_string_equal(err.text, "7 rows, limit is 5");
	assert_int_equal(error_nomem(&err), ERR_NOMEM);
	assert_int_equal(err.status, ERR_NOMEM);
}

static void a_system_failure_keeps_its_number_and_its_name(void **state)
{
	struct error err = {0};

	(void)state;
	assert_int_equal(error_sys(&err, ENOENT, "cannot open %s", "a.tape"), ERR_IO);
	assert_int_equal(err.sys_errno, ENOENT);
	assert_string_equal(err.text, "cannot open a.tape: No such file or directory");
}

static void a_sentence_is_cut_to_its_room(void **state)
{
	struct error err;
	char path[1000];

	(void)state;
	memset(path, 'x', sizeof(path) - 1);
	path[sizeof(path) - 1] = '\0';
	error_sys(&err, ENOENT, "%s", path);
	assert_int_equal(strlen(err.text), sizeof(err.text) - 1);
	error_set(&err, ERR_USAGE, "%s", path);
	assert_int_equal(strlen(err.text), sizeof(err.text) - 1);
}

static void nobody_has_to_listen(void **state)
{
	(void)state;
	assert_int_equal(error_set(NULL, ERR_USAGE, "unheard"), ERR_USAGE);
	assert_int_equal(error_sys(NULL, ENOENT, "unheard"), ERR_IO);
	assert_int_equal(error_nomem(NULL), ERR_NOMEM);
}

static void try_returns_whatever_is_not_0(void **state)
{
	int steps;

	(void)state;
	assert_int_equal(two_steps(0, &steps), 0);
	assert_int_equal(steps, 2);
	assert_int_equal(two_steps(END, &steps), END);
	assert_int_equal(steps, 1);
	assert_int_equal(two_steps(ERR_IO, &steps), ERR_IO);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_failure_returns_its_status_and_says_a_sentence),
		cmocka_unit_test(a_system_failure_keeps_its_number_and_its_name),
		cmocka_unit_test(a_sentence_is_cut_to_its_room),
		cmocka_unit_test(nobody_has_to_listen),
		cmocka_unit_test(try_returns_whatever_is_not_0),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
