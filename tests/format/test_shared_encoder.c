/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_shared_encoder.c -- references of different events predict each other, and come back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "format/batch_data.h"
#include "format/column.h"
#include "format/data_encoder.h"
#include "format/rows_data.h"
#include "format/shared.h"
#include "format/shared_encoder.h"
#include "format/used.h"
#include "tests/format/forge.h"

enum { SOCK = 1, FLOW = 2, CALL = 3, PACKET = 4, MOST_ROWS = 2000 };

struct desk {
	struct section section;
	const struct schema *call, *packet;
	struct rows *rows;
	struct shared_encoder *encoder;
	struct used *used;
};

/* An event that refers to `first` and `second`. */
static const struct schema *add_event(struct desk *d, uint32_t id, uint32_t first, uint32_t second)
{
	struct schema *s = schema_new(SCHEMA_EVENT, "g", "event", NULL);

	s->id = id;
	schema_add_ref(s, first, NULL);
	schema_add_ref(s, second, NULL);
	assert_int_equal(schema_seal(s, NULL), 0);
	assert_int_equal(section_add_schema(&d->section, s, NULL), 0);
	return s;
}

static int setup(void **state)
{
	const struct rows_extent full = {1 << 16, 1 << 20, 1 << 16, 1 << 20, 1 << 20, 1 << 26};
	struct desk *d = calloc(1, sizeof(*d));

	d->call = add_event(d, CALL, SOCK, FLOW);
	d->packet = add_event(d, PACKET, FLOW, SOCK);
	d->rows = rows_new(&full);
	d->encoder = shared_encoder_new();
	d->used = used_new();
	*state = d;
	return 0;
}

static int teardown(void **state)
{
	struct desk *d = *state;

	rows_free(d->rows);
	used_free(d->used);
	shared_encoder_free(d->encoder);
	shared_encoder_free(NULL);
	section_release(&d->section);
	free(d);
	return 0;
}

static void add(struct desk *d, const struct schema *s, uint32_t first, uint32_t second)
{
	uint32_t refs[] = {first, second};
	struct row row = {.schema = s->id, .refs = refs, .ts_ns = rows_count(d->rows)};

	assert_int_equal(rows_add(d->rows, s, &row, NULL), 0);
}

static void run(struct desk *d)
{
	assert_true(shared_encoder_begin(d->encoder, d->rows->group_cap));
	for (size_t i = 0; i < d->rows->group_cap; i++)
		for (unsigned ref = 0; d->rows->groups[i] && ref < 2; ref++)
			assert_true(shared_encoder_add(d->encoder, d->rows->groups[i], ref));
	assert_true(shared_encoder_run(d->encoder, d->rows, d->rows->heads, d->used));
}

static void column_is(struct desk *d, uint32_t schema, unsigned ref, size_t len,
		      const uint8_t *column)
{
	struct buf out = {0};

	assert_true(shared_encoder_put(d->encoder, schema, ref, &out));
	assert_int_equal(out.len, len);
	assert_memory_equal(out.data, column, len);
	buf_release(&out);
}

/* Of dictionary `dict`, entries [first, first + count) alone. */
static void used_are(struct used_reader *r, uint32_t dict, uint32_t first, uint32_t count)
{
	struct used_run run;

	assert_int_equal(used_next(r, &run, NULL), 0);
	assert_int_equal(run.dict, dict);
	assert_int_equal(run.first, first);
	assert_int_equal(run.count, count);
}

static void every_entry_is_told_of(void **state)
{
	struct desk *d = *state;
	struct buf out = {0};
	struct used_reader r = {0};
	struct used_run none;

	for (uint32_t i = 0; i < 100; i++)
		add(d, i % 3 ? d->call : d->packet, 20 + i % 10, i / 40 * 2);
	run(d);
	used_encode(d->used, &out);
	r.in = view_of(out.data, out.len);
	used_are(&r, SOCK, 2, 1);
	used_are(&r, SOCK, 4, 1);
	used_are(&r, SOCK, 20, 10);
	used_are(&r, FLOW, 2, 1);
	used_are(&r, FLOW, 4, 1);
	used_are(&r, FLOW, 20, 10);
	assert_int_equal(used_next(&r, &none, NULL), END);
	buf_release(&out);
}

static void events_of_one_socket_follow_each_other(void **state)
{
	struct desk *d = *state;

	add(d, d->call, 7, 1);
	add(d, d->packet, 1, 7);
	add(d, d->packet, 2, 8);
	add(d, d->call, 8, 1);
	add(d, d->call, 7, 2);
	run(d);
	column_is(d, CALL, 0, 5, (uint8_t[]){SHARED_OWN, SOCK, SHARED_FAR + 14, 0, 1});
	column_is(d, CALL, 1, 5, (uint8_t[]){SHARED_OWN, FLOW, SHARED_NEXT, 1, 1});
	column_is(d, PACKET, 0, 4, (uint8_t[]){SHARED_OWN, FLOW, 0, SHARED_NEXT});
	column_is(d, PACKET, 1, 4, (uint8_t[]){SHARED_OWN, SOCK, 0, SHARED_NEXT});
	assert_false(shared_encoder_put(d->encoder, CALL, 2, NULL));
}

/* Sockets come in any order, but each has its flow. */
static void what_belongs_together_is_learned(void **state)
{
	static const uint8_t socks[] = {1, 9, 5, 13, 3, 11, 7, 15};
	struct desk *d = *state;
	struct buf out = {0};

	for (unsigned i = 0; i < 400; i++) {
		uint32_t sock = socks[(i * 5 + i / 8 + i / 16 * 3) % 8];

		add(d, d->call, sock, 100 - 3 * sock);
	}
	run(d);
	assert_true(shared_encoder_put(d->encoder, CALL, 1, &out));
	assert_int_equal(out.data[0] & SHARED_LINKED, SHARED_LINKED);
	for (size_t i = out.len - 300; i < out.len; i++)
		assert_int_equal(out.data[i], 0);
	buf_release(&out);
}

/* The other end is always as far from this one. */
static void distances_are_to_whichever_base_is_nearer(void **state)
{
	struct desk *d = *state;
	struct buf out = {0};

	for (uint32_t i = 0; i < 50; i++) {
		uint32_t sock = 1 + i * 37 % 53 * 3;

		add(d, d->call, sock, i);
		add(d, d->packet, i, sock + 5000);
	}
	run(d);
	assert_true(shared_encoder_put(d->encoder, PACKET, 1, &out));
	assert_int_equal(out.data[0], 0);
	assert_int_equal(out.len, 2 + 50 * 2);
	assert_memory_equal(out.data + 2, out.data + 4, 98);
	buf_release(&out);
	assert_true(shared_encoder_put(d->encoder, CALL, 0, &out));
	assert_int_equal(out.data[0], SHARED_OWN);
	buf_release(&out);
}

static void a_block_knows_nothing_of_the_one_before(void **state)
{
	struct desk *d = *state;

	for (int i = 0; i < 2; i++) {
		add(d, d->call, 3, 0);
		run(d);
		column_is(d, CALL, 0, 3, (uint8_t[]){SHARED_OWN, SOCK, SHARED_FAR + 6});
		column_is(d, CALL, 1, 3, (uint8_t[]){SHARED_OWN, FLOW, 0});
		rows_clear(d->rows);
	}
}

static uint32_t random_next(uint32_t *state)
{
	*state = *state * 1103515245 + 12345;
	return *state >> 16;
}

/* Few and many ids, near and far, of both kinds of events. */
static void add_random(struct desk *d, uint32_t *state, unsigned rows)
{
	uint32_t few = 1 + random_next(state) % 40,
		 many = 1 + random_next(state) % DICT_MAX_ENTRIES;
	uint32_t newest = 0;

	for (unsigned i = 0; i < rows; i++) {
		uint32_t kind = random_next(state) % 16, sock = random_next(state) % few;

		if (kind == 0)
			sock = (random_next(state) << 16 | random_next(state)) % (many + 1);
		else if (kind < 3)
			sock = ++newest;
		if (random_next(state) % 3)
			add(d, d->call, sock, sock * 3 % DICT_MAX_ENTRIES);
		else
			add(d, d->packet, sock * 3 % DICT_MAX_ENTRIES, sock / 2);
	}
}

static struct batch *decoded(struct desk *d, struct unpacker *unpacker, struct dict_set *dicts)
{
	struct data_encoder *encoder = data_encoder_new();
	struct packer *packer = packer_new(1);
	struct body body = {0};
	struct buf bytes = {0};
	struct block_header header = {.type = BLOCK_DATA,
				      .header_len = BLOCK_HEADER_LEN,
				      .rows = (uint32_t)rows_count(d->rows),
				      .min_ts = rows_min_ts(d->rows),
				      .max_ts = rows_max_ts(d->rows)};
	struct data_block block = {.header = &header};
	struct batch *batch;

	assert_int_equal(data_encoder_run(encoder, d->rows, NULL, packer, &body, NULL), 0);
	header.body_len = (uint32_t)body_len(&body);
	header.raw_len = body.raw_len;
	header.part_count = body.count;
	put_bytes(&bytes, body.table.data, body.table.len);
	put_bytes(&bytes, body.stored.data, body.stored.len);
	block.body = view_of(bytes.data, bytes.len);
	assert_int_equal(batch_decode(&d->section, dicts, &block, unpacker, &batch, NULL), 0);
	assert_int_equal(batch_open_all(batch), 0);
	buf_release(&bytes);
	body_release(&body);
	packer_free(packer);
	data_encoder_free(encoder);
	return batch;
}

static void check_row(struct desk *d, struct batch *b, uint32_t row)
{
	const struct row_head *head = &d->rows->heads[row];
	const struct row_group *g = d->rows->groups[head->schema - 1];
	const struct slot *s = &b->slots[batch_slot(b, row)];

	for (unsigned ref = 0; ref < 2; ref++) {
		const struct column *c = batch_column(b, s->refs[ref], NULL, s->count);

		assert_int_equal(column_id(c, batch_schema_row(b, row)),
				 row_ref(g, row_group_at(g, head->local), ref));
	}
}

static void all_ids_come_back(void **state)
{
	struct unpacker *unpacker = unpacker_new();
	struct dict_set *dicts = dict_set_new(1);
	struct desk *d = *state;
	uint32_t seed = 1;

	for (unsigned round = 0; round < 40; round++) {
		struct batch *batch;

		add_random(d, &seed, 1 + random_next(&seed) % (round % 4 ? 300 : MOST_ROWS));
		batch = decoded(d, unpacker, dicts);
		for (uint32_t row = 0; row < batch_rows(batch); row++)
			check_row(d, batch, row);
		batch_free(batch);
		rows_clear(d->rows);
	}
	dict_set_drop(dicts);
	unpacker_free(unpacker);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_entry_is_told_of),
		TEST(events_of_one_socket_follow_each_other),
		TEST(what_belongs_together_is_learned),
		TEST(distances_are_to_whichever_base_is_nearer),
		TEST(a_block_knows_nothing_of_the_one_before),
		TEST(all_ids_come_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
