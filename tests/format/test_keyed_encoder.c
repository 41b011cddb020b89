/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_keyed_encoder.c -- values of different fields and schemas predict each other. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "format/keyed.h"
#include "format/keyed_encoder.h"
#include "format/rows_data.h"
#include "tests/format/forge.h"

enum { STREAMS = 1, SENDER = 2, RECEIVER = 3 };

struct desk {
	struct schema *streams, *sender, *receiver;
	struct dictionaries *dicts;
	struct rows *rows;
	struct keyed_encoder *encoder;
};

static struct schema *sealed(struct schema *s, uint32_t id)
{
	s->id = id;
	assert_int_equal(schema_seal(s, NULL), 0);
	return s;
}

/* An event with a number that its stream predicts. */
static struct schema *event_schema(const char *name, unsigned flags)
{
	struct schema *s = schema_new(SCHEMA_EVENT, "g", name, NULL);
	struct field number = forge_field("number", FIELD_INT, 4, 1);

	number.key_ref = 1;
	number.flags = (uint8_t)flags;
	schema_add_ref(s, STREAMS, NULL);
	forge_add(s, number);
	return s;
}

static int setup(void **state)
{
	const struct rows_extent full = {1 << 16, 1 << 20, 1 << 16, 1 << 20, 1 << 20, 1 << 26};
	struct desk *d = calloc(1, sizeof(*d));

	d->streams = schema_new(SCHEMA_DICT, "", "streams", NULL);
	forge_add(d->streams, forge_field("stream", FIELD_INT, 4, 1));
	sealed(d->streams, STREAMS);
	d->sender = sealed(event_schema("sender", 0), SENDER);
	d->receiver = sealed(event_schema("receiver", FIELD_FLIP), RECEIVER);
	d->dicts = dictionaries_new(0);
	assert_int_equal(dictionaries_add(d->dicts, d->streams, NULL), 0);
	d->rows = rows_new(&full);
	d->encoder = keyed_encoder_new();
	*state = d;
	return 0;
}

static int teardown(void **state)
{
	struct desk *d = *state;

	rows_free(d->rows);
	keyed_encoder_free(d->encoder);
	keyed_encoder_free(NULL);
	dictionaries_free(d->dicts);
	schema_free(d->streams);
	schema_free(d->sender);
	schema_free(d->receiver);
	free(d);
	return 0;
}

static uint32_t stream(struct desk *d, uint32_t number)
{
	uint8_t packed[4];
	uint32_t id;

	store_le(packed, 4, number);
	assert_int_equal(dictionaries_intern(d->dicts, STREAMS, packed, 4, &id, NULL), 0);
	return id;
}

static void add(struct desk *d, const struct schema *s, uint32_t ref, uint64_t number)
{
	struct value value = {.num = number};
	struct row row = {.schema = s->id, .refs = &ref, .values = &value};

	assert_int_equal(rows_add(d->rows, s, &row, NULL), 0);
}

static void tokens_are(struct desk *d, uint32_t schema, size_t len, const uint8_t *tokens,
		       size_t raw_len)
{
	struct keyed_bytes got = keyed_encoder_bytes(d->encoder, schema, 0);

	assert_int_equal(view_len(got.tokens), len);
	assert_memory_equal(got.tokens.p, tokens, len);
	assert_int_equal(view_len(got.raw), raw_len);
}

static void what_one_side_sent_the_other_receives(void **state)
{
	struct desk *d = *state;
	uint32_t here = stream(d, 8), there = stream(d, 9);

	add(d, d->sender, here, 4000000000u);
	add(d, d->receiver, there, 4000000001u);
	add(d, d->sender, there, 5);
	add(d, d->sender, here, 4000000001u);
	add(d, d->receiver, here, 4);
	add(d, d->sender, here, 0);
	assert_true(keyed_encoder_run(d->encoder, d->rows, d->rows->heads, d->dicts));
	tokens_are(d, SENDER, 4, (uint8_t[]){KEYED_RAW, KEYED_RAW, PAIRED_LAST, KEYED_ZERO}, 8);
	tokens_are(d, RECEIVER, 2, (uint8_t[]){TOLD_NEAR + 2, TOLD_NEAR + 1}, 0);
}

static void no_entry_has_the_key_0(void **state)
{
	struct desk *d = *state;

	add(d, d->sender, 0, 7);
	add(d, d->sender, stream(d, 0), 8);
	add(d, d->receiver, stream(d, 1), 9);
	assert_true(keyed_encoder_run(d->encoder, d->rows, d->rows->heads, d->dicts));
	tokens_are(d, SENDER, 2, (uint8_t[]){TOLD_NEAR + 14, TOLD_NEAR + 2}, 0);
	tokens_are(d, RECEIVER, 1, (uint8_t[]){TOLD_NEAR + 2}, 0);
}

static void values_go_back_and_forth(void **state)
{
	struct desk *d = *state;
	uint32_t here = stream(d, 8);

	for (int i = 0; i < 2; i++) {
		add(d, d->sender, here, 30);
		add(d, d->sender, here, 50);
	}
	assert_true(keyed_encoder_run(d->encoder, d->rows, d->rows->heads, d->dicts));
	tokens_are(d, SENDER, 4,
		   (uint8_t[]){TOLD_NEAR + 60, TOLD_NEAR + 40, PAIRED_BEFORE, PAIRED_BEFORE}, 0);
}

/* A program reads eight bytes of each message, whatever its length, and then the rest. */
static void what_is_left_is_told_by_what_was_there(void **state)
{
	struct desk *d = *state;
	uint32_t here = stream(d, 8);
	uint64_t lengths[] = {429, 8, 421, 980, 8, 972};

	for (unsigned i = 0; i < 6; i++)
		add(d, i % 3 ? d->receiver : d->sender, i % 3 ? stream(d, 9) : here, lengths[i]);
	assert_true(keyed_encoder_run(d->encoder, d->rows, d->rows->heads, d->dicts));
	tokens_are(d, RECEIVER, 5,
		   (uint8_t[]){0x80 | ((TOLD_NEAR + 841) & 0x7f), (TOLD_NEAR + 841) >> 7, TOLD_REST,
			       TOLD_AGAIN, TOLD_REST},
		   0);
}

static void what_is_new_is_as_the_column_was(void **state)
{
	struct desk *d = *state;

	for (uint8_t i = 1; i < 4; i++)
		add(d, d->sender, stream(d, 8u * i), 50);
	assert_true(keyed_encoder_run(d->encoder, d->rows, d->rows->heads, d->dicts));
	tokens_are(d, SENDER, 3, (uint8_t[]){TOLD_NEAR + 100, PAIRED_LAST, PAIRED_LAST}, 0);
}

static void a_block_knows_nothing_of_the_one_before(void **state)
{
	struct desk *d = *state;

	for (int i = 0; i < 2; i++) {
		add(d, d->sender, stream(d, 8), 3000000000u);
		assert_true(keyed_encoder_run(d->encoder, d->rows, d->rows->heads, d->dicts));
		tokens_are(d, SENDER, 1, (uint8_t[]){KEYED_RAW}, 4);
		rows_clear(d->rows);
	}
}

/* Four values of each of some streams far apart, with the first of them given. */
static void run_block(struct desk *d, uint32_t first)
{
	rows_clear(d->rows);
	for (unsigned i = 0; i < 64; i++) {
		uint32_t id = stream(d, 37 * first + 2100 * (i / 2));

		add(d, i % 2 ? d->receiver : d->sender, id, 1000000007u * (i % 7));
		add(d, i % 3 ? d->receiver : d->sender, id, 1000003u * (i % 5));
	}
	assert_true(keyed_encoder_run(d->encoder, d->rows, d->rows->heads, d->dicts));
}

static void places_of_other_keys_do_not_show(void **state)
{
	struct desk *d = *state, *other;
	struct keyed_bytes mine, its;
	void *fresh;

	setup(&fresh);
	other = fresh;
	run_block(other, 200);
	for (unsigned first = 0; first < 200; first += 9)
		run_block(d, first);
	run_block(d, 200);
	for (uint32_t schema = SENDER; schema <= RECEIVER; schema++) {
		mine = keyed_encoder_bytes(d->encoder, schema, 0);
		its = keyed_encoder_bytes(other->encoder, schema, 0);
		tokens_are(d, schema, view_len(its.tokens), its.tokens.p, view_len(its.raw));
		assert_memory_equal(mine.raw.p, its.raw.p, view_len(its.raw));
	}
	teardown(&fresh);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_one_side_sent_the_other_receives),
		TEST(no_entry_has_the_key_0),
		TEST(values_go_back_and_forth),
		TEST(what_is_left_is_told_by_what_was_there),
		TEST(what_is_new_is_as_the_column_was),
		TEST(a_block_knows_nothing_of_the_one_before),
		TEST(places_of_other_keys_do_not_show),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
