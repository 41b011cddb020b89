/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_recalled_encoder.c -- addresses of different events foretell each other. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "format/recalled.h"
#include "format/recalled_encoder.h"
#include "format/rows_data.h"
#include "tests/format/forge.h"
#include "tests/format/small_writer.h"

enum { ARRIVES = 1, READ = 2 };

static const uint64_t PAGE = UINT64_C(0xffff888104a00000);

/* An event of a packet: its address, and its number. */
static struct schema *packet_schema(uint32_t id)
{
	struct schema *s = schema_new(SCHEMA_EVENT, "g", id == READ ? "read" : "arrives", NULL);
	struct field address = forge_field("address", FIELD_INT, 8, 1);

	address.role = ROLE_POINTER;
	address.near = 2;
	forge_add(s, address);
	forge_add(s, forge_field("number", FIELD_INT, 4, 1));
	s->id = id;
	assert_int_equal(schema_seal(s, NULL), 0);
	return s;
}

struct desk {
	struct schema *schemas[2];
	struct rows *rows;
	struct recalled_encoder *encoder;
};

static int setup(void **state)
{
	const struct rows_extent full = {1 << 16, 1 << 20, 1 << 16, 1 << 20, 1 << 20, 1 << 26};
	struct desk *d = calloc(1, sizeof(*d));

	d->schemas[0] = packet_schema(ARRIVES);
	d->schemas[1] = packet_schema(READ);
	d->rows = rows_new(&full);
	d->encoder = recalled_encoder_new();
	*state = d;
	return 0;
}

static int teardown(void **state)
{
	struct desk *d = *state;

	rows_free(d->rows);
	recalled_encoder_free(d->encoder);
	recalled_encoder_free(NULL);
	schema_free(d->schemas[0]);
	schema_free(d->schemas[1]);
	free(d);
	return 0;
}

static void add(struct desk *d, uint32_t schema, uint64_t address, uint64_t number)
{
	struct value values[] = {{.num = address}, {.num = number}};
	struct row row = {.schema = schema, .values = values};

	assert_int_equal(rows_add(d->rows, d->schemas[schema - 1], &row, NULL), 0);
}

static void run(struct desk *d)
{
	assert_true(recalled_encoder_begin(d->encoder, d->rows->group_cap));
	for (size_t i = 0; i < d->rows->group_cap; i++)
		if (d->rows->groups[i] && d->rows->groups[i]->count)
			assert_true(recalled_encoder_add(d->encoder, d->rows->groups[i], 0));
	recalled_encoder_run(d->encoder, d->rows, d->rows->heads);
}

static void tokens_are(struct desk *d, uint32_t schema, const uint64_t *tokens, size_t count)
{
	struct view got;
	unsigned own;
	uint64_t token;

	assert_true(recalled_encoder_column(d->encoder, schema, 0, &own, &got));
	assert_int_equal(own, 0);
	for (size_t i = 0; i < count; i++) {
		assert_true(take_varint(&got, &token));
		assert_true(token == tokens[i]);
	}
	assert_int_equal(view_len(got), 0);
	assert_false(recalled_encoder_column(d->encoder, schema, 1, &own, &got));
}

/* The one that was told as the n-th. */
static uint64_t met(uint64_t n)
{
	return REUSED_FAR + 4 * n + REUSED_MET;
}

static uint64_t far_from(uint64_t base, uint64_t value)
{
	return REUSED_FAR + 2 * zigzag((int64_t)(value - base));
}

static void a_number_foretells_its_address(void **state)
{
	struct desk *d = *state;

	add(d, ARRIVES, PAGE, 70);
	add(d, ARRIVES, PAGE + 512, 71);
	add(d, READ, PAGE, 70);
	add(d, READ, PAGE + 512, 71);
	add(d, READ, PAGE, 71);
	run(d);
	tokens_are(d, ARRIVES, (uint64_t[]){far_from(0, PAGE), far_from(PAGE, PAGE + 512)}, 2);
	/* The last one is not with this number, but was before the other, too. */
	tokens_are(d, READ, (uint64_t[]){RECALLED_WITH, RECALLED_WITH, REUSED_PRIOR}, 3);
}

static void an_address_foretells_the_next_one(void **state)
{
	struct desk *d = *state;

	for (uint64_t i = 0; i < 4; i++)
		add(d, ARRIVES, PAGE + (i % 2) * 512, 70 + i);
	/* The other halves of the same objects. */
	add(d, READ, PAGE + 0xe0, 90);
	add(d, READ, PAGE + 512 + 0xe0, 91);
	run(d);
	tokens_are(d, ARRIVES,
		   (uint64_t[]){far_from(0, PAGE), far_from(PAGE, PAGE + 512), 1, RECALLED_AFTER},
		   4);
	tokens_are(d, READ, (uint64_t[]){far_from(0, PAGE + 0xe0), RECALLED_AFTER}, 2);
}

static void what_was_free_last_is_used_first(void **state)
{
	static const uint64_t order[] = {0, 1, 2, 3, 2, 1, 0};
	struct desk *d = *state;

	for (uint64_t i = 0; i < 7; i++)
		add(d, ARRIVES, PAGE + order[i] * 512, 70 + i);
	run(d);
	tokens_are(d, ARRIVES,
		   (uint64_t[]){far_from(0, PAGE), far_from(PAGE, PAGE + 512),
				far_from(PAGE + 512, PAGE + 1024),
				far_from(PAGE + 1024, PAGE + 1536), 1, REUSED_PRIOR, REUSED_PRIOR},
		   7);
}

static void what_was_told_once_has_a_number(void **state)
{
	struct desk *d = *state;
	uint64_t tokens[10] = {far_from(0, PAGE)};

	for (uint64_t i = 0; i < 10; i++)
		add(d, ARRIVES, PAGE + i * 4096, i);
	for (uint64_t i = 1; i < 10; i++)
		tokens[i] = far_from(0, 4096);
	add(d, READ, PAGE + 0xe0, 90);
	add(d, READ, PAGE + 3 * 4096 + 0xe0, 91);
	add(d, READ, PAGE + 5 * 4096, 92);
	run(d);
	tokens_are(d, ARRIVES, tokens, 10);
	tokens_are(d, READ, (uint64_t[]){far_from(0, PAGE + 0xe0), met(3) + REUSED_BESIDE, met(5)},
		   3);
}

static void a_block_knows_nothing_of_the_one_before(void **state)
{
	struct desk *d = *state;

	for (int i = 0; i < 2; i++) {
		add(d, ARRIVES, PAGE, 7);
		run(d);
		tokens_are(d, ARRIVES, (uint64_t[]){far_from(0, PAGE)}, 1);
		rows_clear(d->rows);
	}
	run(d);
}

/* Packets that arrive and are read, in an order that takes tokens of all kinds. */
static void run_block(struct desk *d, uint64_t packets)
{
	rows_clear(d->rows);
	for (uint64_t i = 0; i < packets; i++) {
		add(d, ARRIVES, i % 7 ? PAGE + i % 7 * i % 11 * 4096 : 0, i);
		add(d, READ, PAGE + i % 5 * 4096 + i % 2 * 0xe0, i % 3 ? i : i + 1);
	}
	run(d);
}

static void put_tokens(const struct desk *d, struct buf *out)
{
	for (uint32_t schema = ARRIVES; schema <= READ; schema++) {
		struct view got;
		unsigned own;

		assert_true(recalled_encoder_column(d->encoder, schema, 0, &own, &got));
		put_bytes(out, got.p, view_len(got));
	}
}

/* A few rows are forgotten in another way than many. */
static void a_block_knows_nothing_of_many_before(void **state)
{
	static const uint64_t before[] = {0, 1, 90, 128, 129, 900};
	struct desk *d = *state;
	struct buf first = {0}, later = {0};

	run_block(d, 100);
	put_tokens(d, &first);
	for (size_t i = 0; i < sizeof(before) / sizeof(before[0]); i++) {
		run_block(d, before[i]);
		run_block(d, 100);
		buf_clear(&later);
		put_tokens(d, &later);
		assert_int_equal(later.len, first.len);
		assert_memory_equal(later.data, first.data, first.len);
	}
	buf_release(&first);
	buf_release(&later);
}

static void numbers_without_a_token_do_not_fit(void **state)
{
	static const uint64_t fit[] = {PAGE, 0, (UINT64_C(1) << 60) - 1, UINT64_C(15) << 60},
			      high[] = {0, UINT64_C(1) << 60},
			      low[] = {0, (UINT64_C(15) << 60) - 1}, same[] = {PAGE, PAGE};

	(void)state;
	assert_true(recalled_encoder_fits(fit, 4));
	assert_false(recalled_encoder_fits(high, 2));
	assert_false(recalled_encoder_fits(low, 2));
	assert_false(recalled_encoder_fits(same, 2)); /* one number says it all */
	assert_false(recalled_encoder_fits(same, 0));
}

static void the_latest_addresses_need_no_recalling(void **state)
{
	uint64_t values[400];

	(void)state;
	for (size_t i = 0; i < 400; i++)
		values[i] = PAGE * (1 + i % 4);
	assert_false(recalled_encoder_fits(values, 400));
	for (size_t i = 0; i < 400; i++)
		values[i] = PAGE * (1 + i % 5);
	assert_true(recalled_encoder_fits(values, 400));
}

/* Packets that arrive and are read later, on pages that are used again. */
static void addresses_are_read_as_written(void **state)
{
	enum { PACKETS = 2000, WAIT = 30 };
	struct small_writer *w = small_writer_new((struct writer_options){0});
	struct value values[2] = {{0}};
	struct row row = {.values = values};
	uint32_t ids[2];
	uint64_t sum = 0;

	(void)state;
	for (int i = 0; i < 2; i++)
		assert_int_equal(writer_schema(w->writer, packet_schema((uint32_t)i + 1), &ids[i],
					       NULL),
				 0);
	for (uint64_t i = 0; i < PACKETS; i++) {
		for (int event = 0; event < 2; event++) {
			uint64_t n = event ? i - WAIT : i;

			if (event && i < WAIT)
				continue;
			values[1].num = (uint32_t)(n * 1448);
			values[0].num = PAGE + n * 7919 % 97 * 512 + n % 2 * 0xe0;
			row.schema = ids[event];
			row.ts_ns = 1000 * i + (uint64_t)event;
			sum += values[0].num + values[1].num;
			assert_int_equal(writer_add(w->writer, &row, NULL), 0);
		}
	}
	small_writer_end(w);
	assert_true(small_writer_read(w).numbers == sum);
	small_writer_free(w);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_number_foretells_its_address),
		TEST(an_address_foretells_the_next_one),
		TEST(what_was_free_last_is_used_first),
		TEST(what_was_told_once_has_a_number),
		TEST(a_block_knows_nothing_of_the_one_before),
		TEST(a_block_knows_nothing_of_many_before),
		cmocka_unit_test(numbers_without_a_token_do_not_fit),
		cmocka_unit_test(the_latest_addresses_need_no_recalling),
		cmocka_unit_test(addresses_are_read_as_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
