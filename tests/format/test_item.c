/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_item.c -- facts, losses and clock readings. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "format/item.h"
#include "tests/format/forge.h"

static const struct loss a_loss = {.from_ns = 5,
				   .to_ns = UINT64_MAX,
				   .cpu = LOSS_ANY_CPU,
				   .schema = 4096,
				   .count = UINT64_MAX,
				   .cause = LOSS_RING_FULL};
static const struct clock_reading a_clock = {.ts_ns = 1,
					     .monotonic_ns = 2,
					     .boottime_ns = UINT64_MAX,
					     .realtime_ns = UINT64_C(1700000000000000000)};

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

static void a_loss_comes_back(void **state)
{
	struct loss out = {0};
	struct buf b = {0};
	struct view in;

	(void)state;
	loss_encode(&a_loss, &b);
	in = view_of(b.data, b.len);
	assert_int_equal(loss_decode(&in, &out, NULL), 0);
	assert_int_equal(view_len(in), 0);
	assert_true(out.from_ns == a_loss.from_ns && out.to_ns == a_loss.to_ns);
	assert_true(out.cpu == a_loss.cpu && out.schema == a_loss.schema);
	assert_true(out.count == a_loss.count && out.cause == a_loss.cause);
	buf_release(&b);
}

/* docs/FORMAT.md section 8: of an unknown number. */
static void a_loss_may_count_nothing(void **state)
{
	struct loss none = a_loss, out = {.count = 7};
	struct buf b = {0};
	struct view in;

	(void)state;
	none.count = 0;
	loss_encode(&none, &b);
	in = view_of(b.data, b.len);
	assert_int_equal(loss_decode(&in, &out, NULL), 0);
	assert_int_equal(out.count, 0);
	assert_int_equal(out.from_ns, none.from_ns);
	buf_release(&b);
}

static void a_clock_reading_comes_back(void **state)
{
	struct clock_reading out = {0};
	struct buf b = {0};
	struct view in;

	(void)state;
	clock_encode(&a_clock, &b);
	in = view_of(b.data, b.len);
	assert_int_equal(clock_decode(&in, &out, NULL), 0);
	assert_int_equal(view_len(in), 0);
	assert_memory_equal(&out, &a_clock, sizeof(out));
	buf_release(&b);
}

static void a_record_cut_anywhere_is_refused_and_nothing_is_written(void **state)
{
	struct clock_reading clock = {.ts_ns = 77};
	struct loss loss = {.count = 77};
	struct buf losses = {0}, clocks = {0};

	(void)state;
	loss_encode(&a_loss, &losses);
	clock_encode(&a_clock, &clocks);
	for (size_t len = 0; len < losses.len; len++) {
		uint8_t *exact = forge_exact(losses.data, len);
		struct view in = view_of(exact, len);

		assert_int_equal(loss_decode(&in, &loss, NULL), ERR_CORRUPT);
		free(exact);
	}
	for (size_t len = 0; len < clocks.len; len++) {
		uint8_t *exact = forge_exact(clocks.data, len);
		struct view in = view_of(exact, len);

		assert_int_equal(clock_decode(&in, &clock, NULL), ERR_CORRUPT);
		free(exact);
	}
	assert_int_equal(clock.ts_ns, 77);
	assert_int_equal(loss.count, 77);
	buf_release(&losses);
	buf_release(&clocks);
}

/* A record of `count` varints, all `value`, as LOSS and CLOCK blocks have them. */
static void put_record(struct buf *b, unsigned count, uint64_t value)
{
	struct buf record = {0};

	for (unsigned i = 0; i < count; i++)
		put_varint(&record, value);
	put_string(b, record.data, record.len);
	buf_release(&record);
}

static void a_longer_record_is_read_as_far_as_it_is_known(void **state)
{
	struct clock_reading clock;
	struct buf b = {0};
	struct loss loss;
	struct view in;

	(void)state;
	put_record(&b, 9, 3);
	put_record(&b, 7, 4);
	put_record(&b, 3, 5);
	in = view_of(b.data, b.len);
	assert_int_equal(loss_decode(&in, &loss, NULL), 0);
	assert_int_equal(loss.cause, 3);
	assert_int_equal(clock_decode(&in, &clock, NULL), 0);
	assert_int_equal(clock.realtime_ns, 4);
	assert_int_equal(clock_decode(&in, &clock, NULL), ERR_CORRUPT);
	buf_release(&b);
}

static void a_loss_with_an_impossible_number_is_refused(void **state)
{
	struct buf b = {0};
	struct loss loss;
	struct view in;

	(void)state;
	put_record(&b, 6, UINT32_MAX);
	put_record(&b, 6, UINT64_C(1) << 32);
	in = view_of(b.data, b.len);
	assert_int_equal(loss_decode(&in, &loss, NULL), 0);
	assert_int_equal(loss_decode(&in, &loss, NULL), ERR_CORRUPT);
	buf_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(facts_come_back_in_order_and_the_first_of_a_key_is_found),
		cmocka_unit_test(facts_cut_short_are_refused_except_between_two),
		cmocka_unit_test(a_fact_keeps_to_its_limits),
		cmocka_unit_test(the_last_fact_fits_and_the_next_does_not),
		cmocka_unit_test(a_loss_comes_back),
		cmocka_unit_test(a_loss_may_count_nothing),
		cmocka_unit_test(a_clock_reading_comes_back),
		cmocka_unit_test(a_record_cut_anywhere_is_refused_and_nothing_is_written),
		cmocka_unit_test(a_longer_record_is_read_as_far_as_it_is_known),
		cmocka_unit_test(a_loss_with_an_impossible_number_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
