/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_fact.c -- facts come back, within their limits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "format/fact.h"
#include "tests/format/forge.h"

static int decode_facts(const struct buf *b, size_t len, struct fact_list *l)
{
	uint8_t *exact = forge_exact(b->data, len);
	struct view in = view_of(exact, len);
	int rc = facts_decode(&in, l, NULL);

	free(exact);
	return rc;
}

static void facts_come_back_in_order_and_the_first_of_a_key_is_found(void **state)
{
	struct fact_list l = {0};
	struct buf b = {0};

	(void)state;
	fact_encode("host", "a", &b);
	fact_encode("", "", &b);
	fact_encode("host", "b", &b);
	assert_int_equal(decode_facts(&b, b.len, &l), 0);
	assert_int_equal(l.count, 3);
	assert_string_equal(l.facts[2].key, "host");
	assert_string_equal(l.facts[2].value, "b");
	assert_string_equal(fact_list_find(&l, "host"), "a");
	assert_string_equal(fact_list_find(&l, ""), "");
	assert_null(fact_list_find(&l, "hos"));
	fact_list_release(&l);
	assert_null(fact_list_find(&l, "host"));
	buf_release(&b);
}

static void facts_cut_short_are_refused_except_between_two(void **state)
{
	struct buf b = {0};
	size_t between;

	(void)state;
	fact_encode("host", "alpha", &b);
	between = b.len;
	fact_encode("kernel", "6.1", &b);
	for (size_t len = 0; len < b.len; len++) {
		struct fact_list l = {0};

		assert_int_equal(decode_facts(&b, len, &l),
				 len == 0 || len == between ? 0 : ERR_CORRUPT);
		fact_list_release(&l);
	}
	buf_release(&b);
}

static int decode_fact_of(size_t key_len, size_t value_len)
{
	char *text = calloc(1, FACT_MAX_VALUE + 2);
	struct fact_list l = {0};
	struct buf b = {0};
	int rc;

	memset(text, 'x', FACT_MAX_VALUE + 1);
	put_string(&b, text, key_len);
	put_string(&b, text, value_len);
	rc = decode_facts(&b, b.len, &l);
	if (!rc)
		assert_int_equal(strlen(l.facts[0].value), value_len);
	fact_list_release(&l);
	buf_release(&b);
	free(text);
	return rc;
}

static void a_fact_keeps_to_its_limits(void **state)
{
	(void)state;
	assert_int_equal(decode_fact_of(FACT_MAX_KEY, FACT_MAX_VALUE), 0);
	assert_int_equal(decode_fact_of(FACT_MAX_KEY + 1, 1), ERR_CORRUPT);
	assert_int_equal(decode_fact_of(1, FACT_MAX_VALUE + 1), ERR_CORRUPT);
}

static void the_last_fact_fits_and_the_next_does_not(void **state)
{
	struct fact_list l = {0};
	struct buf b = {0};

	(void)state;
	for (int i = 0; i < FACTS_MAX; i++)
		fact_encode("k", "v", &b);
	assert_int_equal(decode_facts(&b, b.len, &l), 0);
	assert_int_equal(l.count, FACTS_MAX);
	assert_int_equal(decode_facts(&b, 4, &l), ERR_CORRUPT);
	assert_int_equal(l.count, FACTS_MAX);
	fact_list_release(&l);
	buf_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(facts_come_back_in_order_and_the_first_of_a_key_is_found),
		cmocka_unit_test(facts_cut_short_are_refused_except_between_two),
		cmocka_unit_test(a_fact_keeps_to_its_limits),
		cmocka_unit_test(the_last_fact_fits_and_the_next_does_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
