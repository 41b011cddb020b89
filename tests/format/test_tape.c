/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_tape.c -- the public interface: tapes and their items. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "format/block.h"
#include "format/tcptape.h"
#include "tests/format/forge.h"
#include "tests/format/open_tape.h"

static void every_item_is_handed_out(void **state)
{
	struct open_tape *f = *state;
	unsigned count[8] = {0};
	uint64_t last_ns = 0;
	int kind;

	while ((kind = tcptape_next(f->t, NULL)) > 0) {
		assert_in_range(kind, TCPTAPE_SECTION, TCPTAPE_SECTION_END);
		count[kind]++;
		assert_int_equal(!tcptape_item_loss(f->t), kind != TCPTAPE_LOSS);
		assert_int_equal(!tcptape_item_clock(f->t), kind != TCPTAPE_CLOCK);
		assert_int_equal(!tcptape_item_end(f->t), kind != TCPTAPE_SECTION_END);
		assert_int_equal(!tcptape_event_schema(f->t), kind != TCPTAPE_EVENT);
		if (kind == TCPTAPE_EVENT) {
			assert_true(tcptape_event_ns(f->t) > last_ns);
			last_ns = tcptape_event_ns(f->t);
		}
	}
	assert_int_equal(kind, 0);
	assert_int_equal(count[TCPTAPE_SECTION], 1);
	assert_int_equal(count[TCPTAPE_EVENT], 100);
	assert_int_equal(count[TCPTAPE_LOSS], 1);
	assert_int_equal(count[TCPTAPE_CLOCK], 1);
	assert_true(count[TCPTAPE_NAMES] > 0);
	assert_int_equal(count[TCPTAPE_GAP], 0);
	assert_int_equal(count[TCPTAPE_SECTION_END], 1);
	assert_true(last_ns == sample_ts(99));
}

static void check_loss(const struct tcptape *t, const struct tcptape_loss *loss)
{
	assert_true(loss->from_ns == sample_ts(2) && loss->to_ns == sample_ts(3));
	assert_int_equal(loss->count, 5);
	assert_int_equal(loss->cpu, 1);
	assert_int_equal(loss->cause, TCPTAPE_LOSS_RING_FULL);
	assert_string_equal(tcptape_schema_name(t, loss->schema), "note");
}

static void items_say_what_was_written(void **state)
{
	struct open_tape *f = *state;
	int kind;

	while ((kind = tcptape_next(f->t, NULL)) > 0) {
		if (kind == TCPTAPE_LOSS)
			check_loss(f->t, tcptape_item_loss(f->t));
		if (kind == TCPTAPE_CLOCK)
			assert_true(tcptape_item_clock(f->t)->realtime_ns == 1700000000000000000);
		if (kind != TCPTAPE_SECTION_END)
			continue;
		assert_string_equal(tcptape_item_end(f->t)->reason, "stop");
		assert_int_equal(tcptape_item_end(f->t)->events, 100);
		assert_int_equal(tcptape_item_end(f->t)->lost, 5);
	}
}

static void sections_are_counted_together(void **state)
{
	struct open_tape *f = *state;
	struct tcptape *t = NULL;
	struct buf both = {0};

	put_bytes(&both, f->sample->data, f->sample->len);
	put_bytes(&both, f->sample->data, f->sample->len);
	assert_int_equal(tcptape_open_memory(both.data, both.len, &t, NULL), 0);
	while (tcptape_next(t, NULL) > 0)
		;
	assert_int_equal(tcptape_section(t), 1);
	assert_int_equal(tcptape_health_now(t)->sections, 2);
	assert_int_equal(tcptape_health_now(t)->events, 200);
	assert_int_equal(tcptape_health_now(t)->lost_events, 10);
	assert_true(tcptape_health_now(t)->is_complete);
	tcptape_close(t);
	buf_release(&both);
}

static void time_is_limited_before_reading_only(void **state)
{
	struct open_tape *f = *state;
	struct tcptape_error err = {0};

	assert_int_equal(tcptape_limit_time(f->t, sample_ts(40), sample_ts(50), &err), 0);
	while (tcptape_next(f->t, NULL) > 0)
		;
	assert_int_equal(tcptape_health_now(f->t)->events, 10);
	assert_int_equal(tcptape_limit_time(f->t, 0, UINT64_MAX, &err), TCPTAPE_ERR_USAGE);
	assert_int_equal(err.status, TCPTAPE_ERR_USAGE);
	assert_non_null(strstr(err.text, "tcptape_next"));
}

static void damage_is_told_and_not_an_error(void **state)
{
	struct open_tape *f = *state;
	size_t at = sample_find_block(f->sample, BLOCK_DATA, 3);
	const struct tcptape_health *h;
	int kind;

	f->sample->data[at + BLOCK_HEADER_LEN + 9] ^= 1;
	open_tape_go_to(f->t, TCPTAPE_GAP);
	assert_int_equal(tcptape_item_gap(f->t)->offset, at);
	assert_int_equal(tcptape_item_gap(f->t)->blocks, 1);
	assert_true(tcptape_item_gap(f->t)->reason[0]);
	while ((kind = tcptape_next(f->t, NULL)) > 0)
		;
	h = tcptape_health_now(f->t);
	assert_int_equal(kind, 0);
	assert_int_equal(h->events, 90);
	assert_int_equal(h->damaged_blocks, 1);
	assert_false(h->is_complete);
	assert_false(h->is_cut);
	assert_true(h->first_problem[0]);
}

static void a_cut_tape_is_called_cut(void **state)
{
	struct open_tape *f = *state;
	struct tcptape *t = NULL;

	assert_int_equal(tcptape_open_memory(f->sample->data, f->sample->len - 1, &t, NULL), 0);
	while (tcptape_next(t, NULL) > 0)
		;
	assert_true(tcptape_health_now(t)->is_cut);
	assert_int_equal(tcptape_health_now(t)->events, 100);
	assert_int_equal(tcptape_health_now(t)->lost_events, 5);
	tcptape_close(t);
}

/* Losses that a damaged block took with it are known from the end. */
static void losses_are_counted_from_whoever_knows_of_more(void **state)
{
	struct open_tape *f = *state;
	size_t at = sample_find_block(f->sample, BLOCK_LOSS, 0);

	f->sample->data[at + BLOCK_HEADER_LEN + 9] ^= 1;
	open_tape_go_to(f->t, TCPTAPE_EVENT);
	assert_int_equal(tcptape_health_now(f->t)->lost_events, 0);
	while (tcptape_next(f->t, NULL) > 0)
		;
	assert_int_equal(tcptape_health_now(f->t)->lost_events, 5);
}

static void what_is_over_stays_over(void **state)
{
	struct block_header h = {.type = BLOCK_SECTION, .salt = 7};
	struct open_tape *f = *state;
	struct tcptape_error first = {0}, again = {0};
	struct buf tape = {0}, features = {0};
	struct tcptape *t = NULL;
	int kind;

	while (tcptape_next(f->t, NULL) > 0)
		;
	assert_int_equal(tcptape_next(f->t, &first), 0);
	assert_int_equal(first.status, 0);
	put_bytes(&tape, f->sample->data, f->sample->len);
	put_u64(&features, 2);
	put_u64(&features, 0);
	forge_block_of(&tape, h, &features);
	assert_int_equal(tcptape_open_memory(tape.data, tape.len, &t, NULL), 0);
	while ((kind = tcptape_next(t, &first)) > 0)
		;
	assert_int_equal(kind, TCPTAPE_ERR_UNSUPPORTED);
	assert_int_equal(tcptape_next(t, &again), kind);
	assert_int_equal(again.status, kind);
	assert_string_equal(again.text, first.text);
	assert_int_equal(tcptape_next(t, NULL), kind);
	tcptape_close(t);
	buf_release(&tape);
	buf_release(&features);
}

static void what_cannot_be_opened_says_why(void **state)
{
	struct tcptape *t = (struct tcptape *)state;
	struct tcptape_error err = {0};

	assert_int_equal(tcptape_open("/nowhere/x.tape", &t, &err), TCPTAPE_ERR_IO);
	assert_int_equal(err.status, TCPTAPE_ERR_IO);
	assert_true(err.sys_errno != 0);
	assert_non_null(strstr(err.text, "/nowhere/x.tape"));
	assert_int_equal(tcptape_open_memory("bread, eggs", 11, &t, &err), TCPTAPE_ERR_NOT_A_TAPE);
	assert_int_equal(err.sys_errno, 0);
	assert_int_equal(tcptape_open_memory(NULL, 0, &t, NULL), TCPTAPE_ERR_NOT_A_TAPE);
	assert_ptr_equal(t, state);
	tcptape_close(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(every_item_is_handed_out, open_tape_setup,
						open_tape_teardown),
		cmocka_unit_test_setup_teardown(items_say_what_was_written, open_tape_setup,
						open_tape_teardown),
		cmocka_unit_test_setup_teardown(sections_are_counted_together, open_tape_setup,
						open_tape_teardown),
		cmocka_unit_test_setup_teardown(time_is_limited_before_reading_only,
						open_tape_setup, open_tape_teardown),
		cmocka_unit_test_setup_teardown(damage_is_told_and_not_an_error, open_tape_setup,
						open_tape_teardown),
		cmocka_unit_test_setup_teardown(a_cut_tape_is_called_cut, open_tape_setup,
						open_tape_teardown),
		cmocka_unit_test_setup_teardown(losses_are_counted_from_whoever_knows_of_more,
						open_tape_setup, open_tape_teardown),
		cmocka_unit_test_setup_teardown(what_is_over_stays_over, open_tape_setup,
						open_tape_teardown),
		cmocka_unit_test(what_cannot_be_opened_says_why),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
