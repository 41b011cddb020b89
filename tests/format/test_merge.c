/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_merge.c -- one order from blocks that overlap, with what happened between. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "format/merge.h"
#include "format/rows.h"
#include "tests/format/forge.h"

enum { EVENT = 1, UNKNOWN = 9 };

struct desk {
	struct section section;
	struct dict_set *dicts;
	struct unpacker *unpacker;
	struct merge *merge;
	struct health health;
};

static int setup(void **state)
{
	struct desk *d = calloc(1, sizeof(*d));
	struct schema *s = schema_new(SCHEMA_EVENT, "g", "event", NULL);

	s->id = EVENT;
	assert_int_equal(schema_seal(s, NULL), 0);
	assert_int_equal(section_add_schema(&d->section, s, NULL), 0);
	d->dicts = dict_set_new(1);
	d->unpacker = unpacker_new();
	d->merge = merge_new();
	assert_non_null(d->merge);
	*state = d;
	return 0;
}

static int teardown(void **state)
{
	struct desk *d = *state;

	merge_free(d->merge);
	merge_free(NULL);
	dict_set_drop(d->dicts);
	unpacker_free(d->unpacker);
	section_release(&d->section);
	free(d);
	return 0;
}

/* A block with a row at each of these times, of one CPU. */
static void add_of(struct desk *d, uint32_t schema, size_t n, const uint64_t *ts)
{
	struct block_header h = {.type = BLOCK_DATA,
				 .header_len = BLOCK_HEADER_LEN,
				 .rows = (uint32_t)n,
				 .min_ts = n ? ts[0] : 0,
				 .max_ts = n ? ts[n - 1] : 0};
	uint64_t *cpus = calloc(n + 1, sizeof(*cpus)), *schemas = calloc(n + 1, sizeof(*schemas));
	struct data_block block = {.header = &h};
	struct forged_data data = {0};
	struct body body = {0};
	struct buf bytes = {0};
	struct batch *batch;

	for (size_t i = 0; i < n; i++)
		schemas[i] = schema;
	forge_ints(&data, 0, COLUMN_VALUE, HOT_TS, ts, n);
	forge_ints(&data, 0, COLUMN_VALUE, HOT_CPU, cpus, n);
	forge_ints(&data, 0, COLUMN_VALUE, HOT_SCHEMA, schemas, n);
	forge_data_body(&data, &body);
	h.body_len = (uint32_t)body_len(&body);
	h.raw_len = body.raw_len;
	h.part_count = body.count;
	put_bytes(&bytes, body.table.data, body.table.len);
	put_bytes(&bytes, body.stored.data, body.stored.len);
	block.body = view_of(bytes.data, bytes.len);
	assert_int_equal(batch_decode(&d->section, d->dicts, &block, d->unpacker, &batch, NULL), 0);
	merge_add(d->merge, batch);
	buf_release(&bytes);
	body_release(&body);
	forged_data_release(&data);
	free(cpus);
	free(schemas);
}

#define ADD(d, ...)                                                                                \
	add_of(d, EVENT, sizeof((uint64_t[]){__VA_ARGS__}) / sizeof(uint64_t),                     \
	       (uint64_t[]){__VA_ARGS__})

/* Ask until END: times of events; "L" and "C" with their times. */
static void comes_out(struct desk *d, bool is_draining, const char *want)
{
	char text[300] = "";
	struct item item;
	size_t at = 0;
	int rc;

	while ((rc = merge_next(d->merge, is_draining, d->dicts, &item, &d->health)) == 0) {
		uint64_t ts = item.kind == ITEM_EVENT  ? item.event.ts_ns
			      : item.kind == ITEM_LOSS ? item.loss.from_ns
						       : item.clock.ts_ns;

		at += (size_t)snprintf(text + at, sizeof(text) - at, "%s%llu ",
				       item.kind == ITEM_EVENT  ? ""
				       : item.kind == ITEM_LOSS ? "L"
								: "C",
				       (unsigned long long)ts);
		assert_true(at < sizeof(text));
	}
	assert_int_equal(rc, END);
	assert_string_equal(text, want);
}

static void add_loss(struct desk *d, uint64_t ts)
{
	struct loss loss = {.from_ns = ts, .to_ns = ts + 1, .count = 1};

	assert_int_equal(merge_add_loss(d->merge, &loss, NULL), 0);
}

static void add_clock(struct desk *d, uint64_t ts)
{
	struct clock_reading clock = {.ts_ns = ts};

	assert_int_equal(merge_add_clock(d->merge, &clock, NULL), 0);
}

static void nothing_is_the_end(void **state)
{
	comes_out(*state, false, "");
	comes_out(*state, true, "");
}

static void blocks_that_overlap_come_out_in_one_order(void **state)
{
	ADD(*state, 10, 20, 30, 40);
	ADD(*state, 5, 25, 26, 50);
	ADD(*state, 15, 27);
	comes_out(*state, true, "5 10 15 20 25 26 27 30 40 50 ");
	comes_out(*state, true, "");
}

static void a_row_waits_for_the_watermark(void **state)
{
	struct desk *d = *state;

	ADD(d, 10, 20, 30);
	comes_out(d, false, "");
	merge_watermark(d->merge, 20);
	comes_out(d, false, "10 ");
	ADD(d, 15, 35);
	merge_watermark(d->merge, 31);
	comes_out(d, false, "15 20 30 ");
	merge_watermark(d->merge, 5); /* what was promised holds */
	comes_out(d, true, "35 ");
	assert_int_equal(d->health.late_events, 0);
}

static void too_many_open_blocks_do_not_wait(void **state)
{
	struct desk *d = *state;

	for (unsigned i = 0; i < MERGE_MAX_OPEN; i++)
		ADD(d, 10 + i, 1000 + i);
	comes_out(d, false, "10 11 12 13 14 15 16 17 1000 ");
	ADD(d, 500);
	comes_out(d, false, "500 ");
	assert_int_equal(d->health.late_events, 1);
	comes_out(d, true, "1001 1002 1003 1004 1005 1006 1007 ");
}

static void rows_of_equal_time_come_in_the_order_of_blocks(void **state)
{
	struct desk *d = *state;
	struct item item;
	const struct batch *first = NULL;

	ADD(d, 7, 7);
	ADD(d, 7);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(merge_next(d->merge, true, d->dicts, &item, &d->health), 0);
		assert_int_equal(item.event.row, i % 2);
		if (i == 0)
			first = item.event.batch;
		assert_int_equal(item.event.batch == first, i < 2);
	}
	comes_out(d, true, "");
}

static void a_late_row_comes_at_once_and_is_counted(void **state)
{
	struct desk *d = *state;

	ADD(d, 10, 20);
	merge_watermark(d->merge, 100);
	comes_out(d, false, "10 20 ");
	ADD(d, 15, 20, 30);
	comes_out(d, false, "15 20 30 ");
	assert_int_equal(d->health.late_events, 1);
}

static void losses_and_clocks_come_in_their_place(void **state)
{
	struct desk *d = *state;

	add_clock(d, 0);
	add_loss(d, 15);
	add_clock(d, 20);
	ADD(d, 10, 20, 30);
	add_loss(d, 100);
	comes_out(d, true, "C0 10 L15 C20 20 30 L100 ");
}

static void a_loss_waits_for_rows_that_may_be_earlier(void **state)
{
	struct desk *d = *state;

	add_loss(d, 15);
	comes_out(d, false, "");
	merge_watermark(d->merge, 14);
	comes_out(d, false, "");
	ADD(d, 10, 14, 20);
	merge_watermark(d->merge, 16);
	comes_out(d, false, "10 14 L15 ");
	comes_out(d, true, "20 ");
}

/* They keep their order: none overtakes the one before it. */
static void losses_told_late_come_when_they_are_told(void **state)
{
	struct desk *d = *state;

	ADD(d, 10, 20);
	add_clock(d, 20);
	add_loss(d, 5);
	comes_out(d, true, "10 C20 L5 20 ");
}

static void only_rows_inside_the_limit_go_out(void **state)
{
	struct desk *d = *state;

	merge_limit_time(d->merge, 15, 30);
	ADD(d, 10, 15, 30);
	ADD(d, 14, 29);
	add_loss(d, 3);
	add_loss(d, 40);
	comes_out(d, true, "L3 15 29 L40 ");
	assert_int_equal(d->health.unreadable_events, 0);
}

static void rows_of_unknown_schemas_are_left_out_and_counted(void **state)
{
	struct desk *d = *state;

	add_of(d, UNKNOWN, 3, (uint64_t[]){1, 2, 3});
	ADD(d, 2, 4);
	comes_out(d, true, "2 4 ");
	assert_int_equal(d->health.unreadable_events, 3);
	merge_limit_time(d->merge, 0, 2);
	add_of(d, UNKNOWN, 3, (uint64_t[]){1, 2, 3});
	comes_out(d, true, "");
	assert_int_equal(d->health.unreadable_events, 4);
}

static void a_section_begins_with_times_of_its_own(void **state)
{
	struct desk *d = *state;

	ADD(d, 1000);
	merge_watermark(d->merge, 2000);
	comes_out(d, false, "1000 ");
	merge_restart(d->merge);
	ADD(d, 10, 20);
	comes_out(d, false, "");
	merge_watermark(d->merge, 15);
	comes_out(d, false, "10 ");
	comes_out(d, true, "20 ");
	assert_int_equal(d->health.late_events, 0);
}

/* As many losses as may wait, given out and added again; one more at once is refused. */
/* Two blocks overlap, a clock reading is due, and more comes while a run is going on. */
static void a_run_ends_where_something_else_is_next(void **state)
{
	struct desk *d = *state;
	struct item item;

	ADD(d, 1, 2, 3, 4, 5, 6);
	merge_watermark(d->merge, 5);
	assert_false(merge_next_in_run(d->merge, &item));
	assert_int_equal(merge_next(d->merge, false, d->dicts, &item, &d->health), 0);
	assert_true(merge_next_in_run(d->merge, &item));
	assert_true(item.kind == ITEM_EVENT && item.event.ts_ns == 2);
	add_clock(d, 3);
	assert_false(merge_next_in_run(d->merge, &item));
	ADD(d, 3, 4, 9);
	comes_out(d, false, "C3 3 3 4 4 ");
	ADD(d, 8);
	add_loss(d, 7);
	comes_out(d, true, "5 6 L7 8 9 ");
	assert_int_equal(d->health.late_events, 0);
}

static void losses_beyond_the_limit_are_refused(void **state)
{
	enum { MOST = 1 << 18 };
	struct loss loss = {.from_ns = 5};
	struct desk *d = *state;
	struct error err = {0};
	struct item item;

	for (int i = 0; i < MOST; i++)
		assert_int_equal(merge_add_loss(d->merge, &loss, NULL), 0);
	assert_int_equal(merge_add_loss(d->merge, &loss, &err), ERR_CORRUPT);
	for (int i = 0; i < MOST; i++)
		assert_int_equal(merge_next(d->merge, true, d->dicts, &item, &d->health), 0);
	assert_int_equal(merge_next(d->merge, true, d->dicts, &item, &d->health), END);
	add_loss(d, 6);
	comes_out(d, true, "L6 ");
}

static void sound_blocks_are_not_damaged(void **state)
{
	struct desk *d = *state;

	ADD(d, 1, 2);
	comes_out(d, true, "1 2 ");
	assert_int_equal(merge_take_damaged(d->merge), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(nothing_is_the_end),
		TEST(blocks_that_overlap_come_out_in_one_order),
		TEST(a_row_waits_for_the_watermark),
		TEST(too_many_open_blocks_do_not_wait),
		TEST(rows_of_equal_time_come_in_the_order_of_blocks),
		TEST(a_late_row_comes_at_once_and_is_counted),
		TEST(losses_and_clocks_come_in_their_place),
		TEST(a_loss_waits_for_rows_that_may_be_earlier),
		TEST(losses_told_late_come_when_they_are_told),
		TEST(only_rows_inside_the_limit_go_out),
		TEST(rows_of_unknown_schemas_are_left_out_and_counted),
		TEST(a_section_begins_with_times_of_its_own),
		TEST(a_run_ends_where_something_else_is_next),
		TEST(losses_beyond_the_limit_are_refused),
		TEST(sound_blocks_are_not_damaged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
