/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_budget.c -- what goes first, when it is enough, and when it comes back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "record/budget.h"
#include "tests/record/fake_kernel.h"

static const char fields[] = "\tfield:int value;\toffset:8;\tsize:4;\tsigned:1;\n";
static const char print[] = "\"value=%d\", REC->value";

static const uint64_t SECOND = 1000000000;

struct scene {
	struct fake_kernel *kernel;
	struct catalog *catalog;
	struct budget *budget;
	struct budget_use use;
};

static int set_up(void **state)
{
	static struct scene s;

	s = (struct scene){.kernel = fake_kernel_new()};
	*state = &s;
	if (!s.kernel)
		return 0;
	fake_kernel_add(s.kernel, "tcp", "tcp_probe", fields, print);
	fake_kernel_add(s.kernel, "skb", "consume_skb", fields, print);
	fake_kernel_add(s.kernel, "sock", "sock_send_length", fields, print);
	fake_kernel_add(s.kernel, "sock", "inet_sock_set_state", fields, print);
	fake_kernel_add(s.kernel, "disk", "consume_skb", fields, print);
	return fake_kernel_catalog(s.kernel, "*", &s.catalog, NULL);
}

static int tear_down(void **state)
{
	struct scene *s = *state;

	budget_free(s->budget);
	catalog_close(s->catalog);
	fake_kernel_free(s->kernel);
	return 0;
}

static struct scene *begin(void **state, uint32_t percent)
{
	struct scene *s = *state;

	if (!s->kernel)
		skip();
	assert_int_equal(budget_new(s->catalog, percent, &s->budget, NULL), OK);
	budget_begin(s->budget, &s->use);
	return s;
}

/* Two seconds in which `cpu_percent` of a core was used, and `events` of each type happened. */
static bool pass(struct scene *s, unsigned cpu_percent, uint64_t events)
{
	s->use.now_ns += 2 * SECOND;
	s->use.cpu_ns += 2 * SECOND / 100 * cpu_percent;
	s->use.events += events; /* a type that always stays */
	for (size_t i = 0; i < budget_count(s->budget); i++) {
		if (i < budget_level(s->budget)) {
			budget_at(s->budget, i)->shed += events;
			continue;
		}
		budget_at(s->budget, i)->events += events;
		s->use.events += events;
	}
	assert_true(budget_is_due(s->budget, s->use.now_ns));
	return budget_weigh(s->budget, &s->use);
}

static void what_tells_little_goes_first_and_what_matters_stays(void **state)
{
	static const char *const want[] = {"skb:consume_skb", "tcp:tcp_probe",
					   "sock:sock_send_length"};
	struct scene *s = begin(state, 20);

	assert_int_equal(budget_count(s->budget), 3);
	for (size_t i = 0; i < 3; i++)
		assert_string_equal(budget_at(s->budget, i)->name, want[i]);
}

static void nothing_is_due_without_a_limit_or_too_early(void **state)
{
	struct scene *s = begin(state, 0);

	assert_false(budget_is_due(s->budget, 100 * SECOND));
	budget_free(s->budget);
	s = begin(state, 20);
	assert_false(budget_is_due(s->budget, 2 * SECOND - 1));
	assert_true(budget_is_due(s->budget, 2 * SECOND));
}

static void as_much_goes_as_is_needed(void **state)
{
	struct scene *s = begin(state, 25);

	assert_false(pass(s, 25, 100000));
	assert_true(pass(s, 40, 100000)); /* four types of a quarter each: one is not enough */
	assert_int_equal(budget_level(s->budget), 2);
	assert_string_equal(budget_reason(s->budget), "40 % of a core, limit 25 %");
	assert_false(pass(s, 20, 100000)); /* 10 % each: none would fit again */
	assert_int_equal(budget_level(s->budget), 2);
}

static void what_fits_comes_back_the_last_one_first(void **state)
{
	struct scene *s = begin(state, 25);

	assert_true(pass(s, 80, 100000));
	assert_int_equal(budget_level(s->budget), 3);
	assert_false(pass(s, 20, 100000)); /* 20 % each */
	assert_true(pass(s, 6, 30000));    /* 6 % each: two more fit below 20 % */
	assert_int_equal(budget_level(s->budget), 1);
	assert_true(pass(s, 0, 0));
	assert_int_equal(budget_level(s->budget), 0);
	assert_false(pass(s, 0, 0));
}

static void that_nothing_more_can_go_is_told_once(void **state)
{
	struct scene *s = begin(state, 5);

	assert_true(pass(s, 80, 100000));
	assert_true(pass(s, 80, 100000));
	assert_int_equal(budget_level(s->budget), 3);
	assert_false(pass(s, 80, 100000));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_tells_little_goes_first_and_what_matters_stays),
		TEST(nothing_is_due_without_a_limit_or_too_early),
		TEST(as_much_goes_as_is_needed),
		TEST(what_fits_comes_back_the_last_one_first),
		TEST(that_nothing_more_can_go_is_told_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
