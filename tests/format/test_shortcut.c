/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_shortcut.c -- what an index saves, and that it changes nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "format/cursor.h"
#include "format/index.h"
#include "format/shortcut.h"
#include "tests/format/block_list.h"
#include "tests/format/forge.h"
#include "tests/format/sample_tape.h"

enum { ROWS = 400, BLOCK_ROWS = 20, ENDS_TOTALS = 4 };

/* A tape in a buffer that its owner may change. */
static struct buf tape_of(unsigned rows, unsigned block_rows, unsigned dict_limit)
{
	struct sample *t = sample_new_epochs(rows, block_rows, dict_limit);
	struct buf tape = {0};

	put_bytes(&tape, t->data, t->len);
	sample_free(t);
	return tape;
}

static void put_tape(struct buf *tape, unsigned rows, unsigned dict_limit)
{
	struct buf one = tape_of(rows, BLOCK_ROWS, dict_limit);

	put_bytes(tape, one.data, one.len);
	buf_release(&one);
}

static struct shortcuts *find(struct source *source, uint64_t from, uint64_t to)
{
	struct unpacker *u = unpacker_new();
	struct shortcuts *s = NULL;

	assert_int_equal(shortcuts_new(source, u, from, to, &s, NULL), 0);
	unpacker_free(u);
	return s;
}

static struct source *open_tape(const struct buf *tape)
{
	struct source *source;

	assert_int_equal(source_open_memory(tape->data, tape->len, &source, NULL), 0);
	return source;
}

/* Blocks that shortcuts of the tape step over, each checked against the headers there. */
static size_t count_skipped(const struct buf *tape, uint64_t from, uint64_t to)
{
	struct source *source = open_tape(tape);
	struct shortcuts *s = find(source, from, to);
	struct block_list l = block_list_of(tape->data, tape->len);
	size_t skipped = 0;

	for (size_t i = 0; i < l.count; i++) {
		const struct shortcut *cut = shortcuts_find(s, l.all[i].offset);

		assert_null(shortcuts_find(s, l.all[i].offset + 1));
		if (!cut)
			continue;
		assert_true(cut->blocks > 0 && i + cut->blocks < l.count);
		assert_int_equal(cut->to, l.all[i + cut->blocks].offset);
		for (size_t k = i; k < i + cut->blocks; k++) {
			const struct block_header *h = &l.all[k].header;

			assert_true(h->type == BLOCK_DICT || h->type == BLOCK_DATA);
			assert_true(h->type == BLOCK_DICT || h->max_ts < from || h->min_ts >= to);
		}
		skipped += cut->blocks;
	}
	block_list_free(&l);
	shortcuts_free(s);
	source_close(source);
	return skipped;
}

/* What reading says of events in [from, to): their number and a sum over all their values. */
struct answer {
	uint64_t events, sum;
	unsigned others; /* losses, clock readings, ends, sections */
	unsigned gaps;
};

static void mix(struct answer *a, uint64_t v)
{
	a->sum = (a->sum ^ v) * UINT64_C(0x100000001b3);
}

static void take_event(struct answer *a, const struct event *ev)
{
	struct view bytes;
	uint64_t v;

	a->events++;
	mix(a, ev->ts_ns);
	mix(a, ev->cpu);
	for (int i = 0; i < ev->schema->field_count; i++) {
		if (event_int(ev, i, &v))
			mix(a, v);
		else if (event_bytes(ev, i, &bytes))
			for (const uint8_t *p = bytes.p; p < bytes.end; p++)
				mix(a, *p);
		else
			mix(a, 77);
	}
}

/* By a limit of the cursor, or by leaving out events of all. */
static struct answer ask(const struct buf *tape, uint64_t from, uint64_t to, bool is_limited)
{
	struct source *source = open_tape(tape);
	struct answer a = {0};
	struct cursor *cursor;
	struct item item;
	int rc;

	assert_int_equal(cursor_open(source, &cursor, NULL), 0);
	if (is_limited)
		assert_int_equal(cursor_limit_time(cursor, from, to, NULL), 0);
	while ((rc = cursor_next(cursor, &item, NULL)) == 0) {
		if (item.kind != ITEM_EVENT) {
			a.gaps += item.kind == ITEM_GAP;
			a.others += item.kind != ITEM_GAP && item.kind != ITEM_SCHEMA;
		} else if (item.event.ts_ns >= from && item.event.ts_ns < to) {
			take_event(&a, &item.event);
		}
	}
	assert_int_equal(rc, END);
	cursor_close(cursor);
	source_close(source);
	return a;
}

static void answers_are_equal(const struct buf *a, const struct buf *b, uint64_t from, uint64_t to)
{
	struct answer all = ask(a, from, to, false), some = ask(b, from, to, true);

	assert_int_equal(all.events, some.events);
	assert_true(all.sum == some.sum);
	assert_int_equal(all.others, some.others);
	assert_int_equal(some.gaps, 0);
}

static void windows_are_equal(const struct buf *a, const struct buf *b)
{
	static const unsigned places[] = {0, 1, 19, 20, 21, 100, 199, 200, 399, 400, 500};
	enum { PLACES = sizeof(places) / sizeof(places[0]) };

	for (unsigned i = 0; i < PLACES; i++)
		for (unsigned k = i; k < PLACES; k++)
			answers_are_equal(a, b, sample_ts(places[i]), sample_ts(places[k]));
	answers_are_equal(a, b, 0, sample_ts(50));
	answers_are_equal(a, b, 0, 1);
	answers_are_equal(a, b, sample_ts(350), UINT64_MAX);
	answers_are_equal(a, b, UINT64_MAX, UINT64_MAX);
}

/* END is written anew, with `ix`; NULL: as it was. The section begins at `start`. */
static void put_end(struct buf *tape, uint64_t start, const struct listed_block *end,
		    const struct index *ix)
{
	struct buf totals = {0}, trailer = {0};
	struct view in = view_of(end->raw, end->raw_len), text;
	struct body body = {0};
	uint64_t number;
	size_t len;

	assert_true(take_string(&in, &text) && take_varint(&in, &number) &&
		    take_varint(&in, &number) && take_string(&in, &text));
	put_bytes(&totals, end->raw, (size_t)(in.p - end->raw));
	if (ix)
		index_encode(ix, &totals);
	else
		put_varint(&totals, 0);
	assert_int_equal(packer_add_raw(0, view_of(totals.data, totals.len), &body, NULL), 0);
	len = BLOCK_HEADER_LEN + body_len(&body) + PART_ENTRY_LEN + 16;
	put_u64(&trailer, tape->len - start + len);
	put_u32(&trailer, (uint32_t)len);
	put_bytes(&trailer, "DNE!", 4);
	assert_int_equal(packer_add_raw(1, view_of(trailer.data, trailer.len), &body, NULL), 0);
	{
		struct block_header h = end->header;

		h.raw_len = body.raw_len;
		forge_block(tape, h, &body);
	}
	buf_release(&totals);
	buf_release(&trailer);
	body_release(&body);
}

/* The same tape, of one section, with another index: `lie` may change the true one; NULL: none. */
static struct buf with_index(const struct buf *tape, void (*lie)(struct index *ix))
{
	struct block_list l = block_list_of(tape->data, tape->len);
	struct index ix = {0};
	struct buf out = {0};

	for (size_t i = 0; i + 1 < l.count; i++)
		index_add(&ix, l.all[i].offset, &l.all[i].header);
	put_bytes(&out, tape->data, l.all[l.count - 1].offset);
	if (lie)
		lie(&ix);
	put_end(&out, 0, &l.all[l.count - 1], lie ? &ix : NULL);
	index_release(&ix);
	block_list_free(&l);
	return out;
}

static void a_window_needs_few_of_the_blocks(void **state)
{
	struct buf tape = tape_of(ROWS, BLOCK_ROWS, 0);
	enum { DATA_BLOCKS = ROWS / BLOCK_ROWS };

	(void)state;
	assert_int_equal(count_skipped(&tape, 0, UINT64_MAX), 0);
	assert_int_equal(count_skipped(&tape, sample_ts(100), sample_ts(120)), DATA_BLOCKS - 1);
	assert_in_range(count_skipped(&tape, sample_ts(100), sample_ts(101)), DATA_BLOCKS - 1,
			DATA_BLOCKS);
	assert_true(count_skipped(&tape, sample_ts(ROWS), UINT64_MAX) >= DATA_BLOCKS);
	assert_true(count_skipped(&tape, 0, sample_ts(0)) >= DATA_BLOCKS);
	buf_release(&tape);
}

static void dictionaries_of_unneeded_epochs_are_stepped_over(void **state)
{
	struct buf tape = tape_of(ROWS, BLOCK_ROWS, 3);
	size_t all = count_skipped(&tape, sample_ts(ROWS), UINT64_MAX);

	(void)state;
	assert_true(all > ROWS / BLOCK_ROWS);
	assert_in_range(count_skipped(&tape, sample_ts(100), sample_ts(120)), all / 2, all - 2);
	buf_release(&tape);
}

static void many_windows_give_what_all_events_have(void **state)
{
	struct buf tape = tape_of(ROWS, BLOCK_ROWS, 0), epochs = tape_of(ROWS, BLOCK_ROWS, 3);

	(void)state;
	windows_are_equal(&tape, &tape);
	windows_are_equal(&epochs, &epochs);
	windows_are_equal(&tape, &epochs);
	buf_release(&tape);
	buf_release(&epochs);
}

static void without_an_index_the_answer_is_the_same(void **state)
{
	struct buf tape = tape_of(ROWS, BLOCK_ROWS, 3), bare = with_index(&tape, NULL), cut;

	(void)state;
	assert_int_equal(count_skipped(&bare, sample_ts(100), sample_ts(120)), 0);
	windows_are_equal(&tape, &bare);
	cut = (struct buf){.data = tape.data, .len = tape.len - 1};
	assert_int_equal(ask(&cut, sample_ts(100), sample_ts(120), true).events, 20);
	buf_release(&tape);
	buf_release(&bare);
}

static void tell_the_truth(struct index *ix)
{
	(void)ix;
}

static void shift_the_rest(struct index *ix)
{
	for (size_t i = ix->count / 2; i < ix->count; i++)
		ix->entries[i].offset += 7;
}

static void shift_all(struct index *ix)
{
	for (size_t i = 0; i < ix->count; i++)
		ix->entries[i].offset += 96;
}

static void leave_one_out(struct index *ix)
{
	for (size_t i = ix->count / 2; i + 1 < ix->count; i++)
		ix->entries[i] = ix->entries[i + 1];
	ix->count--;
}

/* Two blocks as one: the end is a block, but not the one it should be. */
static void take_two_for_one(struct index *ix)
{
	size_t at = ix->count / 2;

	ix->entries[at].len += ix->entries[at + 1].len;
	for (size_t i = at + 1; i + 1 < ix->count; i++)
		ix->entries[i] = ix->entries[i + 1];
	ix->count--;
}

static void end_far_away(struct index *ix)
{
	ix->entries[ix->count - 1].len = 1 << 20;
}

static void an_index_that_lies_about_places_changes_nothing(void **state)
{
	void (*const lies[])(struct index *) = {tell_the_truth, shift_the_rest,   shift_all,
						leave_one_out,  take_two_for_one, end_far_away};
	struct buf tape = tape_of(ROWS, BLOCK_ROWS, 3);

	(void)state;
	for (size_t i = 0; i < sizeof(lies) / sizeof(lies[0]); i++) {
		struct buf lying = with_index(&tape, lies[i]);

		windows_are_equal(&tape, &lying);
		buf_release(&lying);
	}
	buf_release(&tape);
}

/* Of a section that is not that long, or is not there. */
static void a_trailer_that_lies_changes_nothing(void **state)
{
	static const uint64_t lengths[] = {0, 1, 16, 96, UINT64_MAX, UINT64_MAX / 2};
	static const uint32_t ends[] = {0, 1, 112, UINT32_MAX};
	struct buf tape = tape_of(ROWS, BLOCK_ROWS, 3), before = {0};

	(void)state;
	put_bytes(&before, tape.data, tape.len);
	put_bytes(&before, tape.data, tape.len);
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		struct source *source = open_tape(&before);
		uint8_t *trailer = before.data + before.len - 16;

		store_le(trailer, 8, lengths[i]);
		store_le(trailer + 8, 4, ends[i % 4]);
		shortcuts_free(find(source, sample_ts(100), sample_ts(120)));
		source_close(source);
		/* its END block is damaged, that is all */
		assert_int_equal(ask(&before, sample_ts(100), sample_ts(120), true).events, 40);
	}
	buf_release(&tape);
	buf_release(&before);
}

static void each_section_has_its_own_index(void **state)
{
	struct buf tape = {0}, bare, one = tape_of(ROWS, BLOCK_ROWS, 0);

	(void)state;
	put_tape(&tape, ROWS, 0);
	put_tape(&tape, ROWS / 2, 3);
	put_tape(&tape, ROWS, 3);
	windows_are_equal(&tape, &tape);
	assert_int_equal(ask(&tape, sample_ts(300), sample_ts(310), true).events, 20);
	assert_true(count_skipped(&tape, sample_ts(100), sample_ts(120)) >
		    2 * count_skipped(&one, sample_ts(100), sample_ts(120)));
	bare = with_index(&one, NULL); /* the way back ends where one has none */
	put_bytes(&bare, one.data, one.len);
	windows_are_equal(&bare, &bare);
	buf_release(&one);
	buf_release(&bare);
	buf_release(&tape);
}

static void something_behind_the_tape_only_costs_the_shortcuts(void **state)
{
	struct buf tape = tape_of(ROWS, BLOCK_ROWS, 0);

	(void)state;
	put_bytes(&tape, "behind", 6);
	assert_int_equal(ask(&tape, sample_ts(100), sample_ts(120), true).events, 20);
	buf_release(&tape);
}

static void nothing_and_little_have_no_shortcuts(void **state)
{
	static const char little[] = "0123456789abDNE!";

	(void)state;
	for (size_t len = 0; len < sizeof(little); len++) {
		struct source *source;
		struct shortcuts *s;

		assert_int_equal(source_open_memory(little + 16 - len, len, &source, NULL), 0);
		s = find(source, 5, 6);
		assert_null(shortcuts_find(s, 0));
		shortcuts_free(s);
		source_close(source);
	}
	assert_null(shortcuts_find(NULL, 0));
	shortcuts_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_window_needs_few_of_the_blocks),
		cmocka_unit_test(dictionaries_of_unneeded_epochs_are_stepped_over),
		cmocka_unit_test(many_windows_give_what_all_events_have),
		cmocka_unit_test(without_an_index_the_answer_is_the_same),
		cmocka_unit_test(an_index_that_lies_about_places_changes_nothing),
		cmocka_unit_test(a_trailer_that_lies_changes_nothing),
		cmocka_unit_test(each_section_has_its_own_index),
		cmocka_unit_test(something_behind_the_tape_only_costs_the_shortcuts),
		cmocka_unit_test(nothing_and_little_have_no_shortcuts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
