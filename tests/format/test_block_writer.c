/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_block_writer.c -- numbers, lengths, the index; and writes that fail. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "format/block_writer.h"
#include "tests/format/block_list.h"
#include "tests/format/tight_file.h"

enum { SALT = 77, TRAILER = 16 };

struct desk {
	struct sink *sink;
	struct block_writer *writer;
};

static int setup(void **state)
{
	struct desk *d = calloc(1, sizeof(*d));

	assert_int_equal(sink_open_memory(&d->sink, NULL), 0);
	assert_int_equal(block_writer_new(d->sink, SALT, 0, &d->writer, NULL), 0);
	*state = d;
	return 0;
}

static int teardown(void **state)
{
	struct desk *d = *state;

	block_writer_free(d->writer);
	block_writer_free(NULL);
	sink_close(d->sink, NULL);
	free(d);
	return 0;
}

static int put(struct block_writer *b, uint8_t type, const char *text, struct error *err)
{
	struct block_header h = {.type = type, .min_ts = 5, .max_ts = 9};
	struct buf raw = {0};
	int rc;

	put_bytes(&raw, text, strlen(text));
	rc = block_writer_put_raw(b, &h, &raw, err);
	buf_release(&raw);
	return rc;
}

static int end(struct block_writer *b, size_t totals_len, struct error *err)
{
	struct block_header h = {.type = BLOCK_END};
	struct buf totals = {0};
	int rc;

	assert_true(buf_reserve(&totals, totals_len + 1));
	for (size_t i = 0; i < totals_len; i++) /* noise: nothing to compress */
		totals.data[i] = (uint8_t)((i * 2654435761u ^ i * i) >> 13);
	totals.len = totals_len;
	rc = block_writer_end(b, &h, &totals, err);
	buf_release(&totals);
	return rc;
}

static struct block_list list(const struct desk *d)
{
	size_t len;
	const uint8_t *data = sink_memory(d->sink, &len);

	return block_list_of(data, len);
}

/* The index behind `totals_len` bytes of the last block; false when it has none. */
static bool take_index(const struct block_list *l, size_t totals_len, struct index *ix)
{
	struct view in = block_list_raw(l, l->count - 1);

	in.p += totals_len;
	assert_int_equal(index_decode(&in, ix, NULL), 0);
	assert_int_equal(view_len(in), 0);
	return ix->count > 0;
}

static void blocks_are_numbered_and_have_the_salt(void **state)
{
	struct desk *d = *state;
	struct block_list l;

	for (int i = 0; i < 3; i++)
		assert_int_equal(put(d->writer, BLOCK_FACTS, "abc", NULL), 0);
	l = list(d);
	assert_int_equal(l.count, 3);
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(l.all[i].header.seq, i);
		assert_int_equal(l.all[i].header.salt, SALT);
		assert_int_equal(l.all[i].header.type, BLOCK_FACTS);
		assert_int_equal(l.all[i].header.min_ts, 5);
		assert_int_equal(l.all[i].raw_len, 3);
		assert_memory_equal(l.all[i].raw, "abc", 3);
	}
	assert_int_equal(block_writer_count(d->writer), 3);
	assert_int_equal(block_writer_bytes(d->writer), sink_bytes(d->sink));
	block_list_free(&l);
}

/* A body of parts of one's own. */
static void a_body_begins_empty_each_time(void **state)
{
	struct desk *d = *state;
	struct block_header h = {.type = BLOCK_DATA};
	struct block_list l;

	for (unsigned parts = 3; parts > 0; parts--) {
		struct body *body = block_writer_body(d->writer);

		for (unsigned i = 0; i < parts; i++)
			assert_int_equal(packer_add(block_writer_packer(d->writer), (uint8_t)i,
						    view_of("part", 4), body, NULL),
					 0);
		assert_int_equal(block_writer_put(d->writer, &h, NULL), 0);
		assert_int_equal(h.part_count, parts);
		assert_int_equal(h.raw_len, 4 * parts);
	}
	l = list(d);
	assert_int_equal(l.count, 3);
	assert_int_equal(l.all[2].header.part_count, 1);
	block_list_free(&l);
}

static void a_body_is_as_long_as_its_rows_demand(void **state)
{
	struct desk *d = *state;
	struct block_header h = {.type = BLOCK_LOSS, .rows = BLOCK_MAX_ROWS};
	struct buf raw = {0};
	struct block_list l;

	put_u8(&raw, 1);
	assert_int_equal(block_writer_put_raw(d->writer, &h, &raw, NULL), 0);
	assert_true(h.body_len >= BLOCK_MAX_ROWS / BLOCK_ROWS_PER_BYTE);
	l = list(d);
	assert_int_equal(l.all[0].raw_len, 1);
	block_list_free(&l);
	buf_release(&raw);
}

static void end_has_the_index_and_the_trailer(void **state)
{
	struct desk *d = *state;
	struct index ix = {0};
	struct block_list l;
	const uint8_t *data;
	size_t len;

	for (int i = 0; i < 20; i++)
		assert_int_equal(put(d->writer, BLOCK_FACTS, i % 2 ? "a" : "abcdef", NULL), 0);
	assert_int_equal(end(d->writer, 10, NULL), 0);
	l = list(d);
	assert_int_equal(l.count, 21);
	assert_true(take_index(&l, 10, &ix));
	assert_int_equal(ix.count, 20);
	for (size_t i = 0; i < ix.count; i++)
		assert_true(index_has(&ix, l.all[i].offset, &l.all[i].header));
	data = sink_memory(d->sink, &len);
	assert_int_equal(load_le(data + len - TRAILER, 8), len);
	assert_int_equal(load_le(data + len - 8, 4), len - l.all[20].offset);
	assert_memory_equal(data + len - 4, "DNE!", 4);
	index_release(&ix);
	block_list_free(&l);
}

static void offsets_and_lengths_are_those_of_the_section(void **state)
{
	struct desk *d = *state;
	struct block_writer *second;
	struct index ix = {0};
	struct block_list l;
	const uint8_t *data;
	size_t len, first;

	assert_int_equal(put(d->writer, BLOCK_FACTS, "abc", NULL), 0);
	assert_int_equal(end(d->writer, 0, NULL), 0);
	first = (size_t)block_writer_bytes(d->writer);
	assert_int_equal(block_writer_new(d->sink, SALT + 1, 0, &second, NULL), 0);
	assert_int_equal(block_writer_bytes(second), 0);
	assert_int_equal(block_writer_count(second), 0);
	assert_int_equal(put(second, BLOCK_FACTS, "abc", NULL), 0);
	assert_int_equal(end(second, 0, NULL), 0);
	l = list(d);
	assert_int_equal(l.count, 4);
	assert_int_equal(l.all[2].header.seq, 0);
	assert_int_equal(l.all[2].header.salt, SALT + 1);
	assert_true(take_index(&l, 0, &ix));
	assert_int_equal(ix.entries[0].offset, 0);
	data = sink_memory(d->sink, &len);
	assert_int_equal(load_le(data + len - TRAILER, 8), len - first);
	block_writer_free(second);
	index_release(&ix);
	block_list_free(&l);
}

static void an_index_that_does_not_fit_is_left_out(void **state)
{
	enum { TOTALS = BLOCK_MAX_RAW - 60 };
	struct desk *d = *state;
	struct index ix = {0};
	struct block_list l;

	for (int i = 0; i < 20; i++)
		assert_int_equal(put(d->writer, BLOCK_FACTS, "abc", NULL), 0);
	assert_int_equal(end(d->writer, TOTALS, NULL), 0);
	l = list(d);
	assert_false(take_index(&l, TOTALS, &ix));
	index_release(&ix);
	block_list_free(&l);
}

static void a_block_without_memory_is_not_written(void **state)
{
	struct desk *d = *state;
	struct block_header h = {.type = BLOCK_FACTS};
	struct buf raw = {.is_failed = true};

	assert_int_equal(block_writer_put_raw(d->writer, &h, &raw, NULL), ERR_NOMEM);
	assert_int_equal(block_writer_end(d->writer, &h, &raw, NULL), ERR_NOMEM);
	block_writer_body(d->writer)->stored.is_failed = true;
	assert_int_equal(block_writer_put(d->writer, &h, NULL), ERR_NOMEM);
	assert_int_equal(sink_bytes(d->sink), 0);
	assert_int_equal(put(d->writer, BLOCK_FACTS, "abc", NULL), 0);
	assert_int_equal(block_writer_count(d->writer), 1);
}

/* Blocks and END fail at every place; what is written in the end is as if none had. */
static void a_failed_write_changes_nothing_and_the_next_succeeds(void **state)
{
	struct desk *d = *state;
	struct tight_file file;
	struct block_writer *b;
	struct error err = {0};
	const uint8_t *want;
	uint8_t *got;
	size_t want_len, got_len;

	tight_file_open(&file);
	assert_int_equal(block_writer_new(file.sink, SALT, 0, &b, NULL), 0);
	for (unsigned i = 0; i < 10; i++) {
		assert_int_equal(put(d->writer, BLOCK_FACTS, "abcdefgh", NULL), 0);
		tight_file_allow(&file, i * 12);
		for (int again = 0; again < 3; again++) {
			assert_int_equal(put(b, BLOCK_FACTS, "abcdefgh", &err), ERR_IO);
			assert_int_equal(block_writer_count(b), i);
		}
		tight_file_free_room(&file);
		assert_int_equal(put(b, BLOCK_FACTS, "abcdefgh", &err), 0);
		assert_int_equal(block_writer_bytes(b), block_writer_bytes(d->writer));
	}
	tight_file_allow(&file, 100);
	assert_int_equal(end(b, 5, &err), ERR_IO);
	tight_file_free_room(&file);
	assert_int_equal(end(b, 5, &err), 0);
	assert_int_equal(end(d->writer, 5, NULL), 0);
	want = sink_memory(d->sink, &want_len);
	got = tight_file_read(&file, &got_len);
	assert_int_equal(got_len, want_len);
	assert_memory_equal(got, want, want_len);
	free(got);
	block_writer_free(b);
	tight_file_close(&file);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(blocks_are_numbered_and_have_the_salt),
		TEST(a_body_begins_empty_each_time),
		TEST(a_body_is_as_long_as_its_rows_demand),
		TEST(end_has_the_index_and_the_trailer),
		TEST(offsets_and_lengths_are_those_of_the_section),
		TEST(an_index_that_does_not_fit_is_left_out),
		TEST(a_block_without_memory_is_not_written),
		TEST(a_failed_write_changes_nothing_and_the_next_succeeds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
