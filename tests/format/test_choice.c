/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_choice.c -- blocks that hold nothing wanted stay unread, and nothing wanted is missed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "format/choice.h"
#include "format/cursor.h"
#include "format/source.h"
#include "format/used.h"
#include "tests/format/small_writer.h"

enum { ROWS = 3000, ROWS_OF_ENTRY = 40, BLOCK_ROWS = 25, NOISE = 300 };

static void by_time_and_type(void **state)
{
	struct choice c = {.from_ns = 10, .to_ns = 20};
	struct block_header h = {.type = BLOCK_DATA, .rows = 1, .min_ts = 12, .max_ts = 15};

	(void)state;
	assert_int_equal(choice_of_block(&h, &c), SCAN_BODY);
	c.is_sparse = true;
	assert_int_equal(choice_of_block(&h, &c), SCAN_TABLE);
	h.rows = 0;
	assert_int_equal(choice_of_block(&h, &c), SCAN_HEADER);
	for (uint8_t type = BLOCK_SECTION; type <= BLOCK_END + 1; type++) {
		h = (struct block_header){.type = type, .max_ts = 5};
		assert_int_equal(choice_of_block(&h, &c),
				 type == BLOCK_DATA ? SCAN_HEADER : SCAN_BODY);
	}
}

static void span_is(uint64_t min, uint64_t max, enum scan_want want)
{
	const struct choice c = {.from_ns = 10, .to_ns = 20};
	struct block_header h = {.type = BLOCK_DATA, .rows = 2, .min_ts = min, .max_ts = max};

	assert_int_equal(choice_of_block(&h, &c), want);
}

static void a_block_that_touches_the_span_is_wanted(void **state)
{
	(void)state;
	span_is(0, 9, SCAN_HEADER);
	span_is(0, 10, SCAN_BODY);
	span_is(10, 10, SCAN_BODY);
	span_is(19, 19, SCAN_BODY);
	span_is(19, 50, SCAN_BODY);
	span_is(20, 50, SCAN_HEADER);
	span_is(0, UINT64_MAX, SCAN_BODY);
}

/* Wants the entry whose id is *arg, of any dictionary; counts being asked in arg[1]. */
static bool wants_id(void *arg, const struct schema *dict, const struct dict_set *dicts,
		     uint32_t id)
{
	uint32_t *wanted = arg;

	(void)dicts;
	assert_non_null(dict);
	wanted[1]++;
	return id == wanted[0];
}

static void a_list_has_an_entry_or_has_not(void **state)
{
	uint32_t wanted[2] = {0, 0};
	struct choice c = {.wants_entry = wants_id, .arg = wanted}, all = {0};
	struct schema *dict = schema_new(SCHEMA_DICT, "", "dict", NULL);
	struct used *u = used_new();
	struct section s = {0};
	struct buf list = {0};

	(void)state;
	dict->id = 2;
	assert_int_equal(schema_seal(dict, NULL), 0);
	assert_int_equal(section_add_schema(&s, dict, NULL), 0);
	for (int i = 0; i < 3; i++)
		assert_true(used_add(u, 2, (uint32_t[]){3, 4, 9}[i]));
	assert_true(used_add(u, 1, 7)); /* of a dictionary nobody knows */
	used_encode(u, &list);
	for (wanted[0] = 1; wanted[0] < 12; wanted[0]++)
		assert_int_equal(choice_has_used(&c, &s, NULL, view_of(list.data, list.len)),
				 wanted[0] == 3 || wanted[0] == 4 || wanted[0] == 9);
	assert_true(choice_has_used(&all, &s, NULL, view_of(list.data, list.len)));
	assert_false(choice_has_used(&c, &s, NULL, view_of(NULL, 0)));
	/* damaged: the block must be read */
	assert_true(choice_has_used(&c, &s, NULL, view_of(list.data, list.len - 1)));
	used_free(u);
	buf_release(&list);
	section_release(&s);
}

/* Events of which each run of ROWS_OF_ENTRY refers to an entry of its own, every 10th to a
 * common one, every 7th to none; with noise, so that there is something to leave unread. */
static struct small_writer *write_tape(uint32_t dict_limit)
{
	struct small_writer *w = small_writer_new(
		(struct writer_options){.block_rows = BLOCK_ROWS, .dict_limit = dict_limit});
	char noise[NOISE], text[32];
	uint32_t random = 1;

	for (unsigned i = 0; i < ROWS; i++) {
		uint32_t id = 0;
		int len = snprintf(text, sizeof(text), "entry %u", i % 10 ? i / ROWS_OF_ENTRY : 0);

		for (int k = 0; k < NOISE; k++)
			noise[k] = (char)((random = random * 1664525 + 1013904223) >> 24);
		if (i % 7)
			assert_int_equal(small_writer_intern(w, text, (size_t)len, &id), 0);
		assert_int_equal(small_writer_add(w, 1000 + i, id, noise, NOISE), 0);
	}
	small_writer_end(w);
	return w;
}

static bool is_text(struct view got, const char *want)
{
	return view_len(got) == strlen(want) && memcmp(got.p, want, strlen(want)) == 0;
}

static bool wants_text(void *arg, const struct schema *dict, const struct dict_set *dicts,
		       uint32_t id)
{
	struct view got;

	return dict_set_attribute(dicts, dict->id, id, 0, &got) && is_text(got, arg);
}

/* Times of events that refer to `text`, and how many events there were in all. */
struct answer {
	uint64_t count, sum, bytes;
	uint64_t delivered;
	uint64_t bytes_read;
};

static struct answer ask(struct source *source, const char *text, bool is_limited, uint64_t from)
{
	struct answer a = {0};
	struct cursor *cursor;
	struct view got;
	struct item item;
	char copy[32];
	int rc;

	snprintf(copy, sizeof(copy), "%s", text);
	assert_int_equal(cursor_open(source, &cursor, NULL), 0);
	if (is_limited)
		cursor_limit_entries(cursor, wants_text, copy);
	if (is_limited && from)
		assert_int_equal(cursor_limit_time(cursor, from, UINT64_MAX, NULL), 0);
	while ((rc = cursor_next(cursor, &item, NULL)) == 0) {
		assert_int_not_equal(item.kind, ITEM_GAP);
		if (item.kind != ITEM_EVENT || item.event.ts_ns < from)
			continue;
		a.delivered++;
		if (!event_bytes(&item.event, 0, &got) || !is_text(got, text))
			continue;
		assert_true(event_bytes(&item.event, 1, &got));
		for (const uint8_t *p = got.p; p < got.end; p++)
			a.bytes = a.bytes * 31 + *p;
		a.count++;
		a.sum += item.event.ts_ns;
	}
	assert_int_equal(rc, END);
	assert_true(cursor_health(cursor)->is_complete);
	a.bytes_read = source_bytes_read(source);
	cursor_close(cursor);
	source_close(source);
	return a;
}

static void answers_are_equal(const struct answer *all, const struct answer *some)
{
	assert_int_equal(all->count, some->count);
	assert_int_equal(all->sum, some->sum);
	assert_true(all->bytes == some->bytes);
	assert_true(some->delivered <= all->delivered);
}

static struct source *from_memory(const struct small_writer *w)
{
	struct source *source;
	size_t len;
	const uint8_t *data = sink_memory(w->sink, &len);

	assert_int_equal(source_open_memory(data, len, &source, NULL), 0);
	return source;
}

static void save(const struct small_writer *w, char *path)
{
	int fd = mkstemp(path);
	size_t len;
	const uint8_t *data = sink_memory(w->sink, &len);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, data, len), len);
	close(fd);
}

static struct source *from_file(const char *path)
{
	struct source *source;

	assert_int_equal(source_open(path, &source, NULL), 0);
	return source;
}

static void check_limits(uint32_t dict_limit, uint64_t from)
{
	struct small_writer *w = write_tape(dict_limit);
	char path[] = "/tmp/tcptape-choice.XXXXXX", text[32];

	save(w, path);
	for (unsigned entry = 0; entry <= ROWS / ROWS_OF_ENTRY; entry += 5) {
		struct answer all, some, file;

		snprintf(text, sizeof(text), "entry %u", entry);
		all = ask(from_memory(w), text, false, from);
		some = ask(from_memory(w), text, true, from);
		file = ask(from_file(path), text, true, from);
		answers_are_equal(&all, &some);
		answers_are_equal(&all, &file);
		assert_int_equal(some.delivered, file.delivered);
		assert_true(entry == 0 || entry == ROWS / ROWS_OF_ENTRY || from || all.count > 0);
		if (entry == 0 && !from) /* every block has the common entry */
			assert_int_equal(some.delivered, ROWS);
		if (entry > 0)
			assert_true(some.delivered <= 4 * BLOCK_ROWS);
	}
	unlink(path);
	small_writer_free(w);
}

static void all_events_of_a_wanted_entry_come(void **state)
{
	(void)state;
	check_limits(0, 0);
}

static void ids_of_each_epoch_are_its_own(void **state)
{
	(void)state;
	check_limits(3, 0);
}

static void both_limits_hold_together(void **state)
{
	(void)state;
	check_limits(0, 1000 + ROWS / 3);
	check_limits(3, 1000 + ROWS / 3);
}

static void what_is_not_wanted_is_not_read(void **state)
{
	struct small_writer *w = write_tape(0);
	char path[] = "/tmp/tcptape-choice.XXXXXX";
	uint64_t all, some, none;

	(void)state;
	save(w, path);
	all = ask(from_file(path), "entry 30", false, 0).bytes_read;
	some = ask(from_file(path), "entry 30", true, 0).bytes_read;
	none = ask(from_file(path), "no such entry", true, 0).bytes_read;
	assert_true(all >= ROWS * NOISE);
	assert_true(some < all / 2);
	assert_true(none < some);
	assert_int_equal(ask(from_file(path), "no such entry", true, 0).delivered, 0);
	unlink(path);
	small_writer_free(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(by_time_and_type),
		cmocka_unit_test(a_block_that_touches_the_span_is_wanted),
		cmocka_unit_test(a_list_has_an_entry_or_has_not),
		cmocka_unit_test(all_events_of_a_wanted_entry_come),
		cmocka_unit_test(ids_of_each_epoch_are_its_own),
		cmocka_unit_test(both_limits_hold_together),
		cmocka_unit_test(what_is_not_wanted_is_not_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
