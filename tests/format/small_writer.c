/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* small_writer.c -- writes a tape to memory and reads it back. */
#include "tests/format/small_writer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

#include "format/cursor.h"
#include "format/source.h"
#include "tests/format/forge.h"

struct small_writer *small_writer_new(struct writer_options opt)
{
	struct small_writer *w = calloc(1, sizeof(*w));
	struct schema *dict = schema_new(SCHEMA_DICT, "", "dict", NULL);
	struct schema *event = schema_new(SCHEMA_EVENT, "g", "event", NULL);
	struct field bound = forge_field("bound", FIELD_STRING, 1, 0);

	opt.salt = SMALL_SALT;
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

void small_writer_free(struct small_writer *w)
{
	writer_free(w->writer);
	sink_close(w->sink, NULL);
	free(w);
}

int small_writer_setup(void **state)
{
	*state = small_writer_new((struct writer_options){0});
	return 0;
}

int small_writer_teardown(void **state)
{
	small_writer_free(*state);
	return 0;
}

int small_writer_add(struct small_writer *w, uint64_t ts, uint32_t id, const char *text, size_t len)
{
	struct value values[2] = {{.bytes = (const uint8_t *)text, .len = (uint32_t)len},
				  {.num = ts}};
	struct row row = {.schema = w->event, .ts_ns = ts, .refs = &id, .values = values};

	return writer_add(w->writer, &row, NULL);
}

int small_writer_intern(struct small_writer *w, const char *text, size_t len, uint32_t *id)
{
	struct buf packed = {0};
	int rc;

	put_u16(&packed, (uint16_t)len);
	put_bytes(&packed, text, len);
	rc = writer_intern(w->writer, w->dict, packed.data, packed.len, id, NULL);
	buf_release(&packed);
	return rc;
}

void small_writer_end(struct small_writer *w)
{
	assert_int_equal(writer_end(w->writer, "stop", NULL), 0);
}

static void count_event(struct tally *t, const struct event *ev)
{
	struct view out;
	uint64_t v;

	t->events++;
	for (int i = 0; i < ev->schema->field_count; i++) {
		if (event_bytes(ev, i, &out))
			t->bytes += view_len(out);
		else if (event_int(ev, i, &v))
			t->numbers += v;
		else
			t->nulls++;
	}
}

struct tally small_writer_read(struct small_writer *w)
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
