/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_cursor.c -- what is written comes back; what is damaged does not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "format/block.h"
#include "format/column.h"
#include "format/cursor.h"
#include "format/rows.h"
#include "format/source.h"
#include "tests/format/forge.h"
#include "tests/format/sample_tape.h"
#include "tests/format/small_writer.h"

/* Everything a cursor said, in short. */
struct story {
	unsigned sections, events, losses, clocks, gaps, ends, schemas;
	uint64_t checksum; /* over every value of every event, in order */
	uint64_t last_ts;
	int rc;
	struct health health;
};

static void mix(struct story *s, uint64_t v)
{
	s->checksum = (s->checksum ^ v) * UINT64_C(0x100000001b3);
}

static void read_fields(struct story *s, const struct event *ev)
{
	struct view bytes;
	uint64_t v;

	mix(s, ev->ts_ns);
	mix(s, ev->cpu);
	for (int i = 0; i < ev->schema->field_count; i++) {
		if (event_int(ev, i, &v))
			mix(s, v);
		else if (event_bytes(ev, i, &bytes))
			for (const uint8_t *p = bytes.p; p < bytes.end; p++)
				mix(s, *p);
		else
			mix(s, 77);
	}
}

static struct story read_tape_of(const void *data, size_t len, uint64_t from, uint64_t to,
				 bool with_fields)
{
	struct story s = {0};
	struct source *src;
	struct cursor *cur;
	struct item item;
	struct error err = {0};

	assert_int_equal(source_open_memory(data, len, &src, &err), 0);
	s.rc = cursor_open(src, &cur, &err);
	if (s.rc) {
		source_close(src);
		return s;
	}
	cursor_limit_time(cur, from, to, NULL);
	while ((s.rc = cursor_next(cur, &item, &err)) == 0) {
		s.sections += item.kind == ITEM_SECTION;
		s.losses += item.kind == ITEM_LOSS;
		s.clocks += item.kind == ITEM_CLOCK;
		s.gaps += item.kind == ITEM_GAP;
		s.ends += item.kind == ITEM_END;
		s.schemas += item.kind == ITEM_SCHEMA;
		if (item.kind == ITEM_EVENT) {
			s.events++;
			s.last_ts = item.event.ts_ns;
			if (with_fields)
				read_fields(&s, &item.event);
		}
	}
	s.health = *cursor_health(cur);
	cursor_close(cur);
	source_close(src);
	return s;
}

static struct story read_all(const void *data, size_t len, uint64_t from, uint64_t to)
{
	return read_tape_of(data, len, from, to, true);
}

static struct story read_events(const void *data, size_t len)
{
	return read_tape_of(data, len, 0, UINT64_MAX, false);
}

static struct story read_tape(const struct sample *t)
{
	return read_all(t->data, t->len, 0, UINT64_MAX);
}

static void what_is_written_comes_back_in_time_order(void **state)
{
	struct sample *t = sample_new(1000, 100);
	struct story s = read_tape(t);

	(void)state;
	assert_int_equal(s.rc, END);
	assert_int_equal(s.events, 1000);
	assert_int_equal(s.sections, 1);
	assert_int_equal(s.losses, 1);
	assert_int_equal(s.clocks, 1);
	assert_int_equal(s.ends, 1);
	assert_int_equal(s.health.late_events, 0);
	assert_true(s.health.is_complete);
	sample_free(t);
}

static void the_same_rows_give_the_same_bytes(void **state)
{
	struct sample *a = sample_new(500, 64), *b = sample_new(500, 64);

	(void)state;
	assert_int_equal(a->len, b->len);
	assert_memory_equal(a->data, b->data, a->len);
	sample_free(a);
	sample_free(b);
}

static void block_size_does_not_change_what_is_read(void **state)
{
	struct sample *a = sample_new(500, 7), *b = sample_new(500, 500);
	struct story x = read_tape(a), y = read_tape(b);

	(void)state;
	assert_int_equal(x.events, y.events);
	assert_true(x.checksum == y.checksum);
	sample_free(a);
	sample_free(b);
}

static void a_new_epoch_does_not_change_what_is_read(void **state)
{
	struct sample *a = sample_new(500, 50), *b = sample_new_epochs(500, 50, 3);

	(void)state;
	assert_true(read_tape(a).checksum == read_tape(b).checksum);
	sample_free(a);
	sample_free(b);
}

static void every_cut_is_noticed_and_keeps_whole_blocks(void **state)
{
	struct sample *t = sample_new(60, 10);
	unsigned most = 0;

	(void)state;
	for (size_t len = 0; len < t->len; len++) {
		struct story s = read_all(t->data, len, 0, UINT64_MAX);

		if (s.rc == ERR_NOT_A_TAPE) {
			assert_int_equal(most, 0);
			continue;
		}
		assert_int_equal(s.rc, END);
		assert_false(s.health.is_complete);
		assert_true(s.health.is_cut);
		assert_true(s.events >= most);
		most = s.events;
	}
	assert_int_equal(most, 60);
	sample_free(t);
}

static void every_flipped_bit_is_noticed(void **state)
{
	struct sample *t = sample_new(60, 20);
	uint64_t good = read_tape(t).checksum;
	uint8_t *copy = malloc(t->len);

	(void)state;
	for (size_t bit = 0; bit < t->len * 8; bit += 3) {
		struct story s;

		memcpy(copy, t->data, t->len);
		copy[bit / 8] ^= (uint8_t)(1u << (bit % 8));
		s = read_all(copy, t->len, 0, UINT64_MAX);
		if (s.rc < 0)
			continue;
		assert_false(s.health.is_complete);
		assert_true(s.events < 60 || s.checksum == good || s.gaps > 0);
	}
	free(copy);
	sample_free(t);
}

static void a_damaged_block_costs_only_itself(void **state)
{
	struct sample *t = sample_new(100, 10);
	uint8_t *copy = malloc(t->len);
	size_t at = sample_find_block(t, BLOCK_DATA, 4);
	struct story s;

	(void)state;
	memcpy(copy, t->data, t->len);
	copy[at + BLOCK_HEADER_LEN + 20] ^= 0x40;
	s = read_all(copy, t->len, 0, UINT64_MAX);
	assert_int_equal(s.rc, END);
	assert_int_equal(s.events, 90);
	assert_int_equal(s.gaps, 1);
	assert_int_equal(s.health.damaged_blocks, 1);
	free(copy);
	sample_free(t);
}

static void bytes_cut_out_of_the_middle_cost_only_their_blocks(void **state)
{
	struct sample *t = sample_new(100, 10);
	size_t at = sample_find_block(t, BLOCK_DATA, 4) + 50;
	uint8_t *copy = malloc(t->len);
	struct story s;

	(void)state;
	memcpy(copy, t->data, at);
	memcpy(copy + at, t->data + at + 17, t->len - at - 17);
	s = read_all(copy, t->len - 17, 0, UINT64_MAX);
	assert_int_equal(s.rc, END);
	assert_int_equal(s.events, 90);
	assert_int_equal(s.health.damaged_blocks, 1);
	assert_int_equal(s.ends, 1);
	free(copy);
	sample_free(t);
}

static void two_tapes_in_a_row_are_a_tape(void **state)
{
	struct sample *a = sample_new(100, 10), *b = sample_new(50, 10);
	uint8_t *both = malloc(a->len + b->len);
	struct story s;

	(void)state;
	memcpy(both, a->data, a->len);
	memcpy(both + a->len, b->data, b->len);
	s = read_all(both, a->len + b->len, 0, UINT64_MAX);
	assert_int_equal(s.rc, END);
	assert_int_equal(s.sections, 2);
	assert_int_equal(s.events, 150);
	assert_true(s.health.is_complete);
	free(both);
	sample_free(a);
	sample_free(b);
}

/* Its facts are lost; schemas, names and events of the other section are not mixed in. */
static void a_damaged_section_block_costs_only_its_facts(void **state)
{
	struct sample *a = sample_new(100, 10), *b = sample_new(50, 10);
	uint8_t *both = malloc(a->len + b->len);
	struct story s;

	(void)state;
	memcpy(both, a->data, a->len);
	memcpy(both + a->len, b->data, b->len);
	both[BLOCK_HEADER_LEN + 20] ^= 1;
	both[a->len + BLOCK_HEADER_LEN + 20] ^= 1;
	s = read_all(both, a->len + b->len, 0, UINT64_MAX);
	assert_int_equal(s.rc, END);
	assert_int_equal(s.sections, 2);
	assert_int_equal(s.events, 150);
	assert_int_equal(s.gaps, 2);
	assert_int_equal(s.ends, 2);
	assert_int_equal(s.health.damaged_blocks, 2);
	assert_false(s.health.is_complete);
	free(both);
	sample_free(a);
	sample_free(b);
}

/* The first item of a section is the section: its damage comes after. */
static void a_gap_never_comes_before_its_section(void **state)
{
	struct sample *t = sample_new(10, 10);
	struct source *src;
	struct cursor *cur;
	struct item item;

	(void)state;
	t->data[BLOCK_HEADER_LEN + 20] ^= 1;
	assert_int_equal(source_open_memory(t->data, t->len, &src, NULL), 0);
	assert_int_equal(cursor_open(src, &cur, NULL), 0);
	assert_int_equal(cursor_next(cur, &item, NULL), 0);
	assert_int_equal(item.kind, ITEM_SECTION);
	assert_int_equal(item.section->facts.count, 0);
	assert_int_equal(cursor_next(cur, &item, NULL), 0);
	assert_int_equal(item.kind, ITEM_GAP);
	cursor_close(cur);
	source_close(src);
	sample_free(t);
}

/* One reading is always waiting for its time, however many there were. */
static void any_number_of_clock_readings_comes_out(void **state)
{
	enum { ROUNDS = 280, EACH = 1000 };
	struct writer_options opt = {.salt = 1, .zstd_level = 1};
	struct clock_reading clock = {0};
	struct schema *schema = schema_new(SCHEMA_EVENT, "g", "event", NULL);
	struct row row = {.schema = 1};
	struct writer *w;
	struct sink *sink;
	struct story s;
	const uint8_t *data;
	uint32_t id;
	size_t len;

	(void)state;
	assert_int_equal(sink_open_memory(&sink, NULL), 0);
	assert_int_equal(writer_new(sink, &opt, &w, NULL), 0);
	assert_int_equal(writer_schema(w, schema, &id, NULL), 0);
	for (uint64_t i = 0; i < ROUNDS; i++) {
		row.ts_ns = i * 1000000000;
		assert_int_equal(writer_add(w, &row, NULL), 0);
		clock.ts_ns = row.ts_ns + 1;
		for (unsigned j = 0; j < EACH; j++)
			assert_int_equal(writer_clock(w, &clock, NULL), 0);
		assert_int_equal(writer_flush(w, NULL), 0);
	}
	assert_int_equal(writer_end(w, "stop", NULL), 0);
	data = sink_memory(sink, &len);
	s = read_all(data, len, 0, UINT64_MAX);
	assert_int_equal(s.clocks, ROUNDS * EACH);
	assert_int_equal(s.events, ROUNDS);
	assert_true(s.health.is_complete);
	writer_free(w);
	sink_close(sink, NULL);
}

/* Eight blocks of 60 columns and 65536 rows at the same time: half a gigabyte at once. */
static void blocks_that_would_take_much_memory_are_not_all_open(void **state)
{
	enum { COLUMNS = 60, BLOCKS = 10 };
	struct schema *schema = schema_new(SCHEMA_EVENT, "g", "wide", NULL);
	struct buf tape = {0}, raw = {0}, record = {0};
	struct forged_data d = {0};
	struct block_header h = {.type = BLOCK_DATA,
				 .rows = BLOCK_MAX_ROWS,
				 .max_ts = BLOCK_MAX_ROWS - 1,
				 .seq = 2};
	uint64_t *v = calloc(BLOCK_MAX_ROWS, sizeof(*v));
	struct story s;

	(void)state;
	for (unsigned i = 0; i < COLUMNS; i++)
		forge_add(schema, forge_field("f", FIELD_STRING, 1, 0));
	schema->id = 1;
	schema_encode(schema, schema->text, &record);
	put_u8(&raw, SCHEMA_RECORD_SCHEMA);
	put_string(&raw, record.data, record.len);
	forge_section(&tape, 0);
	forge_block_of(&tape, (struct block_header){.type = BLOCK_SCHEMA, .seq = 1}, &raw);
	forge_ints(&d, 0, COLUMN_VALUE, HOT_CPU, v, BLOCK_MAX_ROWS);
	for (uint64_t i = 0; i < BLOCK_MAX_ROWS; i++)
		v[i] = i;
	forge_ints(&d, 0, COLUMN_VALUE, HOT_TS, v, BLOCK_MAX_ROWS);
	for (uint64_t i = 0; i < BLOCK_MAX_ROWS; i++)
		v[i] = 1;
	forge_ints(&d, 0, COLUMN_VALUE, HOT_SCHEMA, v, BLOCK_MAX_ROWS);
	for (unsigned i = 0; i < COLUMNS; i++) {
		put_u8(&d.rest, 0);
		forge_column(&d, 1, COLUMN_VALUE, i, CODEC_CONST, FORGE_REST, 1);
	}
	for (unsigned i = 0; i < BLOCKS; i++) {
		struct body body = {0};

		forge_data_body(&d, &body);
		h.raw_len = body.raw_len;
		forge_block(&tape, h, &body);
		h.seq++;
		body_release(&body);
	}
	s = read_events(tape.data, tape.len);
	assert_int_equal(s.events, BLOCKS * BLOCK_MAX_ROWS);
	assert_int_equal(s.gaps, 0);
	assert_true(s.health.late_events > 0); /* eight open blocks would have sorted most */
	free(v);
	forged_data_release(&d);
	buf_release(&tape);
	buf_release(&raw);
	buf_release(&record);
	schema_free(schema);
}

static void a_time_limit_keeps_what_is_inside(void **state)
{
	struct sample *t = sample_new(1000, 10);
	struct story s = read_all(t->data, t->len, sample_ts(400), sample_ts(500));

	(void)state;
	assert_int_equal(s.events, 100);
	assert_true(s.last_ts == sample_ts(499));
	sample_free(t);
}

/* Rows 0..9 and a loss at 5, twice; then what a limit leaves, as "S 8 L E S ..." */
static void tell_limited(char *story, size_t size, uint64_t from, uint64_t to)
{
	struct small_writer *a = small_writer_new((struct writer_options){0}),
			    *b = small_writer_new((struct writer_options){0});
	struct loss loss = {.from_ns = 5, .to_ns = 5, .count = 1};
	struct buf both = {0};
	struct source *src;
	struct cursor *cur;
	struct item item;
	const uint8_t *data;
	size_t len, at = 0;

	for (uint64_t i = 0; i < 10; i++) {
		assert_int_equal(small_writer_add(a, i, 0, "", 0), 0);
		assert_int_equal(small_writer_add(b, i, 0, "", 0), 0);
	}
	assert_int_equal(writer_loss(a->writer, &loss, NULL), 0);
	assert_int_equal(writer_loss(b->writer, &loss, NULL), 0);
	small_writer_end(a);
	small_writer_end(b);
	data = sink_memory(a->sink, &len);
	put_bytes(&both, data, len);
	data = sink_memory(b->sink, &len);
	put_bytes(&both, data, len);
	assert_int_equal(source_open_memory(both.data, both.len, &src, NULL), 0);
	assert_int_equal(cursor_open(src, &cur, NULL), 0);
	cursor_limit_time(cur, from, to, NULL);
	while (cursor_next(cur, &item, NULL) == 0 && at + 1 < size)
		if (item.kind != ITEM_SCHEMA)
			story[at++] = item.kind == ITEM_EVENT     ? (char)('0' + item.event.ts_ns)
				      : item.kind == ITEM_LOSS    ? 'L'
				      : item.kind == ITEM_SECTION ? 'S'
								  : 'E';
	story[at] = '\0';
	assert_int_equal(cursor_next(cur, &item, NULL), END);
	cursor_close(cur);
	source_close(src);
	buf_release(&both);
	small_writer_free(a);
	small_writer_free(b);
}

static void a_loss_comes_in_its_time_and_section_whatever_the_limit(void **state)
{
	char story[64];

	(void)state;
	tell_limited(story, sizeof(story), 0, UINT64_MAX);
	assert_string_equal(story, "S01234L56789ES01234L56789E");
	tell_limited(story, sizeof(story), 7, 9);
	assert_string_equal(story, "SL78ESL78E");
	tell_limited(story, sizeof(story), 2, 4);
	assert_string_equal(story, "S23LES23LE");
	tell_limited(story, sizeof(story), 5, 5);
	assert_string_equal(story, "SLESLE");
	tell_limited(story, sizeof(story), 100, 200);
	assert_string_equal(story, "SLESLE");
}

static void text_and_nothing_are_not_tapes(void **state)
{
	static const char text[] = "This is a shopping list, not a tape. Milk, eggs, bread.\n"
				   "It is longer than a block header, too, on purpose: 96 bytes.\n";

	(void)state;
	assert_int_equal(read_all(text, sizeof(text), 0, UINT64_MAX).rc, ERR_NOT_A_TAPE);
	assert_int_equal(read_all(text, 0, 0, UINT64_MAX).rc, ERR_NOT_A_TAPE);
	assert_int_equal(read_all(text, 3, 0, UINT64_MAX).rc, ERR_NOT_A_TAPE);
}

static void a_newer_format_is_named_as_such(void **state)
{
	struct sample *t = sample_new(10, 10);
	uint8_t *copy = malloc(t->len);

	(void)state;
	memcpy(copy, t->data, t->len);
	copy[5] = '9';
	assert_int_equal(read_all(copy, t->len, 0, UINT64_MAX).rc, ERR_UNSUPPORTED);
	free(copy);
	sample_free(t);
}

static void check_features(uint64_t bits, const char *want)
{
	struct block_header h = {.type = BLOCK_SECTION, .salt = 7};
	struct buf features = {0}, tape = {0};
	struct error err = {0};
	struct source *src;
	struct cursor *cur;
	struct item item;
	int rc;

	put_u64(&features, bits);
	put_u64(&features, 0);
	forge_block_of(&tape, h, &features);
	assert_int_equal(source_open_memory(tape.data, tape.len, &src, NULL), 0);
	rc = cursor_open(src, &cur, &err);
	if (rc == 0) {
		rc = cursor_next(cur, &item, &err);
		cursor_close(cur);
	}
	assert_int_equal(rc, ERR_UNSUPPORTED);
	assert_non_null(strstr(err.text, want));
	source_close(src);
	buf_release(&features);
	buf_release(&tape);
}

static void unknown_features_are_named_by_their_bits(void **state)
{
	(void)state;
	check_features(1, "feature bit 0, unknown here: use a newer tcptape");
	check_features((uint64_t)1 << 63 | 1 << 3, "feature bits 3, 63, unknown here");
	check_features(UINT64_MAX, "feature bits 0, 1, 2, 3, 4, 5, 6, 7, ..., unknown here");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_written_comes_back_in_time_order),
		cmocka_unit_test(the_same_rows_give_the_same_bytes),
		cmocka_unit_test(block_size_does_not_change_what_is_read),
		cmocka_unit_test(a_new_epoch_does_not_change_what_is_read),
		cmocka_unit_test(every_cut_is_noticed_and_keeps_whole_blocks),
		cmocka_unit_test(every_flipped_bit_is_noticed),
		cmocka_unit_test(a_damaged_block_costs_only_itself),
		cmocka_unit_test(bytes_cut_out_of_the_middle_cost_only_their_blocks),
		cmocka_unit_test(two_tapes_in_a_row_are_a_tape),
		cmocka_unit_test(a_damaged_section_block_costs_only_its_facts),
		cmocka_unit_test(a_gap_never_comes_before_its_section),
		cmocka_unit_test(any_number_of_clock_readings_comes_out),
		cmocka_unit_test(blocks_that_would_take_much_memory_are_not_all_open),
		cmocka_unit_test(a_time_limit_keeps_what_is_inside),
		cmocka_unit_test(a_loss_comes_in_its_time_and_section_whatever_the_limit),
		cmocka_unit_test(text_and_nothing_are_not_tapes),
		cmocka_unit_test(a_newer_format_is_named_as_such),
		cmocka_unit_test(unknown_features_are_named_by_their_bits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
