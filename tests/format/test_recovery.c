/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_recovery.c -- damaged tapes become whole ones that say what is missing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "format/block_writer.h"
#include "format/cursor.h"
#include "format/recovery.h"
#include "format/source.h"
#include "tests/format/sample_tape.h"

enum { LOSSES_MAX = 8 };

/* What a reader makes of a tape. */
struct reading {
	struct health health;
	uint64_t events, nulls, sum, sections;
	struct loss losses[LOSSES_MAX];
	size_t loss_count;
	struct section_end end; /* of the last section */
	char recovered[512];    /* its last fact of that name */
};

struct done {
	int rc;
	struct error err;
	struct sink *sink;
	const uint8_t *tape;
	size_t len;
	struct recovery_total total;
	struct recovery_item damages[4];
	size_t damage_count;
};

static void read_event(struct reading *r, const struct event *ev)
{
	struct view bytes;
	uint64_t v;

	r->events++;
	r->sum = r->sum * 31 + ev->ts_ns + ev->cpu;
	for (int i = 0; i < ev->schema->field_count; i++) {
		if (event_int(ev, i, &v))
			r->sum = r->sum * 31 + v;
		else if (event_bytes(ev, i, &bytes))
			r->sum = r->sum * 31 + view_len(bytes);
		else
			r->nulls++;
	}
}

static void read_item(struct reading *r, const struct item *item)
{
	const struct fact_list *facts = &item->section->facts;

	if (item->kind == ITEM_EVENT)
		read_event(r, &item->event);
	if (item->kind == ITEM_LOSS && r->loss_count < LOSSES_MAX)
		r->losses[r->loss_count++] = item->loss;
	if (item->kind == ITEM_SECTION)
		r->sections++;
	if (item->kind != ITEM_END)
		return;
	r->end = item->end;
	for (size_t i = 0; i < facts->count; i++)
		if (strcmp(facts->facts[i].key, "recovered") == 0)
			snprintf(r->recovered, sizeof(r->recovered), "%s", facts->facts[i].value);
}

static struct reading read_tape(const void *tape, size_t len)
{
	struct reading r = {0};
	struct source *source;
	struct cursor *c;
	struct item item;

	assert_int_equal(source_open_memory(tape, len, &source, NULL), 0);
	if (cursor_open(source, &c, NULL) == 0) {
		while (cursor_next(c, &item, NULL) == 0)
			read_item(&r, &item);
		r.health = *cursor_health(c);
		cursor_close(c);
	}
	source_close(source);
	return r;
}

static void copy(struct done *d, struct source *source)
{
	struct recovery *r;
	struct recovery_item item;

	d->rc = recovery_open(source, "broken.tape", &r, &d->err);
	if (d->rc)
		return;
	while ((d->rc = recovery_next(r, &item, &d->err)) == 0) {
		if (item.kind == RECOVERY_SECTION)
			recovery_write_to(r, d->sink);
		else if (d->damage_count < 4)
			d->damages[d->damage_count++] = item;
	}
	d->total = *recovery_total(r);
	recovery_close(r);
}

static struct done recover(const void *tape, size_t len)
{
	struct done d = {0};
	struct source *source;

	assert_int_equal(source_open_memory(tape, len, &source, NULL), 0);
	assert_int_equal(sink_open_memory(&d.sink, NULL), 0);
	copy(&d, source);
	d.tape = sink_memory(d.sink, &d.len);
	source_close(source);
	return d;
}

static void done_release(struct done *d)
{
	sink_close(d->sink, NULL);
}

/* The copy is whole and has the events of the original. */
static struct reading check_copy(const struct done *d, const void *tape, size_t len)
{
	struct reading old = read_tape(tape, len), new = read_tape(d->tape, d->len);

	assert_int_equal(d->rc, END);
	assert_true(new.health.is_complete);
	assert_int_equal(new.events, old.events);
	assert_int_equal(new.nulls, old.nulls);
	assert_true(new.sum == old.sum);
	assert_int_equal(recovery_is_whole(&d->total), old.health.is_complete);
	assert_int_equal(d->total.events, new.events + new.health.unreadable_events);
	assert_int_equal(d->total.blocks, new.health.blocks);
	return new;
}

static void a_whole_tape_is_copied(void **state)
{
	struct sample *s = sample_new(100, 40);
	struct done d = recover(s->data, s->len);
	struct reading r = check_copy(&d, s->data, s->len);

	(void)state;
	assert_int_equal(d.damage_count, 0);
	assert_int_equal(r.end.rows, 100);
	assert_string_equal(r.end.reason, read_tape(s->data, s->len).end.reason);
	assert_string_equal(r.recovered, "from broken.tape; nothing is missing");
	done_release(&d);
	sample_free(s);
}

static void the_same_tape_gives_the_same_copy_under_another_number(void **state)
{
	struct sample *s = sample_new(100, 40);
	struct done a = recover(s->data, s->len), b = recover(s->data, s->len);

	(void)state;
	assert_int_equal(a.len, b.len);
	assert_memory_equal(a.tape, b.tape, a.len);
	assert_memory_not_equal(a.tape + 24, s->data + 24, 8);
	done_release(&a);
	done_release(&b);
	sample_free(s);
}

static void a_damaged_block_becomes_a_loss_with_its_times_and_number(void **state)
{
	struct sample *s = sample_new(100, 40);
	size_t at = sample_find_block(s, BLOCK_DATA, 1);
	struct block_header h;
	struct reading r;
	struct done d;

	(void)state;
	assert_int_equal(block_header_decode(view_of(s->data + at, BLOCK_HEADER_LEN), &h, NULL), 0);
	s->data[at + BLOCK_HEADER_LEN + 20] ^= 4;
	d = recover(s->data, s->len);
	r = check_copy(&d, s->data, s->len);
	assert_int_equal(d.damage_count, 1);
	assert_int_equal(d.damages[0].gap.offset, at);
	assert_int_equal(d.damages[0].events, 40);
	assert_int_equal(r.loss_count, 2); /* the sample has one of its own */
	assert_true(r.losses[1].from_ns == h.min_ts);
	assert_true(r.losses[1].to_ns == h.max_ts);
	assert_int_equal(r.losses[1].count, 40);
	assert_int_equal(r.losses[1].cause, LOSS_DAMAGE);
	assert_int_equal(r.end.rows, 60);
	assert_int_equal(r.end.lost, read_tape(s->data, s->len).end.lost + 40);
	assert_non_null(strstr(r.recovered, "missing: 1 block, "));
	assert_non_null(strstr(r.recovered, " bytes, 40 events"));
	done_release(&d);
	sample_free(s);
}

static void what_numbers_tell_is_missing_lies_between_the_blocks_around_it(void **state)
{
	struct sample *s = sample_new(120, 40);
	size_t at = sample_find_block(s, BLOCK_DATA, 1), next = sample_find_block(s, BLOCK_DATA, 2);
	struct reading r;
	struct done d;

	(void)state;
	memmove(s->data + at, s->data + next, s->len - next);
	s->len -= next - at;
	d = recover(s->data, s->len);
	r = check_copy(&d, s->data, s->len);
	assert_int_equal(r.losses[1].count, 0);
	assert_true(r.losses[1].from_ns <= sample_ts(40));
	assert_true(r.losses[1].to_ns >= sample_ts(79));
	assert_int_equal(r.losses[1].cause, LOSS_DAMAGE);
	/* END knows how many there were. */
	assert_int_equal(d.total.missing_events, 40);
	assert_false(d.total.has_unknown);
	done_release(&d);
	sample_free(s);
}

static void a_missing_end_is_put_on(void **state)
{
	struct sample *s = sample_new(100, 40);
	size_t len = sample_find_block(s, BLOCK_END, 0);
	struct done d = recover(s->data, len);
	struct reading r = check_copy(&d, s->data, len);

	(void)state;
	assert_string_equal(r.end.reason, "recovered");
	assert_int_equal(r.end.rows, 100);
	assert_int_equal(d.total.missing_ends, 1);
	assert_string_equal(r.recovered, "from broken.tape; missing: the end of a recording");
	done_release(&d);
	sample_free(s);
}

static void a_cut_block_is_missing_with_what_its_header_says(void **state)
{
	struct sample *s = sample_new(100, 40);
	size_t len = sample_find_block(s, BLOCK_DATA, 2) + BLOCK_HEADER_LEN + 5;
	struct done d = recover(s->data, len);
	struct reading r = check_copy(&d, s->data, len);

	(void)state;
	assert_int_equal(d.total.missing_events, 20);
	assert_int_equal(d.total.missing_bytes, BLOCK_HEADER_LEN + 5);
	assert_int_equal(r.losses[1].count, 20);
	done_release(&d);
	d = recover(s->data, len - 10); /* not even the header */
	r = check_copy(&d, s->data, len - 10);
	assert_true(d.total.has_unknown);
	assert_int_equal(r.losses[1].count, 0);
	done_release(&d);
	sample_free(s);
}

static void a_section_block_that_is_damaged_is_replaced(void **state)
{
	struct sample *s = sample_new(100, 40);
	struct reading r;
	struct done d;

	(void)state;
	s->data[BLOCK_HEADER_LEN + 30] ^= 1;
	d = recover(s->data, s->len);
	r = check_copy(&d, s->data, s->len);
	assert_int_equal(r.events, 100);
	assert_int_equal(d.total.missing_events, 0);
	done_release(&d);
	sample_free(s);
}

static void rows_are_kept_without_their_entries(void **state)
{
	struct sample *s = sample_new(100, 40);
	size_t at = sample_find_block(s, BLOCK_DICT, 0);
	uint64_t nulls = read_tape(s->data, s->len).nulls;
	struct reading r;
	struct done d;

	(void)state;
	s->data[at + BLOCK_HEADER_LEN + 30] ^= 1;
	d = recover(s->data, s->len);
	r = check_copy(&d, s->data, s->len);
	assert_int_equal(r.events, 100);
	assert_true(r.nulls > nulls);
	assert_int_equal(r.loss_count, 1);
	done_release(&d);
	sample_free(s);
}

static void joined_tapes_stay_joined(void **state)
{
	struct sample *a = sample_new(100, 40), *b = sample_new(50, 10);
	size_t cut = sample_find_block(a, BLOCK_END, 0), len = cut + b->len;
	uint8_t *both = malloc(len);
	struct reading r;
	struct done d;

	(void)state;
	memcpy(both, a->data, cut);
	memcpy(both + cut, b->data, b->len);
	d = recover(both, len);
	r = check_copy(&d, both, len);
	assert_int_equal(r.sections, 2);
	assert_int_equal(d.total.sections, 2);
	assert_int_equal(r.events, 150);
	assert_string_equal(r.recovered, "from broken.tape; nothing is missing");
	done_release(&d);
	free(both);
	sample_free(a);
	sample_free(b);
}

static void bytes_between_blocks_are_no_missing_events(void **state)
{
	struct sample *s = sample_new(100, 40);
	size_t at = sample_find_block(s, BLOCK_DATA, 1), next = sample_find_block(s, BLOCK_DATA, 2);
	uint8_t *tape = malloc(2 * s->len);
	struct reading r;
	struct done d;
	size_t len;

	(void)state;
	memcpy(tape, s->data, next); /* noise, then a block once more */
	memcpy(tape + next, "noise", 5);
	memcpy(tape + next + 5, s->data + at, next - at);
	memcpy(tape + next + 5 + next - at, s->data + next, s->len - next);
	len = s->len + 5 + next - at;
	d = recover(tape, len);
	r = check_copy(&d, tape, len);
	assert_int_equal(r.events, 100);
	assert_int_equal(d.damage_count, 2);
	assert_int_equal(d.total.missing_events, 0);
	assert_int_equal(r.loss_count, 1);
	done_release(&d);
	free(tape);
	sample_free(s);
}

static void events_of_a_section_that_cannot_be_begun_are_counted(void **state)
{
	struct sample *s = sample_new(50, 10);
	struct done d;

	(void)state;
	memset(s->data, 0, BLOCK_HEADER_LEN);
	d = recover(s->data, s->len);
	assert_int_equal(d.rc, ERR_NOT_A_TAPE);
	assert_int_equal(d.total.missing_events, 50);
	assert_int_equal(d.len, 0);
	done_release(&d);
	sample_free(s);
}

static void what_is_no_tape_gives_none(void **state)
{
	static const uint8_t zeros[1000];
	struct done d = recover(zeros, 0);

	(void)state;
	assert_int_equal(d.rc, ERR_NOT_A_TAPE);
	done_release(&d);
	d = recover(zeros, sizeof(zeros));
	assert_int_equal(d.rc, ERR_NOT_A_TAPE);
	assert_int_equal(d.len, 0);
	done_release(&d);
	d = recover("\xd7TAPE9\r\n", 8);
	assert_int_equal(d.rc, ERR_NOT_A_TAPE);
	done_release(&d);
}

/* A tape block by block, with content of our choice. */
struct forged {
	struct sink *sink;
	struct block_writer *blocks;
	struct buf raw;
};

static void forge_open(struct forged *f)
{
	*f = (struct forged){0};
	assert_int_equal(sink_open_memory(&f->sink, NULL), 0);
	assert_int_equal(block_writer_new(f->sink, 99, 0, &f->blocks, NULL), 0);
}

static void forge_put(struct forged *f, uint8_t type, uint32_t rows)
{
	struct block_header h = {.type = type, .rows = rows, .epoch = 1};

	if (type == BLOCK_SECTION)
		h.flags = BLOCK_CRITICAL;
	assert_int_equal(block_writer_put_raw(f->blocks, &h, &f->raw, NULL), 0);
	buf_clear(&f->raw);
}

static void forge_begin(struct forged *f, uint64_t incompat)
{
	put_u64(&f->raw, incompat);
	put_u64(&f->raw, 0);
	forge_put(f, BLOCK_SECTION, 0);
}

static struct done forge_recover(struct forged *f)
{
	size_t len;
	const uint8_t *tape = sink_memory(f->sink, &len);
	struct done d = recover(tape, len);

	if (d.rc == END)
		check_copy(&d, tape, len);
	return d;
}

static void forge_close(struct forged *f)
{
	block_writer_free(f->blocks);
	sink_close(f->sink, NULL);
	buf_release(&f->raw);
}

static void put_loss(struct buf *out, uint64_t count)
{
	const struct loss loss = {.from_ns = 5, .to_ns = 6, .count = count, .cause = LOSS_MEMORY};

	loss_encode(&loss, out);
}

static void of_a_block_that_contradicts_itself_the_sound_records_are_kept(void **state)
{
	struct forged f;
	struct reading r;
	struct done d;

	(void)state;
	forge_open(&f);
	forge_begin(&f, 0);
	put_loss(&f.raw, 3);
	put_loss(&f.raw, 4);
	put_varint(&f.raw, 200); /* a record that is longer than the block */
	forge_put(&f, BLOCK_LOSS, 3);
	fact_encode("host", "far", &f.raw);
	put_u8(&f.raw, 9);
	forge_put(&f, BLOCK_FACTS, 0);
	put_u8(&f.raw, 7);
	forge_put(&f, BLOCK_SCHEMA, 0);
	put_u8(&f.raw, 7);
	forge_put(&f, BLOCK_DICT, 0);
	put_u8(&f.raw, 7);
	forge_put(&f, BLOCK_CLOCK, 1);
	put_u8(&f.raw, 7);
	forge_put(&f, BLOCK_DATA, 1);
	put_u8(&f.raw, 7);
	forge_put(&f, BLOCK_END, 0);
	d = forge_recover(&f);
	assert_int_equal(d.rc, END);
	assert_int_equal(d.total.missing_blocks, 7);
	assert_int_equal(d.total.missing_events, 1);
	r = read_tape(d.tape, d.len);
	assert_true(r.health.is_complete);
	assert_string_equal(r.end.reason, "recovered");
	assert_int_equal(r.loss_count, 3); /* two, and the event of the DATA block */
	assert_int_equal(r.losses[1].count, 4);
	done_release(&d);
	forge_close(&f);
}

static void blocks_of_unknown_types_are_kept(void **state)
{
	struct forged f;
	struct done d;

	(void)state;
	forge_open(&f);
	forge_begin(&f, 0);
	put_string(&f.raw, "of the future", 13);
	forge_put(&f, 77, 0);
	d = forge_recover(&f);
	assert_int_equal(d.total.blocks, 3);
	assert_int_equal(d.total.missing_ends, 1);
	assert_int_equal(d.tape[sink_bytes(f.sink) - BLOCK_HEADER_LEN - PART_ENTRY_LEN - 14 + 8],
			 77);
	done_release(&d);
	forge_close(&f);
}

static void a_section_for_newer_programs_is_refused(void **state)
{
	struct forged f;
	struct done d;

	(void)state;
	forge_open(&f);
	forge_begin(&f, 1 << 5);
	d = forge_recover(&f);
	assert_int_equal(d.rc, ERR_UNSUPPORTED);
	assert_non_null(strstr(d.err.text, "feature bit 5"));
	assert_int_equal(d.len, 0);
	done_release(&d);
	forge_close(&f);
}

static void a_section_whose_feature_words_are_cut_short_is_begun_anew(void **state)
{
	(void)state;
	for (unsigned len = 1; len < 16; len++) {
		struct forged f;
		struct done d;

		forge_open(&f);
		for (unsigned i = 0; i < len; i++)
			put_u8(&f.raw, 0);
		forge_put(&f, BLOCK_SECTION, 0);
		d = forge_recover(&f);
		assert_int_equal(d.rc, END);
		assert_int_equal(d.total.missing_blocks, 1);
		done_release(&d);
		forge_close(&f);
	}
}

static void rows_that_cannot_be_told_leave_their_watermark_and_epoch(void **state)
{
	struct block_header h = {.type = BLOCK_DATA, .rows = 1, .epoch = 4, .watermark = 1000};
	struct reading r;
	struct forged f;
	struct done d;

	(void)state;
	forge_open(&f);
	forge_begin(&f, 0);
	put_u8(&f.raw, 7);
	assert_int_equal(block_writer_put_raw(f.blocks, &h, &f.raw, NULL), 0);
	d = forge_recover(&f);
	assert_int_equal(d.rc, END);
	assert_int_equal(d.total.blocks, 5); /* SECTION, DICT, DATA, LOSS, END */
	r = read_tape(d.tape, d.len);
	assert_int_equal(r.losses[0].count, 1);
	done_release(&d);
	forge_close(&f);
}

static void wherever_a_tape_is_cut_the_copy_is_whole(void **state)
{
	struct sample *s = sample_new_epochs(60, 8, 5);

	(void)state;
	for (size_t len = BLOCK_HEADER_LEN; len < s->len; len += 3) {
		struct done d = recover(s->data, len);

		check_copy(&d, s->data, len);
		done_release(&d);
	}
	sample_free(s);
}

static void whatever_byte_is_changed_the_copy_is_whole(void **state)
{
	struct sample *s = sample_new_epochs(60, 8, 5);

	(void)state;
	for (size_t at = BLOCK_HEADER_LEN; at < s->len; at += 3) {
		struct done d;

		s->data[at] ^= 0x41;
		d = recover(s->data, s->len);
		check_copy(&d, s->data, s->len);
		assert_true(d.damage_count > 0);
		done_release(&d);
		s->data[at] ^= 0x41;
	}
	sample_free(s);
}

static void phrases_say_what_is_known(void **state)
{
	struct recovery_total t = {0};
	char text[256];

	(void)state;
	recovery_phrase(&t, text, sizeof(text));
	assert_string_equal(text, "nothing is missing");
	t.missing_bytes = 1;
	recovery_phrase(&t, text, sizeof(text));
	assert_string_equal(text, "missing: 1 byte, no event");
	t.missing_blocks = 1;
	t.missing_ends = 2;
	t.has_unknown = true;
	recovery_phrase(&t, text, sizeof(text));
	assert_string_equal(text, "missing: 1 block, 1 byte, an unknown number of events, the ends "
				  "of 2 recordings");
	t.missing_events = 1;
	t.missing_ends = 0;
	recovery_phrase(&t, text, sizeof(text));
	assert_string_equal(text, "missing: 1 block, 1 byte, at least 1 event");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_whole_tape_is_copied),
		cmocka_unit_test(the_same_tape_gives_the_same_copy_under_another_number),
		cmocka_unit_test(a_damaged_block_becomes_a_loss_with_its_times_and_number),
		cmocka_unit_test(what_numbers_tell_is_missing_lies_between_the_blocks_around_it),
		cmocka_unit_test(a_missing_end_is_put_on),
		cmocka_unit_test(a_cut_block_is_missing_with_what_its_header_says),
		cmocka_unit_test(a_section_block_that_is_damaged_is_replaced),
		cmocka_unit_test(rows_are_kept_without_their_entries),
		cmocka_unit_test(joined_tapes_stay_joined),
		cmocka_unit_test(bytes_between_blocks_are_no_missing_events),
		cmocka_unit_test(events_of_a_section_that_cannot_be_begun_are_counted),
		cmocka_unit_test(what_is_no_tape_gives_none),
		cmocka_unit_test(of_a_block_that_contradicts_itself_the_sound_records_are_kept),
		cmocka_unit_test(blocks_of_unknown_types_are_kept),
		cmocka_unit_test(a_section_for_newer_programs_is_refused),
		cmocka_unit_test(a_section_whose_feature_words_are_cut_short_is_begun_anew),
		cmocka_unit_test(rows_that_cannot_be_told_leave_their_watermark_and_epoch),
		cmocka_unit_test(wherever_a_tape_is_cut_the_copy_is_whole),
		cmocka_unit_test(whatever_byte_is_changed_the_copy_is_whole),
		cmocka_unit_test(phrases_say_what_is_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
