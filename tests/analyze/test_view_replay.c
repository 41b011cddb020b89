/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* test_view_replay.c -- every event again, and only those that were asked for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "format/sink.h"
#include "format/source.h"
#include "tests/analyze/build_tape.h"
#include "tests/analyze/viewed.h"
#include "tests/format/sample_tape.h"

static struct viewed replay(const struct build_tape *b, const char *options)
{
	size_t len;
	const uint8_t *data = sink_memory(b->sink, &len);

	return view_bytes(view_replay, data, len, options, false);
}

static size_t count_of(const char *text, const char *word)
{
	size_t n = 0;

	for (const char *p = strstr(text, word); p; p = strstr(p + 1, word))
		n++;
	return n;
}

static void begin_hello(struct build_tape *b)
{
	memset(b, 0, sizeof(*b));
	tape_begin(b);
	tape_hello(b, 5000000000);
	tape_ready(b);
}

static size_t rows_of(const struct build_tape *b, const char *options)
{
	struct viewed v = replay(b, options);
	size_t rows = count_of(v.text, "\n");

	assert_int_equal(v.rc, 0);
	viewed_release(&v);
	return rows;
}

static void a_row_has_the_promised_keys_in_order(void **state)
{
	struct build_tape b;
	struct viewed v;

	(void)state;
	begin_hello(&b);
	v = replay(&b, "-f json -e sock_send_length");
	assert_non_null(strstr(v.text, "{\"ts_ns\":5"));
	assert_non_null(strstr(v.text, ",\"event\":\"sock:sock_send_length\",\"conn\":"));
	assert_non_null(strstr(v.text, ",\"fields\":{\"ret\":2,\"flags\":0},\"extra\":{},"
				       "\"own\":false,\"generic\":false}\n"));
	assert_non_null(strstr(v.text, "\"pid\":3209,\"tid\":3209,\"comm\":\"hello_client\""));
	viewed_release(&v);
	tape_release(&b);
}

static void states_and_addresses_have_the_recording_kernels_names(void **state)
{
	struct build_tape b;
	struct viewed v;

	(void)state;
	begin_hello(&b);
	v = replay(&b, "-f json -e inet_sock_set_state");
	assert_non_null(strstr(v.text, "\"newstate\":\"TCP_SYN_SENT\""));
	viewed_release(&v);
	tape_release(&b);
}

static void selecting_a_connection_keeps_it_whole(void **state)
{
	struct build_tape b;
	size_t all, one, two, three;

	(void)state;
	begin_hello(&b);
	all = rows_of(&b, "-f json");
	one = rows_of(&b, "-f json --conn 1");
	two = rows_of(&b, "-f json --conn 2");
	three = rows_of(&b, "-f json --conn 3");
	assert_true(one > 0 && two > 0 && three > 0);
	assert_true(one + two + three >= all);
	assert_int_equal(rows_of(&b, "-f json --conn 99"), 0);
	assert_int_equal(rows_of(&b, "-f json --port 8080"), all);
	tape_release(&b);
}

static void an_owner_learnt_late_selects_the_first_events_too(void **state)
{
	struct build_tape b;
	struct viewed v;

	(void)state;
	begin_hello(&b);
	v = replay(&b, "-f json --pid 2377 -e inet_sock_set_state");
	assert_true(count_of(v.text, "TCP_SYN_RECV") > 0);
	viewed_release(&v);
	tape_release(&b);
}

static void times_select_from_the_first_event_on(void **state)
{
	struct build_tape b;
	size_t all;

	(void)state;
	begin_hello(&b);
	all = rows_of(&b, "-f json");
	assert_int_equal(rows_of(&b, "-f json --since 1h"), 0);
	assert_int_equal(rows_of(&b, "-f json --until 0"), 0);
	assert_int_equal(rows_of(&b, "-f json --until 1ms") + rows_of(&b, "-f json --since 1ms"),
			 all);
	tape_release(&b);
}

static void losses_stand_in_their_place_in_text_only(void **state)
{
	struct build_tape b = {0};
	struct viewed v;

	(void)state;
	tape_begin(&b);
	tape_hello(&b, 5000000000);
	tape_loss(&b, 5000500000, 5000600000, BUILD_PROBE);
	tape_ready(&b);
	v = replay(&b, "");
	assert_non_null(strstr(v.text, "events lost"));
	assert_non_null(strstr(v.text, "tcp:tcp_probe\n"));
	viewed_release(&v);
	v = replay(&b, "-f json");
	assert_null(strstr(v.text, "lost"));
	assert_true(remarks_lost(&v.remarks) > 0);
	viewed_release(&v);
	tape_release(&b);
}

static void what_was_lost_before_the_first_event_has_no_time_before_it(void **state)
{
	struct build_tape b = {0};
	struct viewed v;

	(void)state;
	tape_begin(&b);
	tape_hello(&b, 5000000000);
	tape_loss(&b, 4000000000, 5000600000, BUILD_PROBE);
	tape_loss(&b, 4000000001, 4000000002, BUILD_STATE);
	tape_ready(&b);
	v = replay(&b, "");
	assert_non_null(strstr(v.text, " between the beginning and 0.000600 s"));
	assert_non_null(strstr(v.text, " between the beginning and the first event"));
	viewed_release(&v);
	tape_release(&b);
}

static void pace_is_kept(void **state)
{
	struct sample *s = sample_new(10, 40);
	struct viewed v = view_bytes(view_replay, s->data, s->len, "-f json --speed 1", false);

	(void)state;
	assert_int_equal(count_of(v.text, "\n"), 10);
	viewed_release(&v);
	sample_free(s);
}

static void a_tape_cut_at_any_byte_replays_what_is_whole(void **state)
{
	struct sample *s = sample_new(60, 20);
	size_t last = 0;

	(void)state;
	for (size_t len = 400; len <= s->len; len += 13) {
		struct source *source;
		struct cursor *c = NULL;
		struct error err;
		struct viewed v;

		assert_int_equal(source_open_memory(s->data, len, &source, &err), 0);
		if (cursor_open(source, &c, &err) == 0) {
			v = view_bytes(view_replay, s->data, len, "-f json", false);
			assert_int_equal(v.rc, 0);
			assert_true(v.remarks.health.is_cut || len == s->len);
			assert_true(count_of(v.text, "\n") >= last);
			last = count_of(v.text, "\n");
			viewed_release(&v);
		}
		cursor_close(c);
		source_close(source);
	}
	sample_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_row_has_the_promised_keys_in_order),
		cmocka_unit_test(states_and_addresses_have_the_recording_kernels_names),
		cmocka_unit_test(selecting_a_connection_keeps_it_whole),
		cmocka_unit_test(an_owner_learnt_late_selects_the_first_events_too),
		cmocka_unit_test(times_select_from_the_first_event_on),
		cmocka_unit_test(losses_stand_in_their_place_in_text_only),
		cmocka_unit_test(what_was_lost_before_the_first_event_has_no_time_before_it),
		cmocka_unit_test(pace_is_kept),
		cmocka_unit_test(a_tape_cut_at_any_byte_replays_what_is_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
