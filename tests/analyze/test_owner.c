/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_owner.c -- better evidence of ownership replaces worse. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "analyze/owner.h"

static struct view text(const char *s)
{
	return view_of(s, strlen(s));
}

static void caller_replaces_snapshot_and_not_the_other_way(void **state)
{
	struct owner o = {0};

	(void)state;
	owner_learn(&o, OWNER_SNAPSHOT, 10, text("old"));
	owner_learn(&o, OWNER_CALLER, 20, text("new"));
	owner_learn(&o, OWNER_SNAPSHOT, 30, text("older"));
	owner_learn(&o, OWNER_CALLER, 40, text("later"));
	assert_int_equal(o.pid, 20);
	assert_string_equal(o.comm, "new");
}

static void idle_task_is_no_owner(void **state)
{
	struct owner o = {0};

	(void)state;
	owner_learn(&o, OWNER_CALLER, 0, text("swapper/0"));
	assert_int_equal(o.source, OWNER_UNKNOWN);
}

static void kernel_thread_that_closes_for_others_is_no_owner(void **state)
{
	struct owner o = {0};

	(void)state;
	owner_learn(&o, OWNER_CLOSER, 9, text("kworker/u4:2"));
	assert_int_equal(o.source, OWNER_UNKNOWN);
	owner_learn(&o, OWNER_CALLER, 9, text("kworker/u4:2")); /* nfs sends from there */
	assert_int_equal(o.pid, 9);
}

static void child_inherits_only_while_nothing_is_known(void **state)
{
	struct owner listener = {0}, child = {0};

	(void)state;
	owner_inherit(&child, &listener);
	assert_int_equal(child.source, OWNER_UNKNOWN);
	owner_learn(&listener, OWNER_CALLER, 5, text("nginx"));
	owner_inherit(&child, &listener);
	assert_int_equal(child.source, OWNER_LISTENER);
	owner_learn(&child, OWNER_READER, 6, text("worker"));
	owner_inherit(&child, &listener);
	assert_int_equal(child.pid, 6);
}

static void name_that_is_too_long_is_cut(void **state)
{
	struct owner o = {0};

	(void)state;
	owner_learn(&o, OWNER_CALLER, 1, text("0123456789abcdefghij"));
	assert_string_equal(o.comm, "0123456789abcde");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(caller_replaces_snapshot_and_not_the_other_way),
		cmocka_unit_test(idle_task_is_no_owner),
		cmocka_unit_test(kernel_thread_that_closes_for_others_is_no_owner),
		cmocka_unit_test(child_inherits_only_while_nothing_is_known),
		cmocka_unit_test(name_that_is_too_long_is_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
