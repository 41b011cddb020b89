/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_view.c -- what every view has in common: tapes of which nothing can be told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "format/block.h"
#include "format/sink.h"
#include "tests/analyze/build_tape.h"
#include "tests/analyze/viewed.h"
#include "tests/format/sample_tape.h"

static const view_fn views[] = {view_conns, view_states, view_timeline, view_exchanges};

/* Every view says the same, and says it to people only. */
static void check(const void *data, size_t len, const char *want)
{
	for (size_t i = 0; i < sizeof(views) / sizeof(views[0]); i++) {
		struct viewed v = view_bytes(views[i], data, len, "", false);

		assert_int_equal(v.rc, 0);
		if (strncmp(v.text, want, strlen(want)) != 0)
			fail_msg("view %zu says: %s", i, v.text);
		viewed_release(&v);
		v = view_bytes(views[i], data, len, "-f json", false);
		assert_string_equal(v.text, "");
		viewed_release(&v);
	}
}

static void without_a_readable_event_the_damage_is_named(void **state)
{
	struct sample *s = sample_new(100, 100);

	(void)state;
	s->data[sample_find_block(s, BLOCK_DATA, 0) + BLOCK_HEADER_LEN + 20] ^= 4;
	check(s->data, s->len, "no event could be read, the tape is damaged: at byte ");
	sample_free(s);
}

static void a_tape_cut_before_its_first_event_is_called_so(void **state)
{
	struct sample *s = sample_new(100, 100);

	(void)state;
	check(s->data, sample_find_block(s, BLOCK_DATA, 0) + 5,
	      "no event could be read: the tape was cut short before its first one\n");
	sample_free(s);
}

static void a_recording_of_nothing_is_not_damaged(void **state)
{
	struct build_tape b = {0};
	const uint8_t *data;
	size_t len;

	(void)state;
	tape_begin(&b);
	tape_ready(&b);
	data = sink_memory(b.sink, &len);
	check(data, len, "no event on this tape: nothing was recorded\n");
	tape_release(&b);
}

static void a_recording_that_lost_all_says_how_much(void **state)
{
	struct build_tape b = {0};
	const uint8_t *data;
	size_t len;

	(void)state;
	tape_begin(&b);
	tape_loss(&b, 1000, 2000, BUILD_STATE);
	tape_ready(&b);
	data = sink_memory(b.sink, &len);
	check(data, len, "no event on this tape: all 7 that happened were lost\n");
	tape_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_a_readable_event_the_damage_is_named),
		cmocka_unit_test(a_tape_cut_before_its_first_event_is_called_so),
		cmocka_unit_test(a_recording_of_nothing_is_not_damaged),
		cmocka_unit_test(a_recording_that_lost_all_says_how_much),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
