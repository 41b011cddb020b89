/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_writer.c -- what a section is made of, in which order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "format/block.h"
#include "format/index.h"
#include "format/scan.h"
#include "tests/format/forge.h"
#include "tests/format/small_writer.h"
#include "tests/format/tight_file.h"

enum { TRAILER = 16 };

static void add_row(struct small_writer *w, uint64_t ts)
{
	assert_int_equal(small_writer_add(w, ts, 0, "text", 4), 0);
}

static uint32_t intern_text(struct small_writer *w, const char *text)
{
	uint32_t id = 0;

	assert_int_equal(small_writer_intern(w, text, strlen(text), &id), 0);
	return id;
}

/* All blocks of the tape; header `n` of them goes to *out, if out is not NULL. */
static void list_blocks(struct small_writer *w, char *types, size_t size, unsigned n,
			struct block_header *out)
{
	static const char letters[] = " SNDRLCFE";
	struct scan_item item;
	struct source *source;
	struct scan scan;
	size_t len, count = 0;
	const uint8_t *data = sink_memory(w->sink, &len);
	int rc;

	assert_int_equal(source_open_memory(data, len, &source, NULL), 0);
	scan_init(&scan, source);
	while ((rc = scan_next(&scan, NULL, NULL, &item, NULL)) == 0) {
		assert_int_equal(item.kind, SCAN_BLOCK);
		assert_int_equal(item.header.salt, SMALL_SALT);
		if (count == n && out)
			*out = item.header;
		if (count + 1 < size)
			types[count] = letters[item.header.type];
		count++;
	}
	assert_int_equal(rc, END);
	types[count + 1 < size ? count : size - 1] = '\0';
	source_close(source);
}

static void blocks_are(struct small_writer *w, const char *want)
{
	char types[100];

	list_blocks(w, types, sizeof(types), 0, NULL);
	assert_string_equal(types, want);
}

static struct block_header header_at(struct small_writer *w, unsigned n)
{
	struct block_header h = {0};
	char types[100];

	list_blocks(w, types, sizeof(types), n, &h);
	return h;
}

static void a_flush_writes_in_the_order_a_reader_needs(void **state)
{
	struct loss loss = {.count = 3};
	struct clock_reading clock = {.ts_ns = 5};
	struct small_writer *w = *state;

	assert_int_equal(writer_fact(w->writer, "early", "1", NULL), 0);
	assert_int_equal(small_writer_add(w, 10, intern_text(w, "a"), "", 0), 0);
	assert_int_equal(writer_clock(w->writer, &clock, NULL), 0);
	assert_int_equal(writer_loss(w->writer, &loss, NULL), 0);
	blocks_are(w, "");
	assert_int_equal(writer_flush(w->writer, NULL), 0);
	blocks_are(w, "SNLCDR");
	assert_int_equal(writer_flush(w->writer, NULL), 0);
	blocks_are(w, "SNLCDR");
	assert_int_equal(writer_fact(w->writer, "middle", "2", NULL), 0);
	assert_int_equal(small_writer_add(w, 11, intern_text(w, "a"), "", 0), 0);
	assert_int_equal(writer_flush(w->writer, NULL), 0);
	blocks_are(w, "SNLCDRFR");
	assert_int_equal(writer_fact(w->writer, "late", "3", NULL), 0);
	small_writer_end(w);
	blocks_are(w, "SNLCDRFRE");
	assert_int_equal(small_writer_read(w).facts, 3);
}

static void a_tape_without_events_is_a_tape(void **state)
{
	struct small_writer *w = *state;
	struct tally t;

	small_writer_end(w);
	blocks_are(w, "SNE");
	t = small_writer_read(w);
	assert_int_equal(t.events, 0);
}

static void a_header_tells_what_is_in_its_block(void **state)
{
	struct loss loss = {.count = 3};
	struct small_writer *w = *state;
	struct block_header h;

	assert_int_equal(writer_loss(w->writer, &loss, NULL), 0);
	add_row(w, 5000000000);
	add_row(w, 4999999999);
	add_row(w, 5000000001);
	small_writer_end(w);
	blocks_are(w, "SNLRE");
	h = header_at(w, 0);
	assert_int_equal(h.flags, BLOCK_CRITICAL);
	assert_int_equal(h.seq, 0);
	assert_int_equal(h.rows, 0);
	h = header_at(w, 3);
	assert_int_equal(h.flags, 0);
	assert_int_equal(h.seq, 3);
	assert_int_equal(h.rows, 3);
	assert_int_equal(h.min_ts, 4999999999);
	assert_int_equal(h.max_ts, 5000000001);
	assert_true(h.watermark <= 5000000001 && h.watermark >= 4000000000);
	assert_int_equal(h.lost, 3);
	assert_int_equal(h.schema_bits, 1u << w->event);
	assert_int_equal(h.epoch, 1);
	h = header_at(w, 4);
	assert_int_equal(h.min_ts, 4999999999);
	assert_int_equal(h.max_ts, 5000000001);
	assert_int_equal(writer_rows(w->writer), 3);
}

/* Bytes of a tape whose rows, phrases that come again, are so far apart. */
static uint64_t bytes_of_rows(uint64_t step_ns)
{
	enum { ROWS = 30000, PHRASE = 6 };
	struct small_writer *w = small_writer_new((struct writer_options){.salt = SMALL_SALT});
	uint32_t random = 1;
	uint64_t bytes;
	char text;

	for (uint64_t i = 0; i < ROWS; i++) {
		random = i % PHRASE ? random : random * 1664525 + 1013904223;
		text = (char)('a' + (random >> 26) * (i % PHRASE + 3) % 64);
		assert_int_equal(small_writer_add(w, i * step_ns, 0, &text, 1), 0);
	}
	small_writer_end(w);
	assert_int_equal(small_writer_read(w).events, ROWS);
	bytes = writer_bytes(w->writer);
	small_writer_free(w);
	return bytes;
}

static void rows_that_come_fast_are_written_in_haste(void **state)
{
	uint64_t fast = bytes_of_rows(9000), slow = bytes_of_rows(11000);

	(void)state;
	assert_true(fast > slow + slow / 50);
	assert_true(bytes_of_rows(2250) != bytes_of_rows(2750));
}

static void rows_below_an_earlier_watermark_make_a_late_block(void **state)
{
	struct small_writer *w = *state;
	uint64_t watermark;

	add_row(w, 5000000000);
	assert_int_equal(writer_flush(w->writer, NULL), 0);
	watermark = header_at(w, 2).watermark;
	add_row(w, watermark);
	assert_int_equal(writer_flush(w->writer, NULL), 0);
	assert_int_equal(header_at(w, 3).flags, 0);
	add_row(w, watermark - 1);
	assert_int_equal(writer_flush(w->writer, NULL), 0);
	assert_int_equal(header_at(w, 4).flags, BLOCK_LATE);
	assert_int_equal(header_at(w, 4).watermark, watermark);
	small_writer_end(w);
	assert_int_equal(small_writer_read(w).events, 3);
}

static void ids_are_good_within_an_epoch_and_begin_again_after_it(void **state)
{
	struct small_writer *w = small_writer_new((struct writer_options){.dict_limit = 3});
	struct tally t;

	(void)state;
	assert_int_equal(intern_text(w, "a"), 1);
	assert_int_equal(intern_text(w, "b"), 2);
	assert_int_equal(small_writer_add(w, 1, 2, "", 0), 0);
	assert_int_equal(writer_flush(w->writer, NULL), 0);
	assert_int_equal(writer_epoch(w->writer), 1);
	assert_int_equal(intern_text(w, "b"), 2);
	assert_int_equal(intern_text(w, "c"), 3);
	assert_int_equal(small_writer_add(w, 2, 3, "", 0), 0);
	assert_int_equal(writer_epoch(w->writer), 1);
	assert_int_equal(writer_flush(w->writer, NULL), 0);
	assert_int_equal(writer_epoch(w->writer), 2);
	assert_int_equal(intern_text(w, "c"), 1);
	assert_int_equal(small_writer_add(w, 3, 1, "", 0), 0);
	small_writer_end(w);
	t = small_writer_read(w);
	assert_int_equal(t.events, 3);
	assert_int_equal(t.nulls, 0);
	assert_int_equal(t.bytes, 3);
	small_writer_free(w);
}

static void a_block_is_closed_by_its_rows(void **state)
{
	struct small_writer *w = small_writer_new((struct writer_options){.block_rows = 2});

	(void)state;
	for (uint64_t i = 0; i < 5; i++)
		add_row(w, i);
	blocks_are(w, "SNRR");
	small_writer_end(w);
	blocks_are(w, "SNRRRE");
	small_writer_free(w);
}

static void the_trailer_leads_back_to_the_beginning(void **state)
{
	struct small_writer *w = *state;
	struct writer_options opt = {.salt = SMALL_SALT};
	struct writer *second;
	const uint8_t *data;
	struct block_header h;
	size_t len, first;

	add_row(w, 1);
	small_writer_end(w);
	sink_memory(w->sink, &first);
	assert_int_equal(writer_bytes(w->writer), first);
	assert_int_equal(writer_new(w->sink, &opt, &second, NULL), 0);
	assert_int_equal(writer_end(second, "stop", NULL), 0);
	data = sink_memory(w->sink, &len);
	assert_int_equal(writer_bytes(second), len - first);
	assert_memory_equal(data + len - 4, "DNE!", 4);
	assert_int_equal(load_le(data + len - TRAILER, 8), len - first);
	assert_int_equal(load_le(data + first - TRAILER, 8), first);
	len -= load_le(data + len - 8, 4);
	assert_int_equal(block_header_decode(view_of(data + len, BLOCK_HEADER_LEN), &h, NULL), 0);
	assert_int_equal(h.type, BLOCK_END);
	writer_free(second);
}

/* The index from the END block, decoded. */
static void take_index(struct small_writer *w, struct index *ix)
{
	struct unpacker *u = unpacker_new();
	struct part parts[BLOCK_MAX_PARTS];
	struct block_header h;
	struct view in, reason, facts;
	uint64_t rows, lost;
	size_t len;
	const uint8_t *data = sink_memory(w->sink, &len), *at;
	uint8_t *raw;

	at = data + len - load_le(data + len - 8, 4);
	assert_int_equal(block_header_decode(view_of(at, BLOCK_HEADER_LEN), &h, NULL), 0);
	assert_int_equal(parts_decode(view_of(at + BLOCK_HEADER_LEN, h.body_len), &h, parts, NULL),
			 0);
	assert_int_equal(h.part_count, 2);
	raw = malloc(parts[0].raw_len);
	assert_int_equal(unpacker_run(u, &parts[0], raw, NULL), 0);
	in = view_of(raw, parts[0].raw_len);
	assert_true(take_string(&in, &reason));
	assert_true(take_varint(&in, &rows));
	assert_true(take_varint(&in, &lost));
	assert_true(take_string(&in, &facts));
	assert_int_equal(rows, writer_rows(w->writer));
	assert_int_equal(index_decode(&in, ix, NULL), 0);
	assert_int_equal(view_len(in), 0);
	free(raw);
	unpacker_free(u);
}

static void the_index_lists_every_block_as_its_header_says(void **state)
{
	struct small_writer *w = *state;
	struct index ix = {0};
	struct block_header h;
	const uint8_t *data;
	size_t len, at = 0, count = 0;

	for (uint64_t i = 0; i < 20; i++) {
		add_row(w, 1000 - i);
		assert_int_equal(writer_flush(w->writer, NULL), 0);
	}
	small_writer_end(w);
	take_index(w, &ix);
	for (data = sink_memory(w->sink, &len); at < len; at += h.header_len + h.body_len) {
		assert_int_equal(block_header_decode(view_of(data + at, len - at), &h, NULL), 0);
		assert_int_equal(index_has(&ix, at, &h), h.type != BLOCK_END);
		count++;
	}
	assert_int_equal(ix.count, count - 1);
	index_release(&ix);
}

static void the_first_and_the_last_schema_are_lent_and_the_next_is_not(void **state)
{
	struct small_writer *w = *state;

	assert_null(writer_schema_get(w->writer, 0));
	assert_string_equal(writer_schema_get(w->writer, 1)->name, "dict");
	assert_string_equal(writer_schema_get(w->writer, 2)->name, "event");
	assert_null(writer_schema_get(w->writer, 3));
	assert_null(writer_schema_get(w->writer, UINT32_MAX));
}

static void a_failing_sink_fails_the_writer(void **state)
{
	struct writer_options opt = {.salt = SMALL_SALT};
	struct error err = {0};
	struct writer *writer;
	struct sink *sink;

	(void)state;
	if (sink_open("/dev/full", true, &sink, NULL))
		skip(); /* not a Linux */
	assert_int_equal(writer_new(sink, &opt, &writer, NULL), 0);
	assert_int_equal(writer_flush(writer, &err), ERR_IO);
	assert_int_equal(writer_end(writer, "stop", &err), ERR_IO);
	writer_free(writer);
	writer_free(NULL);
	sink_close(sink, NULL);
}

/* Entries alone made the writer write, in vain; there is room again when it ends. */
static void an_outage_of_entries_that_is_over_at_the_end_is_no_failure(void **state)
{
	struct writer_options opt = {.salt = SMALL_SALT};
	struct schema *dict = schema_new(SCHEMA_DICT, "", "dict", NULL);
	struct buf packed = {0};
	struct tight_file file;
	struct writer *writer;
	uint32_t dict_id, id;

	(void)state;
	tight_file_open(&file);
	assert_int_equal(writer_new(file.sink, &opt, &writer, NULL), 0);
	forge_add(dict, forge_field("text", FIELD_STRING, 1, 0));
	assert_int_equal(writer_schema(writer, dict, &dict_id, NULL), 0);
	put_u16(&packed, UINT16_MAX);
	assert_true(buf_reserve(&packed, UINT16_MAX));
	memset(packed.data + packed.len, 'x', UINT16_MAX);
	packed.len += UINT16_MAX;
	tight_file_limit(&file, 0);
	for (uint32_t i = 0; i < 200; i++) {
		store_le(packed.data + 2, 4, i);
		assert_int_equal(writer_intern(writer, dict_id, packed.data, packed.len, &id, NULL),
				 0);
		assert_int_equal(id, i + 1);
	}
	assert_non_null(writer_stall_reason(writer));
	tight_file_free_room(&file);
	assert_int_equal(writer_end(writer, "stop", NULL), 0);
	assert_null(writer_stall_reason(writer));
	writer_free(writer);
	tight_file_close(&file);
	buf_release(&packed);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, small_writer_setup, small_writer_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_flush_writes_in_the_order_a_reader_needs),
		TEST(a_tape_without_events_is_a_tape),
		TEST(a_header_tells_what_is_in_its_block),
		cmocka_unit_test(rows_that_come_fast_are_written_in_haste),
		TEST(rows_below_an_earlier_watermark_make_a_late_block),
		cmocka_unit_test(ids_are_good_within_an_epoch_and_begin_again_after_it),
		cmocka_unit_test(a_block_is_closed_by_its_rows),
		TEST(the_trailer_leads_back_to_the_beginning),
		TEST(the_index_lists_every_block_as_its_header_says),
		TEST(the_first_and_the_last_schema_are_lent_and_the_next_is_not),
		cmocka_unit_test(a_failing_sink_fails_the_writer),
		cmocka_unit_test(an_outage_of_entries_that_is_over_at_the_end_is_no_failure),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
