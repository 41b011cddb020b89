/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_writer.c -- what a section is made of, and that a reader can always follow. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "format/cursor.h"
#include "format/dict.h"
#include "format/index.h"
#include "format/scan.h"
#include "format/writer.h"
#include "tests/format/forge.h"

enum { SALT = 7, ROW_MAX = 1 << 20, TRAILER = 16 };

struct world {
	struct sink *sink;
	struct writer *writer;
	uint32_t dict;  /* one STRING attribute */
	uint32_t event; /* a reference to it; one STRING, one INT */
};

static struct world *open_world(struct writer_options opt)
{
	struct world *w = calloc(1, sizeof(*w));
	struct schema *dict = schema_new(SCHEMA_DICT, "", "dict", NULL);
	struct schema *event = schema_new(SCHEMA_EVENT, "g", "event", NULL);
	struct field bound = forge_field("bound", FIELD_STRING, 1, 0);

	opt.salt = SALT;
	opt.zstd_level = 1;
	assert_int_equal(sink_open_memory(&w->sink, NULL), 0);
	assert_int_equal(writer_new(w->sink, &opt, &w->writer, NULL), 0);
	forge_add(dict, forge_field("text", FIELD_STRING, 1, 0));
	assert_int_equal(writer_schema(w->writer, dict, &w->dict, NULL), 0);
	assert_int_equal(schema_add_ref(event, w->dict, NULL), 1);
	bound.ref = 1;
	forge_add(event, bound);
	forge_add(event, forge_field("text", FIELD_STRING, 1, 0));
	forge_add(event, forge_field("number", FIELD_INT, 8, 1));
	assert_int_equal(writer_schema(w->writer, event, &w->event, NULL), 0);
	return w;
}

static int setup(void **state)
{
	*state = open_world((struct writer_options){0});
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;

	writer_free(w->writer);
	sink_close(w->sink, NULL);
	free(w);
	return 0;
}

static int add(struct world *w, uint64_t ts, uint32_t id, const char *text, size_t len)
{
	struct value values[2] = {{.bytes = (const uint8_t *)text, .len = (uint32_t)len},
				  {.num = ts}};
	struct row row = {.schema = w->event, .ts_ns = ts, .refs = &id, .values = values};

	return writer_add(w->writer, &row, NULL);
}

static void add_row(struct world *w, uint64_t ts)
{
	assert_int_equal(add(w, ts, 0, "text", 4), 0);
}

static int intern(struct world *w, const char *text, size_t len, uint32_t *id)
{
	struct buf packed = {0};
	int rc;

	put_u16(&packed, (uint16_t)len);
	put_bytes(&packed, text, len);
	rc = writer_intern(w->writer, w->dict, packed.data, packed.len, id, NULL);
	buf_release(&packed);
	return rc;
}

static uint32_t intern_text(struct world *w, const char *text)
{
	uint32_t id = 0;

	assert_int_equal(intern(w, text, strlen(text), &id), 0);
	return id;
}

static void end(struct world *w)
{
	assert_int_equal(writer_end(w->writer, "stop", NULL), 0);
}

/* All blocks of the tape; header `n` of them goes to *out, if out is not NULL. */
static void list_blocks(struct world *w, char *types, size_t size, unsigned n,
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
		assert_int_equal(item.header.salt, SALT);
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

static void blocks_are(struct world *w, const char *want)
{
	char types[100];

	list_blocks(w, types, sizeof(types), 0, NULL);
	assert_string_equal(types, want);
}

static struct block_header header_at(struct world *w, unsigned n)
{
	struct block_header h = {0};
	char types[100];

	list_blocks(w, types, sizeof(types), n, &h);
	return h;
}

/* What a reader makes of it; the tape must be sound. */
struct tally {
	uint64_t events, losses, clocks, nulls, bytes;
	size_t facts;
};

static void count_event(struct tally *t, const struct event *ev)
{
	struct view out;
	uint64_t v;

	t->events++;
	for (int i = 0; i < ev->schema->field_count; i++) {
		if (event_bytes(ev, i, &out))
			t->bytes += view_len(out);
		else
			t->nulls += !event_int(ev, i, &v);
	}
}

static struct tally read_back(struct world *w)
{
	struct tally t = {0};
	struct source *source;
	struct cursor *cursor;
	struct item item;
	size_t len;
	const uint8_t *data = sink_memory(w->sink, &len);

	assert_int_equal(source_open_memory(data, len, &source, NULL), 0);
	assert_int_equal(cursor_open(source, &cursor, NULL), 0);
	while (cursor_next(cursor, &item, NULL) == 0) {
		if (item.kind == ITEM_GAP)
			fail_msg("%s", item.gap.reason);
		if (item.kind == ITEM_EVENT)
			count_event(&t, &item.event);
		t.losses += item.kind == ITEM_LOSS;
		t.clocks += item.kind == ITEM_CLOCK;
		t.facts = item.section->facts.count;
	}
	assert_true(cursor_health(cursor)->is_complete);
	cursor_close(cursor);
	source_close(source);
	return t;
}

static void a_flush_writes_in_the_order_a_reader_needs(void **state)
{
	struct loss loss = {.count = 3};
	struct clock_reading clock = {.ts_ns = 5};
	struct world *w = *state;

	assert_int_equal(writer_fact(w->writer, "early", "1", NULL), 0);
	assert_int_equal(add(w, 10, intern_text(w, "a"), "", 0), 0);
	assert_int_equal(writer_clock(w->writer, &clock, NULL), 0);
	assert_int_equal(writer_loss(w->writer, &loss, NULL), 0);
	blocks_are(w, "");
	assert_int_equal(writer_flush(w->writer, NULL), 0);
	blocks_are(w, "SNLCDR");
	assert_int_equal(writer_flush(w->writer, NULL), 0);
	blocks_are(w, "SNLCDR");
	assert_int_equal(writer_fact(w->writer, "middle", "2", NULL), 0);
	assert_int_equal(add(w, 11, intern_text(w, "a"), "", 0), 0);
	assert_int_equal(writer_flush(w->writer, NULL), 0);
	blocks_are(w, "SNLCDRFR");
	assert_int_equal(writer_fact(w->writer, "late", "3", NULL), 0);
	end(w);
	blocks_are(w, "SNLCDRFRE");
	assert_int_equal(read_back(w).facts, 3);
}

static void a_tape_without_events_is_a_tape(void **state)
{
	struct world *w = *state;
	struct tally t;

	end(w);
	blocks_are(w, "SNE");
	t = read_back(w);
	assert_int_equal(t.events, 0);
}

static void a_header_tells_what_is_in_its_block(void **state)
{
	struct loss loss = {.count = 3};
	struct world *w = *state;
	struct block_header h;

	assert_int_equal(writer_loss(w->writer, &loss, NULL), 0);
	add_row(w, 5000000000);
	add_row(w, 4999999999);
	add_row(w, 5000000001);
	end(w);
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

static void rows_below_an_earlier_watermark_make_a_late_block(void **state)
{
	struct world *w = *state;
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
	end(w);
	assert_int_equal(read_back(w).events, 3);
}

static void ids_are_good_within_an_epoch_and_begin_again_after_it(void **state)
{
	struct world *w = open_world((struct writer_options){.dict_limit = 3});
	struct tally t;

	(void)state;
	assert_int_equal(intern_text(w, "a"), 1);
	assert_int_equal(intern_text(w, "b"), 2);
	assert_int_equal(add(w, 1, 2, "", 0), 0);
	assert_int_equal(writer_flush(w->writer, NULL), 0);
	assert_int_equal(writer_epoch(w->writer), 1);
	assert_int_equal(intern_text(w, "b"), 2);
	assert_int_equal(intern_text(w, "c"), 3);
	assert_int_equal(add(w, 2, 3, "", 0), 0);
	assert_int_equal(writer_epoch(w->writer), 1);
	assert_int_equal(writer_flush(w->writer, NULL), 0);
	assert_int_equal(writer_epoch(w->writer), 2);
	assert_int_equal(intern_text(w, "c"), 1);
	assert_int_equal(add(w, 3, 1, "", 0), 0);
	end(w);
	t = read_back(w);
	assert_int_equal(t.events, 3);
	assert_int_equal(t.nulls, 0);
	assert_int_equal(t.bytes, 3);
	teardown((void **)&w);
}

static void a_block_is_closed_by_its_rows(void **state)
{
	struct world *w = open_world((struct writer_options){.block_rows = 2});

	(void)state;
	for (uint64_t i = 0; i < 5; i++)
		add_row(w, i);
	blocks_are(w, "SNRR");
	end(w);
	blocks_are(w, "SNRRRE");
	teardown((void **)&w);
}

static void the_trailer_leads_back_to_the_beginning(void **state)
{
	struct world *w = *state;
	struct writer_options opt = {.salt = SALT};
	struct writer *second;
	const uint8_t *data;
	struct block_header h;
	size_t len, first;

	add_row(w, 1);
	end(w);
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
static void take_index(struct world *w, struct index *ix)
{
	struct unpacker *u = unpacker_new();
	struct part parts[BLOCK_MAX_PARTS];
	struct block_header h;
	struct view in, reason, facts;
	uint64_t rows, lost;
	size_t len;
	const uint8_t *data = sink_memory(w->sink, &len), *at;
	uint8_t *raw;
	unsigned count;

	at = data + len - load_le(data + len - 8, 4);
	assert_int_equal(block_header_decode(view_of(at, BLOCK_HEADER_LEN), &h, NULL), 0);
	assert_int_equal(parts_decode(view_of(at + BLOCK_HEADER_LEN, h.body_len), h.raw_len, parts,
				      &count, NULL),
			 0);
	assert_int_equal(count, 2);
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
	struct world *w = *state;
	struct index ix = {0};
	struct block_header h;
	const uint8_t *data;
	size_t len, at = 0, count = 0;

	for (uint64_t i = 0; i < 20; i++) {
		add_row(w, 1000 - i);
		assert_int_equal(writer_flush(w->writer, NULL), 0);
	}
	end(w);
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
	struct world *w = *state;

	assert_null(writer_schema_get(w->writer, 0));
	assert_string_equal(writer_schema_get(w->writer, 1)->name, "dict");
	assert_string_equal(writer_schema_get(w->writer, 2)->name, "event");
	assert_null(writer_schema_get(w->writer, 3));
	assert_null(writer_schema_get(w->writer, UINT32_MAX));
}

static void the_last_schema_and_enumeration_fit_and_the_next_do_not(void **state)
{
	struct world *w = *state;
	struct schema *s;
	struct enumeration *e;
	uint32_t id;
	uint16_t enum_id;

	for (uint32_t i = 3; i <= SCHEMA_MAX; i++) {
		s = schema_new(SCHEMA_EVENT, "g", "n", NULL);
		assert_int_equal(writer_schema(w->writer, s, &id, NULL), 0);
		assert_int_equal(id, i);
	}
	s = schema_new(SCHEMA_EVENT, "g", "n", NULL);
	assert_int_equal(writer_schema(w->writer, s, &id, NULL), ERR_USAGE);
	schema_free(s);
	for (uint32_t i = 1; i <= ENUM_MAX; i++) {
		e = enumeration_new("e");
		assert_int_equal(writer_enumeration(w->writer, e, &enum_id, NULL), 0);
		assert_int_equal(enum_id, i);
	}
	e = enumeration_new("e");
	assert_int_equal(writer_enumeration(w->writer, e, &enum_id, NULL), ERR_USAGE);
	enumeration_free(e);
	end(w);
	read_back(w);
}

static void names_that_a_reader_would_refuse_are_refused(void **state)
{
	struct world *w = *state;
	char *text = malloc(SCHEMA_MAX_TEXT + 2);
	struct schema *s;
	uint32_t id;

	memset(text, 't', SCHEMA_MAX_TEXT + 1);
	text[SCHEMA_MAX_TEXT + 1] = '\0';
	s = schema_new(SCHEMA_EVENT, "g", "n", text);
	assert_int_equal(writer_schema(w->writer, s, &id, NULL), ERR_USAGE);
	s->text[SCHEMA_MAX_TEXT] = '\0';
	assert_int_equal(writer_schema(w->writer, s, &id, NULL), 0);
	text[SCHEMA_MAX_NAME + 1] = '\0';
	s = schema_new(SCHEMA_EVENT, "g", text, NULL);
	assert_int_equal(writer_schema(w->writer, s, &id, NULL), ERR_USAGE);
	schema_free(s);
	free(text);
	end(w);
	read_back(w);
}

static void schemas_of_many_megabytes_are_several_blocks_or_refused(void **state)
{
	struct world *w = *state;
	char *text = malloc(SCHEMA_MAX_TEXT + 1), types[100];
	struct schema *s;
	uint32_t id;
	int rc = 0;

	memset(text, 't', SCHEMA_MAX_TEXT);
	text[SCHEMA_MAX_TEXT] = '\0';
	for (int i = 0; i < 1000 && !rc; i++) {
		s = schema_new(SCHEMA_EVENT, "g", "n", text);
		rc = writer_schema(w->writer, s, &id, NULL);
	}
	assert_int_equal(rc, ERR_USAGE);
	schema_free(s);
	free(text);
	end(w);
	list_blocks(w, types, sizeof(types), 0, NULL);
	assert_true(strlen(types) > 5);
	read_back(w);
}

static void facts_that_a_reader_would_refuse_are_refused(void **state)
{
	struct world *w = *state;
	char *text = malloc(FACT_MAX_VALUE + 2);
	int count = 0;

	memset(text, 'v', FACT_MAX_VALUE + 1);
	text[FACT_MAX_VALUE + 1] = '\0';
	assert_int_equal(writer_fact(w->writer, "key", text, NULL), ERR_USAGE);
	assert_int_equal(writer_fact(w->writer, text, "value", NULL), ERR_USAGE);
	text[FACT_MAX_VALUE] = '\0';
	while (writer_fact(w->writer, "key", text, NULL) == 0)
		count++;
	assert_true(count > 10);
	end(w);
	assert_int_equal(read_back(w).facts, count);
	free(text);
}

static void the_last_fact_fits_and_the_next_does_not(void **state)
{
	struct world *w = *state;

	for (int i = 0; i < FACTS_MAX; i++) {
		assert_int_equal(writer_fact(w->writer, "key", "value", NULL), 0);
		if (i % 1000 == 0)
			assert_int_equal(writer_flush(w->writer, NULL), 0);
	}
	assert_int_equal(writer_fact(w->writer, "key", "value", NULL), ERR_USAGE);
	end(w);
	assert_int_equal(read_back(w).facts, FACTS_MAX);
}

static void a_row_of_a_megabyte_fits_and_a_longer_one_does_not(void **state)
{
	struct world *w = *state;
	char *text = calloc(1, ROW_MAX + 1);

	assert_int_equal(add(w, 1, 0, text, ROW_MAX), 0);
	assert_int_equal(add(w, 2, 0, text, ROW_MAX + 1), ERR_USAGE);
	assert_int_equal(add(w, 3, 0, text, 0), 0);
	end(w);
	assert_int_equal(read_back(w).events, 2);
	free(text);
}

/* Numbers that cost ten bytes with every codec, beside the longest strings. */
static void the_widest_rows_stay_within_the_limits_of_a_block(void **state)
{
	enum { ROWS = 9000 };
	struct world *w = *state;
	struct schema *s = schema_new(SCHEMA_EVENT, "g", "wide", NULL);
	struct value values[SCHEMA_MAX_FIELDS];
	struct row row = {.values = values};
	uint8_t *noise = malloc(ROW_MAX);
	uint32_t x = 1;

	for (size_t i = 0; i < ROW_MAX; i++) {
		x = x * 1664525 + 1013904223;
		noise[i] = (uint8_t)(x >> 24);
	}
	forge_add(s, forge_field("text", FIELD_STRING, 1, 0));
	for (int i = 1; i < SCHEMA_MAX_FIELDS; i++)
		forge_add(s, forge_field("f", FIELD_INT, 8, 1));
	assert_int_equal(writer_schema(w->writer, s, &row.schema, NULL), 0);
	for (uint64_t i = 0; i < ROWS; i++) {
		uint64_t number = (UINT64_C(2) + i % 2) << 62;

		row.ts_ns = i;
		memset(values, 0, sizeof(values));
		values[0].bytes = noise + i;
		values[0].len = i % 3500 == 3490 ? ROW_MAX - ROWS : 1000;
		for (int f = 1; f < SCHEMA_MAX_FIELDS; f++)
			values[f].num = number + i;
		assert_int_equal(writer_add(w->writer, &row, NULL), 0);
	}
	end(w);
	assert_int_equal(read_back(w).events, ROWS);
	free(noise);
}

/* 300 schemas of 512 columns each: a block of all has more columns than a reader takes. */
static void columns_of_many_schemas_stay_within_the_limit_of_a_block(void **state)
{
	enum { SCHEMAS = 300 };
	struct value values[SCHEMA_MAX_FIELDS] = {{0}};
	struct world *w = *state;
	struct row row = {.values = values};
	uint32_t first = 0;

	for (int i = 0; i < SCHEMAS; i++) {
		struct schema *s = schema_new(SCHEMA_EVENT, "g", "n", NULL);
		struct field f = forge_field("f", FIELD_INT, 8, 1);

		f.flags = FIELD_OPTIONAL;
		for (int j = 0; j < SCHEMA_MAX_FIELDS; j++)
			forge_add(s, f);
		assert_int_equal(writer_schema(w->writer, s, &row.schema, NULL), 0);
		first = first ? first : row.schema;
	}
	for (uint64_t i = 0; i < 3 * SCHEMAS; i++) {
		row.schema = first + (uint32_t)(i % SCHEMAS);
		row.ts_ns = i;
		assert_int_equal(writer_add(w->writer, &row, NULL), 0);
	}
	end(w);
	assert_int_equal(read_back(w).events, 3 * SCHEMAS);
}

/* The longest entries: every block and every epoch stays within the reader's limits. */
static void dictionaries_of_long_strings_stay_within_the_limits(void **state)
{
	enum { COUNT = 3000, LEN = 65535 };
	struct world *w = *state;
	char *text = calloc(1, LEN);
	struct tally t;

	memset(text, 'x', LEN);
	for (uint64_t i = 0; i < COUNT; i++) {
		uint32_t id;

		memcpy(text, &i, sizeof(i));
		assert_int_equal(intern(w, text, LEN, &id), 0);
		assert_int_equal(add(w, i, id, "", 0), 0);
	}
	assert_true(writer_epoch(w->writer) > 3);
	end(w);
	t = read_back(w);
	assert_int_equal(t.events, COUNT);
	assert_int_equal(t.nulls, 0);
	assert_int_equal(t.bytes, (uint64_t)COUNT * LEN);
	free(text);
}

static void entries_without_rows_are_written_until_the_dictionary_is_full(void **state)
{
	enum { LEN = 65535 };
	struct world *w = *state;
	char *text = calloc(1, LEN);
	uint32_t id = 0, last = 0;

	for (uint64_t i = 0;; i++) {
		memcpy(text, &i, sizeof(i));
		if (intern(w, text, LEN, &id))
			break;
		last = id;
		assert_true(i < DICT_MAX_BYTES / LEN);
	}
	assert_int_equal(writer_epoch(w->writer), 1);
	assert_int_equal(add(w, 1, last, "", 0), 0); /* which begins a new epoch */
	assert_int_equal(writer_epoch(w->writer), 2);
	assert_int_equal(intern(w, text, LEN, &id), 0);
	assert_int_equal(id, 1);
	end(w);
	assert_int_equal(read_back(w).bytes, LEN);
	free(text);
}

static void many_losses_and_clock_readings_are_several_blocks(void **state)
{
	enum { COUNT = 70000 };
	struct loss loss = {.count = 1};
	struct clock_reading clock = {.ts_ns = 1};
	struct world *w = *state;
	struct tally t;

	for (int i = 0; i < COUNT; i++) {
		assert_int_equal(writer_loss(w->writer, &loss, NULL), 0);
		assert_int_equal(writer_clock(w->writer, &clock, NULL), 0);
	}
	end(w);
	t = read_back(w);
	assert_int_equal(t.losses, COUNT);
	assert_int_equal(t.clocks, COUNT);
}

static void options_beyond_the_limits_are_the_defaults(void **state)
{
	struct world *w = open_world((struct writer_options){.block_rows = BLOCK_MAX_ROWS + 1,
							     .dict_limit = UINT32_MAX});

	(void)state;
	for (uint64_t i = 0; i < BLOCK_MAX_ROWS + 1; i++) {
		uint32_t id;

		assert_int_equal(intern(w, (char *)&i, sizeof(i), &id), 0);
		assert_int_equal(add(w, i, id, "", 0), 0);
	}
	assert_int_equal(writer_epoch(w->writer), 2);
	end(w);
	assert_int_equal(read_back(w).events, BLOCK_MAX_ROWS + 1);
	teardown((void **)&w);
}

static void a_failing_sink_fails_the_writer(void **state)
{
	struct writer_options opt = {.salt = SALT};
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

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_flush_writes_in_the_order_a_reader_needs),
		TEST(a_tape_without_events_is_a_tape),
		TEST(a_header_tells_what_is_in_its_block),
		TEST(rows_below_an_earlier_watermark_make_a_late_block),
		cmocka_unit_test(ids_are_good_within_an_epoch_and_begin_again_after_it),
		cmocka_unit_test(a_block_is_closed_by_its_rows),
		TEST(the_trailer_leads_back_to_the_beginning),
		TEST(the_index_lists_every_block_as_its_header_says),
		TEST(the_first_and_the_last_schema_are_lent_and_the_next_is_not),
		TEST(the_last_schema_and_enumeration_fit_and_the_next_do_not),
		TEST(names_that_a_reader_would_refuse_are_refused),
		TEST(schemas_of_many_megabytes_are_several_blocks_or_refused),
		TEST(facts_that_a_reader_would_refuse_are_refused),
		TEST(the_last_fact_fits_and_the_next_does_not),
		TEST(a_row_of_a_megabyte_fits_and_a_longer_one_does_not),
		TEST(the_widest_rows_stay_within_the_limits_of_a_block),
		TEST(columns_of_many_schemas_stay_within_the_limit_of_a_block),
		TEST(dictionaries_of_long_strings_stay_within_the_limits),
		TEST(entries_without_rows_are_written_until_the_dictionary_is_full),
		TEST(many_losses_and_clock_readings_are_several_blocks),
		cmocka_unit_test(options_beyond_the_limits_are_the_defaults),
		cmocka_unit_test(a_failing_sink_fails_the_writer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
